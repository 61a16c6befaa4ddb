import { describe, expect, it } from 'vitest';
import {
  eventDifference,
  logDifferences,
  markedDifferences,
  parkedDifference,
  scheduleDifferences,
  slotDifference,
} from '../../../src/application/doctor/difference.ts';
import type { KnownBooking } from '../../../src/domain/booking/booking-state.ts';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import { evolve } from '../../../src/domain/booking/evolve.ts';
import type { Seen } from '../../../src/domain/booking/watch-commands.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import {
  cancelled,
  removalFailed,
  requested,
  syncStarted,
  syncSucceeded,
} from '../../projections/support/given-events.ts';

const HOUR = 3_600_000;
const known = (...events: ReadonlyArray<BookingEvent>): KnownBooking => {
  const booking = events.reduce<ReturnType<typeof evolve>>(evolve, noBooking);
  if (booking.phase === 'none') throw new Error('no booking');
  return booking;
};
const held = known(requested(), syncStarted, syncSucceeded);
const over = known(requested(), syncStarted, syncSucceeded, cancelled);
describe('what log and calendars can disagree about', () => {
  it('given the claims of a host, then overlaps and slots without a live booking are found, each once', () => {
    const claims = [
      { bookingUid: 'a', start: 0, end: 2 * HOUR },
      { bookingUid: 'b', start: HOUR, end: 3 * HOUR },
      { bookingUid: 'c', start: 3 * HOUR, end: 4 * HOUR },
      { bookingUid: 'a', start: HOUR, end: 2 * HOUR },
    ];
    const found = scheduleDifferences('odd', claims, (uid) => uid !== 'c');
    expect(found.map(({ kind, bookingUid, canFix }) => [kind, bookingUid, canFix])).toEqual([
      ['overlap', 'b', false],
      ['overlap', 'a', false],
      ['slot-without-booking', 'c', true],
    ]);
    expect(scheduleDifferences('odd', claims.slice(0, 1), () => true)).toEqual([]);
  });

  it('given a write without an answer, or a removal that failed, then the log alone says so', () => {
    expect(logDifferences('u', held)).toEqual([]);
    expect(logDifferences('u', known(requested(), syncStarted))).toMatchObject([
      { kind: 'unknown-outcome', command: 'holdfast booking retry u', canFix: true },
    ]);
    const failed = known(requested(), syncStarted, syncSucceeded, cancelled, removalFailed);
    expect(logDifferences('u', failed)).toMatchObject([{ kind: 'orphan', command: 'holdfast booking retry u' }]);
  });

  it('given what a calendar says of an event, then it is missing, at another time, or where it should be', () => {
    const { start, end } = held.request;
    const kindsOf = (seen: Seen) => eventDifference('u', 'work', held, seen).map(({ kind, canFix }) => [kind, canFix]);
    const later = '2050-12-24T18:00:00Z';
    expect(kindsOf({ type: 'missing' })).toEqual([['missing', true]]);
    expect(kindsOf({ type: 'cancelled' })).toEqual([['shown-as-cancelled', true]]);
    expect(kindsOf({ type: 'at', start: later, end: later })).toEqual([['wrong-time', true]]);
    expect(kindsOf({ type: 'at', start, end: later })).toEqual([['wrong-time', true]]);
    for (const seen of [{ type: 'at', start, end }, { type: 'as-booked' }, { type: 'other-organizer' }] as const)
      expect(kindsOf(seen)).toEqual([]);
  });

  it('given a live booking whose time is not held, then that is found, and what can be is held again', () => {
    const { claim } = held.request;
    const span = { start: Date.parse(claim.start), end: Date.parse(claim.end) };
    expect(slotDifference('u', held, span)).toEqual([]);
    expect(slotDifference('u', held, null)).toMatchObject([{ kind: 'booking-without-slot', canFix: true }]);
    expect(slotDifference('u', held, { ...span, end: span.end + HOUR })).toMatchObject([{ canFix: false }]);
  });

  it('given events with our mark, then those of no live booking are orphans, and two of one are two', () => {
    const marked = ['live', 'over', 'unknown', 'live'].map((bookingUid, index) => ({
      bookingUid,
      href: `/${index}.ics`,
      start: held.request.start,
    }));
    const failed = known(requested(), syncStarted, syncSucceeded, cancelled, removalFailed);
    expect(markedDifferences('work', marked.slice(0, 1), () => failed)).toEqual(logDifferences('live', failed));
    const bookings: Readonly<Record<string, KnownBooking>> = { live: held, over };
    const found = markedDifferences('work', marked, (uid) => bookings[uid] ?? null);
    expect(found.map(({ kind, bookingUid, canFix }) => [kind, bookingUid, canFix])).toEqual([
      ['two-events', 'live', false],
      ['orphan', 'over', false],
      ['orphan', 'unknown', false],
    ]);
    expect(found[2]?.detail).toContain('the log knows no such booking');
    expect(markedDifferences('work', marked.slice(0, 1), () => held)).toEqual([]);
  });

  it('given a parked message, then the command that delivers it again is named', () => {
    const parked = { group: 'mail-host', position: 7, stream: 'booking-u', type: 'BookingAccepted', attempts: 3 };
    expect(parkedDifference({ ...parked, reason: '550', parkedAt: '2050-09-01T08:00:00Z' })).toMatchObject({
      kind: 'parked',
      command: 'holdfast parked replay mail-host --position 7',
      detail: 'mail-host gave up BookingAccepted after 3 attempts: 550',
    });
  });
});
