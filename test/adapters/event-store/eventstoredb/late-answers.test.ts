import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { events, right } from '../../../contract/event-store/harness.ts';
import { openStore } from './opened-store.ts';

const started = async () => {
  const standIn = await startEventStoreDbStandIn();
  const opened = await openStore(standIn.connectionString);
  onTestFinished(async () => {
    await opened.store.close();
    await standIn.close();
  });
  return { standIn, ...opened };
};

/** Without the adapter's care an answer that comes late is thrown past everybody, and vitest counts it as a failure. */
it('given a waiting append, when another connection breaks, then a late answer does no harm (stand-in)', async () => {
  const broken = await started();
  const slow = await started();
  await right(broken.store.append({ stream: 'booking-1', expected: 'no-stream', events: events(1) }));
  const answered = Promise.withResolvers<void>();
  slow.standIn.faults.next('append', { kind: 'hold', until: answered.promise });
  const append = slow.store.append({ stream: 'booking-1', expected: 'no-stream', events: events(2) })();
  await expect.poll(() => slow.standIn.faults.seen('append')).toBe(1);

  broken.standIn.stop();
  const result = await append;
  expect(E.isRight(result) && result.right.revision).toBe(1);
  expect(slow.standIn.faults.seen('append')).toBe(2);
  answered.resolve();
  await expect.poll(() => slow.problems.join()).toContain('came too late');
  expect(await right(slow.store.readStream('booking-1'))).toHaveLength(2);
});
