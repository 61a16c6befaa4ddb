import * as E from 'fp-ts/lib/Either.js';
import { type Reading, readAllPart } from './reading.ts';
import { pause, TIME_UP, within } from './time-limit.ts';
import { reasonOf } from '../../../domain/unknown.ts';

/** Milliseconds between two looks for a leader. */
const LOOK_AGAIN_MS = 250;

/** Waits until a leader answers a read of `$all`, which also proves the right to read it. Left: why not, in words. */
export const awaitLeader = async (deps: Reading, limitMs: number): Promise<E.Either<string, void>> => {
  const { clock } = deps;
  const until = clock.elapsed() + limitMs;
  let reason = 'no node answered';
  while (clock.elapsed() < until) {
    const answer = await within(clock, until - clock.elapsed(), readAllPart(deps, 'end', 'backwards', 1));
    if (answer === TIME_UP) break;
    if (E.isRight(answer)) return E.right(undefined);
    reason = reasonOf(answer.left);
    await pause(clock, Math.min(LOOK_AGAIN_MS, Math.max(0, until - clock.elapsed())));
  }
  return E.left(reason);
};
