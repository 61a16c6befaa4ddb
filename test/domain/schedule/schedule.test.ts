import { describe, expect, it } from 'vitest';
import { decideSchedule, type HoldSlot, type ScheduleCommand } from '../../../src/domain/schedule/decide.ts';
import { CLAIMS_KEPT_DAYS, evolveSchedule, foldSchedule } from '../../../src/domain/schedule/fold-schedule.ts';
import {
  type ScheduleEvent,
  type ScheduleState,
  claimOf,
  decidingTime,
  emptySchedule,
  heldWithin,
  releasedWithin,
} from '../../../src/domain/schedule/schedule-state.ts';
import {
  epochMs,
  givenSchedule,
  instant,
  slotConfirmed,
  slotForMoveHeld,
  slotForMoveReleased,
  slotHeld,
  slotMoved,
  slotReleased,
} from '../../../src/testing/index.ts';
import { eventType, host } from '../availability/given.helper.ts';

const now = epochMs('06:00');
const early = { at: '06:00' } as const;

const hold = (bookingUid: string, start: string, changes: Partial<HoldSlot> = {}): HoldSlot => ({
  type: 'HoldSlot',
  now,
  bookingUid,
  icsUid: `${bookingUid}@holdfast`,
  rules: { host: host(), eventType: eventType() },
  start: epochMs(start),
  lengthInMinutes: 30,
  busy: [],
  ...changes,
});
const confirm = (bookingUid: string): ScheduleCommand => ({ type: 'ConfirmSlot', now, bookingUid });
const release = (bookingUid: string): ScheduleCommand => ({
  type: 'ReleaseSlot',
  now,
  bookingUid,
  reason: 'cancelled',
});

const fold = (...events: ReadonlyArray<ScheduleEvent>) => events.reduce(evolveSchedule, emptySchedule);
const always = { start: 0, end: epochMs('06:00') * 2 };
const heldIn = (schedule: ScheduleState) => heldWithin(schedule, always);
const releasedIn = (schedule: ScheduleState) => releasedWithin(schedule, always);

describe('holding a slot', () => {
  it('claims the meeting and its buffers', () => {
    const rules = { host: host(), eventType: eventType({ id: 7, beforeBuffer: 15, afterBuffer: 10 }) };
    givenSchedule()
      .when(hold('one', '08:00', { rules }))
      .then(slotHeld('one', '08:00', '08:30', { ...early, eventTypeId: 7, claim: ['07:45', '08:40'] }));
  });

  it('I2 is refused where another booking holds the time, whatever the event type', () => {
    const taken = givenSchedule(slotHeld('one', '08:00', '08:30', early));
    taken.when(hold('two', '08:00')).thenRefused({ code: 'slot_unavailable', cause: 'booking' });
    const long = { rules: { host: host(), eventType: eventType({ id: 2, lengthInMinutes: 60, afterBuffer: 15 }) } };
    taken.when(hold('two', '07:00', { ...long, lengthInMinutes: 60 })).thenRefused({ code: 'slot_unavailable' });
    taken.when(hold('two', '08:30')).then(slotHeld('two', '08:30', '09:00', early));
  });

  it('is refused where a calendar is busy', () => {
    const busy = [{ start: epochMs('08:29'), end: epochMs('09:00') }];
    givenSchedule()
      .when(hold('one', '08:00', { busy }))
      .thenRefused({ code: 'slot_unavailable', cause: 'calendar' });
  });

  it('I5 again by the same booking is success without an event', () => {
    givenSchedule(slotHeld('one', '08:00', '08:30', early))
      .when(hold('one', '08:00'))
      .thenNothing();
  });

  it('S29 is possible again once it was released', () => {
    givenSchedule(slotHeld('one', '08:00', '08:30', early), slotReleased('one', 'cancelled', early))
      .when(hold('two', '08:00'))
      .then(slotHeld('two', '08:00', '08:30', early));
  });
});

describe('confirming and releasing', () => {
  const held = slotHeld('one', '08:00', '08:30', early);

  it('once, and only what is held', () => {
    givenSchedule(held).when(confirm('one')).then(slotConfirmed('one', early));
    givenSchedule(held, slotConfirmed('one')).when(confirm('one')).thenNothing();
    givenSchedule().when(confirm('one')).thenNothing();
    givenSchedule(held)
      .when(release('one'))
      .then(slotReleased('one', 'cancelled', early));
    givenSchedule(held, slotReleased('one')).when(release('one')).thenNothing();
    givenSchedule(held, slotReleased('one')).when(confirm('one')).thenNothing();
    givenSchedule(held).when(release('two')).thenNothing();
  });

  it('what is held for moves too, also of a request that competes and holds nothing itself', () => {
    const move = slotForMoveHeld('one', '10:00', '10:30', early);
    givenSchedule(move).when(release('one')).then(slotForMoveReleased('one', early));
    givenSchedule(move, slotForMoveReleased('one')).when(release('one')).thenNothing();
    givenSchedule(held, move, slotReleased('one')).when(release('one')).thenNothing();
    givenSchedule(held, slotReleased('one'))
      .when(hold('two', '08:00'))
      .then(slotHeld('two', '08:00', '08:30', early));
  });

  it('I2 given a booking that moves away and back before either is settled, then its time stays held', () => {
    const away = slotForMoveHeld('one', '10:00', '10:30', { ...early, id: 'away' });
    const back = slotForMoveHeld('one', '08:00', '08:30', { ...early, id: 'back' });
    const settled = [slotMoved('one', { ...early, id: 'away' }), slotMoved('one', { ...early, id: 'back' })];
    const taken = { code: 'slot_unavailable', cause: 'booking' } as const;
    givenSchedule(held, away, back, ...settled.slice(0, 1))
      .when(hold('two', '08:00'))
      .thenRefused(taken);
    givenSchedule(held, away, back, ...settled)
      .when(hold('two', '08:00'))
      .thenRefused(taken);
    givenSchedule(held, away, back, ...settled)
      .when(hold('two', '10:00'))
      .then(slotHeld('two', '10:00', '10:30', early));
    givenSchedule(held, away, back, ...settled, slotReleased('one', 'cancelled', early))
      .when(hold('two', '08:00'))
      .then(slotHeld('two', '08:00', '08:30', early));
  });

  it('the hold of one instant alone, where that is said', () => {
    const releaseOf = (at: string): ScheduleCommand => ({
      type: 'ReleaseSlot',
      now,
      bookingUid: 'one',
      reason: 'never_requested',
      heldAt: instant(at),
    });
    givenSchedule(held)
      .when(releaseOf('06:00'))
      .then(slotReleased('one', 'never_requested', early));
    givenSchedule(held, slotReleased('one'), slotHeld('one', '08:00', '08:30', { at: '06:05' }))
      .when(releaseOf('06:00'))
      .thenNothing();
  });
});

describe('the state of a schedule', () => {
  const held = slotHeld('one', '08:00', '08:30', { ...early, claim: ['07:45', '08:40'] });

  it('S37 keeps what was released, as long as its time is still to come', () => {
    const released = [
      { bookingUid: 'one', icsUid: 'one@holdfast', claim: { start: epochMs('07:45'), end: epochMs('08:40') } },
    ];
    const given = fold(held, slotReleased('one', 'cancelled', early));
    expect([heldIn(given), releasedIn(given)]).toEqual([[], released]);
    const over = fold(held, slotReleased('one', 'cancelled', { at: '08:40' }));
    expect([heldIn(over), releasedIn(over)]).toEqual([[], []]);
    const later = slotHeld('two', '12:00', '12:30', early);
    const both = fold(
      held,
      slotReleased('one', 'cancelled', early),
      later,
      slotReleased('two', 'expired', { at: '09:00' }),
    );
    expect(releasedIn(both).map(({ bookingUid }) => bookingUid)).toEqual(['one', 'two']);
    const nextDay = slotReleased('three', 'expired', { at: '2050-09-06T00:00:00Z' });
    expect(releasedIn(fold(held, slotReleased('one', 'cancelled', early), nextDay))).toEqual([]);
  });

  /** So many days after `held` has ended. */
  const later = (days: number): string =>
    Temporal.Instant.from(instant('08:40'))
      .add({ hours: 24 * days })
      .toString();
  /** An event a day, as a clock that is right tells them. */
  const days = (count: number): ReadonlyArray<ScheduleEvent> =>
    Array.from({ length: count }, (_, day) => slotReleased('nobody', 'expired', { at: later(day + 1) }));

  it('forgets claims that ended too long ago to count for any limit', () => {
    const next = (after: number) => slotHeld('two', '12:00', '12:30', { at: later(after) });
    expect(heldIn(fold(held, ...days(CLAIMS_KEPT_DAYS), next(CLAIMS_KEPT_DAYS)))).toHaveLength(2);
    const later401 = fold(held, ...days(CLAIMS_KEPT_DAYS + 1), next(CLAIMS_KEPT_DAYS + 1));
    expect(heldIn(later401).map(({ bookingUid }) => bookingUid)).toEqual(['two']);
    expect(claimOf(later401, 'one')).toBeUndefined();
  });

  it('I2 is not changed by a node whose clock is years ahead: what it writes makes nothing be forgotten', () => {
    const wrong = (number: number) => [
      slotHeld(`wrong${number}`, '2053-09-01T08:00:00Z', '2053-09-01T08:30:00Z', { at: later(500 + number) }),
      slotReleased(`wrong${number}`, 'cancelled', { at: later(500 + number) }),
    ];
    const right = (number: number) => [
      slotHeld(`right${number}`, '12:00', '12:30', early),
      slotReleased(`right${number}`, 'cancelled', early),
    ];
    const events = Array.from({ length: 300 }, (_, number) => [...wrong(number), ...right(number)]).flat();
    givenSchedule(held, ...wrong(0))
      .when(hold('three', '08:00'))
      .thenRefused({ code: 'slot_unavailable', cause: 'booking' });
    givenSchedule(held, ...events)
      .when(hold('three', '08:00'))
      .thenRefused({ code: 'slot_unavailable', cause: 'booking' });
  });

  it('I2 where claims were forgotten, nothing is held again by a clock that is years behind', () => {
    const at = later(CLAIMS_KEPT_DAYS + 2);
    const last = slotHeld('two', '2052-09-01T08:00:00Z', '2052-09-01T08:30:00Z', { at });
    const gone = fold(held, ...days(CLAIMS_KEPT_DAYS + 2), last);
    expect(claimOf(gone, 'one')).toBeUndefined();
    const outcome = decideSchedule(gone, hold('three', '08:00'));
    expect(outcome).toMatchObject({ left: { code: 'start_in_past' } });
    expect(decidingTime(gone, epochMs(at))).toBe(epochMs(at));
  });

  it('a confirmation or release of what is not held changes nothing', () => {
    expect(heldIn(fold(held, slotConfirmed('two'), slotReleased('two')))).toEqual(heldIn(fold(held)));
    expect(claimOf(fold(held, slotConfirmed('one')), 'one')).toMatchObject({ bookingUid: 'one', confirmed: true });
    expect(claimOf(fold(held, slotConfirmed('two')), 'one')).toMatchObject({ bookingUid: 'one', confirmed: false });
  });

  it('a hold that is told twice is one claim', () => {
    expect(heldIn(fold(held, held))).toEqual(heldIn(fold(held)));
  });

  it('events one by one and all at once come to the same, and what was folded from stays as it is', () => {
    const events = [
      held,
      slotHeld('two', '10:00', '11:00', early),
      slotConfirmed('one'),
      slotReleased('two', 'expired', early),
      slotHeld('two', '14:00', '14:30', early),
    ];
    const before = fold(held);
    const unchanged = structuredClone(before);
    const together = foldSchedule(before, events.slice(1));
    expect(together).toEqual(fold(...events));
    expect(before).toEqual(unchanged);
  });
});
