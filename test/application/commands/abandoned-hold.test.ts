import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { ABANDONED_AFTER_MS, abandonedHoldCleanup } from '../../../src/application/commands/abandoned-hold-cleanup.ts';
import { requestBooking } from '../../../src/application/commands/request-booking.ts';
import type { Append, AppendResult, EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { wrongClaims } from '../../support/log-checks.ts';
import { mustRun } from '../../support/must.ts';
import { bootBuses, contextOf, countingIdentity, recorded, typesIn } from '../process.helper.ts';
import { bootDesk, requestFor } from './requesting.helper.ts';

const schedule = 'schedule-odd';

let store: EventStore;
beforeEach(() => {
  store = makeMemoryEventStore();
});

/** A log that writes one append after the other; `between` happens after the first of two. */
const oneByOne = (between: () => Promise<void>): EventStore => ({
  ...store,
  appendInOrder: (appends: ReadonlyArray<Append>) => async () => {
    const results: AppendResult[] = [];
    for (const [index, append] of appends.entries()) {
      if (index === 1) await between();
      const result: E.Either<StoreError, AppendResult> = await store.append(append)();
      if (E.isLeft(result)) return result;
      results.push(result.right);
    }
    return E.right(results);
  },
});

/** What the hold keeper of another node does with the newest hold, so long after it was made. */
const kept = async (afterMs: number, holds = -1) => {
  const event = (await recorded(store, schedule)).filter(({ type }) => type === 'SlotHeld').at(holds);
  if (event === undefined) throw new Error('nothing is held');
  const clock = makeTestClock(epochMs('06:00') + afterMs);
  const keeper = abandonedHoldCleanup({
    buses: bootBuses(store, 'keeper'),
    clock,
    identity: countingIdentity('keeper'),
  });
  return keeper.handle({ event, attempt: 1 });
};
const abandoned = () => kept(ABANDONED_AFTER_MS);

const died = () => Promise.reject(new Error('the node died'));
const wrong = async () => wrongClaims(await mustRun(store.readAll(0, 100)));
const key = { repeatable: true };

describe('a hold whose request did not come', () => {
  it('I2 given a node that slept, when its hold was given up and the slot taken, then it is refused', async () => {
    const sleeping = oneByOne(async () => {
      expect(await abandoned()).toEqual({ type: 'ack' });
      expect(await bootDesk(store, undefined, 'b').request(requestFor('two'))).toMatchObject({ right: { uid: 'two' } });
    });
    expect(await bootDesk(sleeping, undefined, 'a').request(requestFor('one'))).toMatchObject({
      left: { type: 'SlotRefused', refusal: { code: 'slot_unavailable' } },
    });
    expect(await typesIn(store, 'booking-one')).toEqual(['RequestAbandoned']);
    expect(await wrong()).toEqual([]);
  });

  it('given the slot is still free then, then the sleeper holds it anew and is booked', async () => {
    let naps = 0;
    const sleeping = oneByOne(async () => {
      naps += 1;
      if (naps === 1) await abandoned();
    });
    expect(await bootDesk(sleeping, undefined, 'a').request(requestFor('one'))).toMatchObject({
      right: { uid: 'one' },
    });
    expect(await typesIn(store, schedule)).toEqual(['SlotHeld', 'SlotReleased', 'SlotHeld']);
    expect(await typesIn(store, 'booking-one')).toEqual(['RequestAbandoned', 'BookingRequested']);
    expect(await wrong()).toEqual([]);
  });

  it('given a node that died in between, when the same request comes in time, then it builds on the hold', async () => {
    await expect(bootDesk(oneByOne(died), undefined, 'a').request(requestFor('one', key))).rejects.toThrow('died');
    expect(await kept(1_000)).toMatchObject({ type: 'defer' });
    expect(await bootDesk(store, undefined, 'b').request(requestFor('one', key))).toMatchObject({
      right: { uid: 'one' },
    });
    expect(await abandoned()).toEqual({ type: 'ack' });
    expect(await typesIn(store, schedule)).toEqual(['SlotHeld']);
    expect(await wrong()).toEqual([]);
  });

  it('given another request under the same key, then the hold of the first is not taken for it', async () => {
    await expect(bootDesk(oneByOne(died), undefined, 'a').request(requestFor('one', key))).rejects.toThrow('died');
    const other = requestFor('one', { ...key, start: epochMs('09:00'), fingerprint: 'another' });
    expect(await bootDesk(store, undefined, 'b').request(other)).toMatchObject({ left: { type: 'KeyReused' } });
    expect(await typesIn(store, 'booking-one')).toEqual([]);
  });

  it('given the same claim for another meeting under the same key, then that hold is not taken', async () => {
    const first = requestFor('one', key);
    const early = { ...first, eventType: { ...first.eventType, beforeBuffer: 10 } };
    await expect(bootDesk(oneByOne(died), undefined, 'a').request(early)).rejects.toThrow('died');
    const longer = { ...first, start: first.start - 600_000, lengthInMinutes: first.lengthInMinutes + 10 };
    expect(await bootDesk(store, undefined, 'b').request(longer)).toMatchObject({ left: { type: 'KeyReused' } });
    expect(await typesIn(store, 'booking-one')).toEqual([]);
  });

  it('given it comes after it was given up, then it is booked anew, and a late look leaves the new hold', async () => {
    await expect(bootDesk(oneByOne(died), undefined, 'a').request(requestFor('one', key))).rejects.toThrow('died');
    await abandoned();
    const deps = { ...bootDesk(store, undefined, 'b').deps, clock: makeTestClock(epochMs('06:05')) };
    const late = requestBooking(deps)(requestFor('one', key), contextOf('late'), new AbortController().signal);
    expect(await late()).toMatchObject({ right: { uid: 'one' } });
    expect(await kept(ABANDONED_AFTER_MS, 0)).toEqual({ type: 'ack' });
    expect(await typesIn(store, schedule)).toEqual(['SlotHeld', 'SlotReleased', 'SlotHeld']);
    expect(await wrong()).toEqual([]);
  });

  it('given it was given up and its slot is not released yet, then nothing is built on the old hold', async () => {
    await expect(bootDesk(oneByOne(died), undefined, 'a').request(requestFor('one', key))).rejects.toThrow('died');
    const { bookings } = bootBuses(store, 'keeper');
    const context = { commandId: 'k', actor: { kind: 'system' }, correlationId: 'one', causationId: null } as const;
    await mustRun(bookings.execute('one', { type: 'AbandonRequest', now: epochMs('06:01') }, context));
    const early = await bootDesk(store, undefined, 'b').request(requestFor('one', key));
    expect(early).toMatchObject({ left: { type: 'RevisionConflict' } });
    await abandoned();
    expect(await bootDesk(store, undefined, 'c').request(requestFor('one', key))).toMatchObject({ right: {} });
    expect(await wrong()).toEqual([]);
  });
});
