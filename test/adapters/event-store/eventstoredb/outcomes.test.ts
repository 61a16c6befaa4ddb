import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStore } from '../../../../src/application/ports/event-store.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { event, events, left, right } from '../../../contract/event-store/harness.ts';
import { openStore } from './opened-store.ts';

/** Milliseconds. */
const LIMIT = 150;

describe('what becomes of an append that goes wrong (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  let store: EventStore;
  beforeEach(async () => {
    standIn = await startEventStoreDbStandIn({ nodes: 3 });
    ({ store } = await openStore(standIn.connectionString, { appendTimeLimitMs: LIMIT }));
  });
  afterEach(async () => {
    await store.close();
    await standIn.close();
  });

  const append = { stream: 'booking-1', expected: 'no-stream', events: events(2) } as const;
  const stored = async () => (await right(store.readStream('booking-1'))).length;

  it.each(['commit-and-forget', 'commit-and-cut'] as const)(
    'is written once when the answer is lost: %s',
    async (kind) => {
      standIn.faults.next('append', { kind });
      const result = await right(store.append(append));
      expect([result.revision, standIn.faults.seen('append'), await stored()]).toEqual([1, 2, 2]);
    },
  );

  it.each(['answer-never', 'cut'] as const)('is written once when the request is lost: %s', async (kind) => {
    standIn.faults.next('append', { kind });
    expect((await right(store.append(append))).revision).toBe(1);
    expect(await stored()).toBe(2);
  });

  it('goes over a new connection when the client itself hangs, asking for what the server can do', async () => {
    // The opening asked once; a connection that is made anew asks again.
    expect(standIn.faults.seen('features')).toBe(1);
    await standIn.restart();
    standIn.faults.next('features', { kind: 'answer-never' });
    expect((await right(store.append(append))).revision).toBe(1);
    expect(standIn.faults.seen('features')).toBe(3);
  });

  it('is found in the stream when every answer is lost', async () => {
    standIn.faults.always('append', { kind: 'commit-and-forget' });
    const result = await right(store.append(append));
    expect(result).toEqual({ revision: 1, position: (await right(store.readStream('booking-1')))[1]?.position });
  });

  it('is unknown when nobody ever answers and nothing is in the stream', async () => {
    standIn.faults.always('append', { kind: 'answer-never' });
    expect(await left(store.append(append))).toMatchObject({ type: 'OutcomeUnknown' });
    standIn.faults.clear();
    expect((await right(store.append(append))).revision).toBe(1);
  });

  it('is unknown when it cannot be looked up either', async () => {
    standIn.faults.always('append', { kind: 'commit-and-forget' });
    standIn.faults.always('read', { kind: 'cut' });
    expect(await left(store.append(append))).toMatchObject({ type: 'OutcomeUnknown' });
    standIn.faults.clear();
    expect((await right(store.append(append))).revision).toBe(1);
    expect(await stored()).toBe(2);
  });

  it('is a conflict when somebody else took its place while nobody answered', async () => {
    standIn.faults.always('append', { kind: 'answer-never' });
    const other = await openStore(standIn.connectionString);
    const waiting = store.append(append)();
    await expect.poll(() => standIn.faults.seen('append')).toBeGreaterThan(0);
    standIn.faults.clear();
    await right(other.store.append({ ...append, events: [event()] }));
    const result = await waiting;
    await other.store.close();
    expect(E.isLeft(result) && result.left).toMatchObject({ type: 'RevisionConflict', actual: 0 });
  });

  it('is carried out by the new leader when the old one has stepped down', async () => {
    await right(store.append(append));
    standIn.changeLeader();
    expect((await right(store.append({ ...append, expected: 1, events: [event()] }))).revision).toBe(2);
  });

  it('is carried out when the leader changes after the commit, before the answer', async () => {
    standIn.faults.next('append', { kind: 'commit-then', run: standIn.changeLeader });
    expect((await right(store.append(append))).revision).toBe(1);
    expect(await stored()).toBe(2);
  });

  it('is unavailable without a repeat when the user may not write', async () => {
    standIn.faults.always('append', { kind: 'refuse', as: 'access-denied' });
    expect(await left(store.append(append))).toMatchObject({ type: 'Unavailable' });
    expect(standIn.faults.seen('append')).toBe(1);
  });

  it('ends no process when many are under way as the connection breaks', async () => {
    standIn.faults.next('append', { kind: 'commit-and-cut' }, 3);
    // With the usual time limit: 300 wait for permits, for longer than the short one on a busy machine.
    const patient = await openStore(standIn.connectionString);
    const results = await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        patient.store.append({ ...append, stream: `booking-${n}`, events: [event()] })(),
      ),
    );
    expect(results.filter(E.isLeft)).toEqual([]);
    await patient.store.close();
  });

  it('leaves the neighbours alone when one of them is never answered', async () => {
    standIn.faults.next('append', { kind: 'answer-never' });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => store.append({ ...append, stream: `booking-${n}`, events: [event()] })()),
    );
    expect(results.filter(E.isLeft)).toEqual([]);
  });
});
