import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CLOSE_GRACE_MS } from '../../../../src/adapters/event-store/eventstoredb/assemble-store.ts';
import { startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { events, left, right } from '../../../contract/event-store/harness.ts';
import { openStore } from './opened-store.ts';

const given = async () => {
  const standIn = await startEventStoreDbStandIn();
  onTestFinished(standIn.close);
  return { standIn, ...(await openStore(standIn.connectionString)) };
};
const append = { stream: 'booking-1', expected: 'no-stream', events: events(1) } as const;

describe('closing (EventStoreDB stand-in)', () => {
  it('waits for an append whose answer is late, but within the grace', async () => {
    const { standIn, store } = await given();
    standIn.faults.next('append', { kind: 'delay', ms: CLOSE_GRACE_MS / 2 });
    const appended = right(store.append(append));
    await vi.waitFor(() => expect(standIn.faults.seen('append')).toBe(1), { timeout: 20_000 });
    await store.close();
    expect((await appended).revision).toBe(0);
  });

  it('lets go of what is not answered within the grace: the append is unknown, the read unavailable', async () => {
    const { standIn, store } = await given();
    standIn.faults.always('append', { kind: 'answer-never' });
    standIn.faults.always('read', { kind: 'answer-never' });
    const [appended, read] = [left(store.append(append)), left(store.readStream('booking-1'))];
    await vi.waitFor(() => expect(standIn.faults.seen('append')).toBe(1), { timeout: 20_000 });
    const begun = performance.now();
    await Promise.all([store.close(), store.close()]);
    expect(performance.now() - begun).toBeLessThan(CLOSE_GRACE_MS * 2);
    expect([(await appended).type, (await read).type]).toEqual(['OutcomeUnknown', 'Unavailable']);
    expect((await left(store.append(append))).type).toBe('Unavailable');
  });
});
