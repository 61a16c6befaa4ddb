import { describe, expect, test } from 'vitest';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { evolve } from '../../../src/domain/booking/evolve.ts';
import {
  changesBetween,
  standingThen,
  statusInWords,
  type Tracked,
  tracked,
} from '../../../src/projections/audit/booking-standing.ts';
import { eventMissing } from '../../../src/testing/differences.ts';
import { instant } from '../../../src/testing/given.ts';
import { accepted, requested } from '../../../src/testing/booking-events.ts';
import { guestRemoved, guestsAdded } from '../../../src/testing/detail-words.ts';
import { started, succeeded } from '../../../src/testing/calendar-events.ts';
import { absenceMarked } from '../../../src/testing/meeting-events.ts';

const after = (...events: ReadonlyArray<BookingEvent>) => {
  const state = events.reduce(evolve, noBooking);
  if (state.phase === 'none') throw new Error('nobody asked for it');
  return standingThen(state, '2050-09-05T08:00:00Z');
};

const booked = [requested({ guests: ['gus@example.com'] }), started('work'), succeeded('work'), accepted()];

describe('what a booking was like, for auditors', () => {
  test('given guests who were added and removed, then those who come at that moment', () => {
    const added = [...booked, guestsAdded(['ola@example.com'], { first: 2 })];
    const removed = [...added, guestRemoved(1)];
    expect(after(...booked).guests).toEqual(['gus@example.com']);
    expect(after(...added).guests).toEqual(['gus@example.com', 'ola@example.com']);
    expect(after(...removed).guests).toEqual(['ola@example.com']);
    expect(changesBetween(after(...added), after(...removed))).toEqual([
      { what: 'further guests', from: 'gus@example.com, ola@example.com', to: 'ola@example.com' },
    ]);
  });

  test('given an event that is gone from the calendar, then it is pending for that, and since then', () => {
    const gone = [...booked, eventMissing('work', 'cancel', { at: '11:00' })];
    const { now } = gone.reduce<{ readonly now: Tracked }>(
      ({ now: before }, event) => ({ now: tracked(before, evolve(before.state, event), event.occurredAt) }),
      { now: { state: noBooking, since: '' } },
    );
    expect(now.since).toBe(instant('11:00'));
    expect(after(...gone)).toMatchObject({ status: 'pending', reason: 'calendar_does_not_hold_it' });
    expect(statusInWords(after(...gone))).toBe('pending (accepted)');
    expect(statusInWords(after(...booked))).toBe('accepted');
  });

  test('given somebody who did not come, then who, as somebody has said', () => {
    const said = [...booked, absenceMarked({ host: true, attendees: { 'gus@example.com': true } })];
    const back = [...said, absenceMarked({ host: false })];
    expect(after(...booked).absent).toEqual([]);
    expect(after(...said).absent).toEqual(['the host', 'gus@example.com']);
    expect(changesBetween(after(...said), after(...back))).toEqual([
      { what: 'absent', from: 'the host, gus@example.com', to: 'gus@example.com' },
    ]);
  });
});
