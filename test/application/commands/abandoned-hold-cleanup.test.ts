import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { ABANDONED_AFTER_MS, abandonedHoldCleanup } from '../../../src/application/commands/abandoned-hold-cleanup.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { command, rescheduleCommand } from '../../../src/testing/index.ts';
import { makeTestClock } from '../../support/clock.ts';
import { intro, odd } from '../../support/hosts.ts';
import { mustRun } from '../../support/must.ts';

const TUESDAY_NINE = Temporal.Instant.from('2050-09-06T07:00:00Z').epochMilliseconds;
const context = { commandId: 'c1', actor: { kind: 'system' }, correlationId: 'booking1', causationId: null } as const;

const heldSlot = async () => {
  const store = makeMemoryEventStore();
  const clock = makeTestClock();
  const identity = systemIdentity;
  const buses = makeBookingBuses({ store, identity });
  const rules = { host: { ...odd, calendarIds: [] }, eventType: intro };
  const hold = {
    type: 'HoldSlot',
    now: clock.now(),
    bookingUid: 'booking1',
    icsUid: 'booking1@holdfast',
    rules,
    lengthInMinutes: 30,
  } as const;
  await mustRun(buses.schedules.execute('odd', { ...hold, start: TUESDAY_NINE, busy: [] }, context));
  const [event] = await mustRun(store.readStream('schedule-odd'));
  if (event === undefined) throw new Error('nothing was held');
  const keeper = abandonedHoldCleanup({ buses, clock, identity });
  return { store, clock, buses, keeper, event };
};

const heldForMove = async () => {
  const given = await heldSlot();
  const { store, buses, clock } = given;
  await mustRun(buses.bookings.execute('booking1', command.request(), { ...context, commandId: 'c2' }));
  const hold = {
    type: 'HoldNewSlot',
    now: clock.now(),
    bookingUid: 'booking1',
    rescheduleId: 'move1',
    icsUid: 'booking1@holdfast',
    rules: { host: { ...odd, calendarIds: [] }, eventType: intro },
    lengthInMinutes: 30,
    start: TUESDAY_NINE + 3_600_000,
    busy: [],
  } as const;
  await mustRun(buses.schedules.execute('odd', hold, { ...context, commandId: 'c3' }));
  const event = (await mustRun(store.readStream('schedule-odd'))).at(-1);
  if (event?.type !== 'NewSlotHeld') throw new Error('nothing was held for the move');
  return { ...given, event };
};

describe('a hold and its request', () => {
  it('given a hold whose request is there, then it is kept', async () => {
    const { buses, keeper, event } = await heldSlot();
    await mustRun(buses.bookings.execute('booking1', command.request(), { ...context, commandId: 'c2' }));
    expect(await keeper.handle({ event, attempt: 1 })).toEqual({ type: 'ack' });
  });

  it('given a hold whose booking cannot be understood, then it is kept: something was asked for', async () => {
    const { store, clock, keeper, event } = await heldSlot();
    const stream = 'booking-booking1';
    const foreign = seal(sha256Hex)(GENESIS_HASH, [
      { ...event, id: 'c0ffee00-0000-5000-8000-000000000001', type: 'BookingTeleported', data: {} },
    ]);
    await mustRun(store.append({ stream, expected: 'no-stream', events: foreign }));
    clock.advance(2 * ABANDONED_AFTER_MS);
    expect(await keeper.handle({ event, attempt: 1 })).toEqual({ type: 'ack' });
    expect(await mustRun(store.readStream('schedule-odd'))).toHaveLength(1);
  });

  it('given a hold alone, then it gets its time, and then the slot is free again', async () => {
    const { store, clock, keeper, event } = await heldSlot();
    const waits = [];
    for (let waited = 0; waited < ABANDONED_AFTER_MS;) {
      const verdict = await keeper.handle({ event, attempt: 1 });
      if (verdict.type !== 'defer') throw new Error(`released after ${waited} ms`);
      waits.push(verdict.afterMs);
      waited += verdict.afterMs;
      clock.advance(verdict.afterMs);
    }
    expect(waits).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 28_000]);
    expect(await keeper.handle({ event, attempt: 1 })).toEqual({ type: 'ack' });
    const events = await mustRun(store.readStream('schedule-odd'));
    expect(events.at(-1)).toMatchObject({ type: 'SlotReleased', data: { reason: 'never_requested' } });
  });

  it('given a hold of a clock that was three days ahead and is set right, then it gets its time', async () => {
    const { store, clock, keeper, event } = await heldSlot();
    clock.set(clock.now() - 3 * 86_400_000);
    let waited = 0;
    for (let verdict = await keeper.handle({ event, attempt: 1 }); verdict.type === 'defer';) {
      waited += verdict.afterMs;
      clock.advance(verdict.afterMs);
      verdict = await keeper.handle({ event, attempt: 1 });
    }
    expect(waited).toBe(ABANDONED_AFTER_MS);
    const events = await mustRun(store.readStream('schedule-odd'));
    expect(events.at(-1)).toMatchObject({ type: 'SlotReleased', data: { reason: 'never_requested' } });
  });

  it('given a time held for a move that was asked for, then it is kept', async () => {
    const { buses, keeper, event } = await heldForMove();
    const asked = rescheduleCommand.request({ to: '2050-09-06T08:00:00Z' });
    await mustRun(buses.bookings.execute('booking1', asked, { ...context, commandId: 'c4' }));
    expect(await keeper.handle({ event, attempt: 1 })).toMatchObject({ type: 'defer' });
    const later = { ...event, occurredAt: '2050-08-31T23:00:00Z' };
    expect(await keeper.handle({ event: later, attempt: 1 })).toEqual({ type: 'ack' });
  });

  it('given a time held for a move that nobody asked for, then it is free again', async () => {
    const { store, clock, buses, keeper, event } = await heldForMove();
    for (let verdict = await keeper.handle({ event, attempt: 1 }); verdict.type === 'defer';) {
      clock.advance(verdict.afterMs);
      verdict = await keeper.handle({ event, attempt: 1 });
    }
    const events = await mustRun(store.readStream('schedule-odd'));
    expect(events.at(-1)).toMatchObject({ type: 'NewSlotReleased', data: { rescheduleId: 'move1' } });
    const late = rescheduleCommand.request({ to: '2050-09-06T08:00:00Z' });
    const refused = await buses.bookings.execute('booking1', late, { ...context, commandId: 'c5' })();
    expect(refused).toMatchObject({ left: { rejection: { type: 'RescheduleGivenUp' } } });
  });

  it('listens to holds alone', async () => {
    const { keeper, event } = await heldSlot();
    expect(keeper.accepts(event)).toBe(true);
    expect(keeper.accepts({ ...event, type: 'SlotConfirmed' })).toBe(false);
  });
});
