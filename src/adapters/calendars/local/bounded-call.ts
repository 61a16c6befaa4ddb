import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CalendarFailure } from '../../../domain/calendar/calendar-failure.ts';
import { storageFailure } from '../../sqlite/sqlite-error.ts';

/** `unanswered`: what it is when no answer comes in time; a write may have happened all the same. */
type Work<A> = {
  readonly unanswered: 'network' | 'outcome-unknown';
  readonly run: () => Promise<E.Either<CalendarFailure, A>>;
};

const storageFailed = (thrown: unknown): CalendarFailure => {
  const { type, reason } = storageFailure(thrown);
  return {
    kind: type === 'OutcomeUnknown' ? 'outcome-unknown' : 'provider-error',
    message: `the built-in calendar: ${reason}`,
  };
};

const CALLED_OFF = 'the call was called off';

/** One call of the port, ended at `timeLimitMs` or by its signal. Under an aborted signal nothing is done. */
export const boundedCall =
  <A>(timeLimitMs: number, signal: AbortSignal, { unanswered, run }: Work<A>): TaskEither<CalendarFailure, A> =>
  () =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(E.left({ kind: 'network', message: CALLED_OFF }));
      const end = (result: E.Either<CalendarFailure, A>): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', callOff);
        resolve(result);
      };
      const giveUp = (message: string): void => end(E.left({ kind: unanswered, message }));
      const callOff = (): void => giveUp(CALLED_OFF);
      const timer = setTimeout(() => giveUp(`no answer within ${timeLimitMs} ms`), timeLimitMs);
      signal.addEventListener('abort', callOff, { once: true });
      run().then(end, (thrown: unknown) => end(E.left(storageFailed(thrown))));
    });
