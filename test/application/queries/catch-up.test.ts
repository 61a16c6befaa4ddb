import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { StoreError } from '../../../src/application/ports/event-store.ts';
import { catchUp, OWN_WRITES_MS } from '../../../src/application/queries/read-booking.ts';
import { makeTestClock } from '../../support/clock.ts';

const never = new Promise<never>(() => undefined);

/** The read model is at 7. */
const given = (head: TE.TaskEither<StoreError, number>) => {
  const clock = makeTestClock();
  const waitFor = (position: number) => (position <= 7 ? Promise.resolve(true) : never);
  let over = false;
  const waiting = catchUp({ store: { head: () => head }, readModel: { waitFor }, clock })(new AbortController().signal);
  const done = waiting.then(() => {
    over = true;
  });
  return { clock, done, isOver: () => over };
};

describe('waiting until lists show what is in the log', () => {
  it('is over at once where they do', async () => {
    const { clock, done } = given(TE.right(7));
    await done;
    expect(clock.pending()).toBe(0);
  });

  it.each([
    ['the read model lags', TE.right(8)],
    ['the log does not answer', () => never],
  ])('is over after a quarter of a second where %s', async (_name, head) => {
    const { clock, done, isOver } = given(head);
    clock.advance(OWN_WRITES_MS - 1);
    await Promise.resolve();
    expect(isOver()).toBe(false);
    clock.advance(1);
    await done;
  });

  it('is over at once where the log cannot be read', async () => {
    await given(TE.left({ type: 'Unavailable', reason: 'away' })).done;
  });
});
