import * as E from 'fp-ts/lib/Either.js';
import type { EffectContext, EffectOutcome } from './effect-context.ts';
import { command, outcomeOf } from './effect-context.ts';
import type { SagaDeps } from './saga-deps.ts';

/**
 * Makes the video room, before the calendars are written, so that their text holds a link that works. When the provider
 * gives none, the event type's fallback link stands in and is said to; without one the booking goes on without a link.
 */
export const makeRoom =
  (deps: SagaDeps) =>
  async (context: EffectContext): Promise<EffectOutcome> => {
    const wanted = context.booking.request.room;
    if (wanted === null) return 'done';
    const { provider, requestId, fallbackLink } = wanted;
    const conferencing = deps.conferencing.get(provider);
    const made =
      conferencing === undefined
        ? E.left({ message: `No video provider is called ${provider}.` })
        : await conferencing.createRoom({ requestId, title: context.booking.request.title }, context.signal)();
    if (E.isLeft(made) && context.signal.aborted) return 'done';
    const now = deps.clock.now();
    const ready = (roomId: string | null, url: string, fallback: boolean) =>
      command(deps)(context, { type: 'RecordRoom', room: { provider, roomId, url, fallback }, now });
    if (E.isRight(made)) return outcomeOf(await ready(made.right.roomId, made.right.url, false));
    deps.report({ where: `video room of ${context.uid}`, reason: made.left.message });
    const recorded =
      fallbackLink === null
        ? await command(deps)(context, { type: 'RecordRoomFailure', provider, message: made.left.message, now })
        : await ready(null, fallbackLink, true);
    return outcomeOf(recorded);
  };
