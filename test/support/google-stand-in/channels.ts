import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { Answer } from './google-answers.ts';
import * as answers from './google-answers.ts';

/** A notification channel, as it was asked for. */
export type StandInChannel = {
  readonly id: string;
  readonly token: string;
  readonly address: string;
  readonly resourceId: string;
  readonly calendarId: string;
  readonly expiration: number;
};

const wantedCodec = t.intersection([
  t.type({ id: t.string, type: t.string, address: t.string }),
  t.partial({ token: t.string, expiration: t.string }),
]);
const stopCodec = t.type({ id: t.string, resourceId: t.string });

export type Channels = {
  readonly open: (calendarId: string, body: string) => Answer;
  readonly stop: (body: string) => Answer;
  readonly all: () => ReadonlyArray<StandInChannel>;
  /** No channel lasts longer than until then, epoch milliseconds. */
  readonly endBy: (epochMs: number) => void;
};

/**
 * https://developers.google.com/workspace/calendar/api/guides/push: ids are at most 64 characters and unique, tokens at most
 * 256; the address is https; `expiration` is epoch milliseconds as text, and Google may grant less.
 */
export const makeChannels = (): Channels => {
  const channels = new Map<string, StandInChannel>();
  let latest = Number.POSITIVE_INFINITY;
  return {
    open: (calendarId, body) => {
      const wanted = wantedCodec.decode(JSON.parse(body));
      if (E.isLeft(wanted)) return answers.refusal(400, 'required', 'Required');
      const { id, type, address, token = '', expiration } = wanted.right;
      if (type !== 'web_hook') return answers.refusal(400, 'push.channelTypeInvalid', 'Unknown channel type');
      if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) return answers.refusal(400, 'invalidValue', 'Invalid channel id');
      if (token.length > 256) return answers.refusal(400, 'invalidValue', 'Invalid channel token');
      if (!address.startsWith('https://'))
        return answers.refusal(400, 'push.webhookUrlNotHttps', `WebHook callback must be HTTPS: ${address}`);
      if (channels.has(id)) return answers.refusal(400, 'channelIdNotUnique', `Channel id ${id} not unique`);
      const channel = {
        id,
        token,
        address,
        calendarId,
        resourceId: `stand-in-resource-of-${calendarId}`,
        expiration: Math.min(Number(expiration ?? latest), latest),
      };
      channels.set(id, channel);
      const { resourceId } = channel;
      return answers.ok({ kind: 'api#channel', id, resourceId, token, expiration: String(channel.expiration) });
    },
    stop: (body) => {
      const wanted = stopCodec.decode(JSON.parse(body));
      if (E.isLeft(wanted)) return answers.refusal(400, 'required', 'Required');
      const { id, resourceId } = wanted.right;
      if (channels.get(id)?.resourceId !== resourceId) return answers.notFound;
      channels.delete(id);
      return { status: 204 };
    },
    all: () => [...channels.values()],
    endBy: (epochMs) => {
      latest = epochMs;
    },
  };
};

/**
 * Sends what Google sends on a channel, headers alone, when a test says so; Google does it by itself. `origin`: that of the
 * server under test, instead of the public one that the channel names. Answers the status.
 */
export const notify = async (
  { id, token, address, resourceId }: StandInChannel,
  origin: string,
  state: 'sync' | 'exists' | 'not_exists',
): Promise<number> => {
  const { pathname } = new URL(address);
  const answer = await fetch(`${origin}${pathname}`, {
    method: 'POST',
    headers: {
      'x-goog-channel-id': id,
      'x-goog-channel-token': token,
      'x-goog-resource-id': resourceId,
      'x-goog-resource-state': state,
      'x-goog-message-number': '1',
    },
  });
  await answer.text();
  return answer.status;
};
