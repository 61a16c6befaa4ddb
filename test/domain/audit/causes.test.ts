import { describe, expect, it } from 'vitest';
import { causesIn } from '../../../src/domain/audit/causes.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import {
  accepted,
  confirmed,
  eventMoved,
  failed,
  moveFailed,
  moveStarted,
  notificationSent,
  notFollowed,
  requested,
  rescheduleFailed,
  rescheduleRequested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const causesOf = (events: ReadonlyArray<BookingEvent>, revision: number, isCommand = false) =>
  causesIn(events.map((event, at) => ({ revision: at, event })))(revision, isCommand);

const acceptedOnce = [requested(), started('work'), succeeded('work'), accepted()];

describe('events that led to one', () => {
  it('given that all calendars have to hold it, then the acceptance is because of each of them', () => {
    const both = { calendars: ['work', 'home'], acceptance: 'all-of' } as const;
    const events = [
      requested(both),
      started('work'),
      started('home'),
      failed('home', 'network', { retryAt: '10:00:10' }),
      succeeded('work'),
      started('home', { attempt: 2, at: '10:00:10' }),
      succeeded('home', 'evt-2', { attempt: 2, at: '10:00:10' }),
      accepted({ at: '10:00:10' }),
    ];
    expect(causesOf(events, 7)).toEqual([4, 6]);
    expect(causesOf([requested({ ...both, acceptance: 'any-of' }), ...events.slice(1)], 7)).toEqual([4]);
  });

  it('given a move that no calendar took, then the wish and the refusal', () => {
    const events = [
      ...acceptedOnce,
      rescheduleRequested({ at: '11:00' }),
      moveStarted('work', { at: '11:00' }),
      moveFailed('work', 'calendar-not-found', { at: '11:00:01' }),
      notificationSent({ at: '11:00:02' }),
      rescheduleFailed('calendar_refused', { at: '11:00:03' }),
    ];
    expect(causesOf(events, 5)).toEqual([4]);
    expect(causesOf(events, 8)).toEqual([4, 6]);
  });

  it('given a confirmation that comes after a message, then the acceptance', () => {
    expect(causesOf([...acceptedOnce, notificationSent(), confirmed('work')], 5)).toEqual([3]);
  });

  it('given a time that was not followed, then what was found; given what a person asked for, then no plan', () => {
    const events = [...acceptedOnce, eventMoved('work', '15:00', 'follow', { at: '10:30' }), notFollowed('work')];
    expect(causesOf(events, 5)).toEqual([4]);
    expect(causesOf(acceptedOnce, 1, true)).toEqual([]);
  });

  it('given an event that nothing explains, or that is not there, then nothing is known', () => {
    expect(causesOf([requested(), accepted()], 1)).toEqual([]);
    expect(causesOf([], 3)).toEqual([]);
  });
});
