import * as E from 'fp-ts/lib/Either.js';
import type { OpenChannel, WantedChannel } from '../../../application/ports/calendar.ts';
import { callFailure } from './failure-mapping.ts';
import type { GoogleAnswer, Google } from './google-client.ts';

const NO_CHANNEL = callFailure('provider-error', 'Google Calendar, watch: the answer is no channel');

/**
 * Asks for a channel: Google posts to `address` when an event of the calendar was changed, with our id and token.
 * https://developers.google.com/workspace/calendar/api/v3/reference/events/watch, .../api/guides/push. `expiration` is epoch
 * milliseconds as text; Google may give less than it is asked for.
 */
export const openChannel = async (
  { call, config }: Google,
  { id, token, address, untilMs }: WantedChannel,
  signal: AbortSignal,
): GoogleAnswer<OpenChannel> => {
  const requestBody = { id, token, type: 'web_hook', address, expiration: String(untilMs) };
  const answer = await call(
    {
      operation: 'watch',
      write: false,
      send: (api, options) => api.events.watch({ calendarId: config.googleCalendarId, requestBody }, options),
    },
    signal,
  );
  if (E.isLeft(answer)) return answer;
  const { id: opened, resourceId, expiration } = answer.right;
  if (opened !== id || typeof resourceId !== 'string') return E.left(NO_CHANNEL);
  const granted = Number(expiration ?? untilMs);
  return E.right({ id, resourceId, untilMs: Number.isFinite(granted) ? granted : untilMs });
};

/** https://developers.google.com/workspace/calendar/api/v3/reference/channels/stop */
export const closeChannel = (
  { call }: Google,
  { id, resourceId }: OpenChannel,
  signal: AbortSignal,
): GoogleAnswer<unknown> =>
  call(
    {
      operation: 'stop',
      write: false,
      send: (api, options) => api.channels.stop({ requestBody: { id, resourceId } }, options),
    },
    signal,
  );
