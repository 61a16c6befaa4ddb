import * as E from 'fp-ts/lib/Either.js';
import type { Conferencing, ConferencingFailure, ConferenceRoom } from '../../application/ports/conferencing.ts';
import { abandonable } from '../network/abandonable.ts';

/**
 * A provider that can hold nobody up: its answer is waited for `timeLimitMs` at most and only while the caller's signal
 * stands, whether or not the provider heeds signals itself.
 */
export const timeLimited = (conferencing: Conferencing, timeLimitMs: number): Conferencing => ({
  provider: conferencing.provider,
  createRoom: (request, signal) => async (): Promise<E.Either<ConferencingFailure, ConferenceRoom>> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
    try {
      return await abandonable(conferencing.createRoom(request, limit)(), limit);
    } catch {
      const why = limit.aborted ? ` within ${timeLimitMs} ms, or called off` : '';
      return E.left({ message: `${conferencing.provider}: no answer${why}` });
    }
  },
});
