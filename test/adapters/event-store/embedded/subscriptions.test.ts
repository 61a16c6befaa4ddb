import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { recorded } from '../../../../src/adapters/event-store/embedded/log-storage.ts';
import { makeSubscriptions } from '../../../../src/adapters/event-store/embedded/subscriptions.ts';
import { collector, event } from '../../../contract/event-store/harness.ts';

const first = recorded(event(), 'booking-1', 0, 1);

it('misses nothing that is written between its look at the log and its wait', async () => {
  let written = false;
  const subscriptions = makeSubscriptions({
    recent: () => undefined,
    read: (after) => {
      if (written) return E.right(after === 0 ? [first] : []);
      queueMicrotask(() => {
        written = true;
        subscriptions.notify();
      });
      return E.right([]);
    },
  });
  const { onEvents, until } = collector();
  const subscription = subscriptions.subscribe({ after: 0, onEvents });
  expect(await until(1)).toEqual([first]);
  await subscription.stop();
});

it('reads the log only for what is not in memory', async () => {
  let reads = 0;
  const subscriptions = makeSubscriptions({
    recent: (after) => (after === 0 ? [first] : []),
    read: () => {
      reads += 1;
      return E.right([]);
    },
  });
  const { onEvents, until } = collector();
  const subscription = subscriptions.subscribe({ after: 0, onEvents });
  await until(1);
  await subscription.stop();
  expect(reads).toBe(0);
});

it('says why when the log cannot be read', async () => {
  const corrupt = { type: 'Corrupt', reason: 'position 7 is damaged' } as const;
  const subscriptions = makeSubscriptions({ recent: () => undefined, read: () => E.left(corrupt) });
  const { done } = subscriptions.subscribe({ after: 0, onEvents: async () => undefined });
  await expect(done).rejects.toMatchObject({ message: expect.stringContaining('position 7'), cause: corrupt });
});
