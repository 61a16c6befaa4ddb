import { createHmac } from 'node:crypto';
import type { ChannelClaim, ChannelTokens } from '../../application/watching/push-channels.ts';
import { isSameText } from './booking-token.ts';
import { type ServerSecret, deriveKey } from './server-secret.ts';

/**
 * `p1.<calendar id in base64url>.<end in epoch milliseconds>.<HMAC-SHA256 in base64url>`; the channel's id is signed and not
 * repeated. Google takes 256 characters: https://developers.google.com/workspace/calendar/api/guides/push
 */
const FORM = /^p1\.([A-Za-z0-9_-]{1,140})\.([1-9]\d{0,14})\.([A-Za-z0-9_-]{43})$/;

/** JSON of a list keeps the fields apart, whatever they contain. */
const sign = (key: Uint8Array, { channelId, calendarId, untilMs }: ChannelClaim): string =>
  createHmac('sha256', key)
    .update(JSON.stringify([channelId, calendarId, untilMs]))
    .digest('base64url');

/** Signs with a key of its own, derived from the server secret, which all nodes of an installation share. */
export const channelTokens = (secret: ServerSecret): ChannelTokens => {
  const key = deriveKey(secret, 'push-channel/v1');
  return {
    issue: (claim) => {
      const calendar = Buffer.from(claim.calendarId).toString('base64url');
      return `p1.${calendar}.${claim.untilMs}.${sign(key, claim)}`;
    },
    verify: (channelId, token) => {
      const [, calendar = '', until = '', signature = ''] = FORM.exec(token) ?? [];
      if (signature === '') return null;
      const claim = {
        channelId,
        calendarId: Buffer.from(calendar, 'base64url').toString(),
        untilMs: Number(until),
      };
      return isSameText(sign(key, claim), signature) ? claim : null;
    },
  };
};
