import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstImpossible, judgeBookingEvent } from '../../../src/domain/audit/judge-booking.ts';
import { judgeCalendarEvent, judgeScheduleEvent } from '../../../src/domain/audit/judge-schedule.ts';
import { noCalendar } from '../../../src/domain/calendar/calendar-state.ts';
import { decideCalendar } from '../../../src/domain/calendar/decide.ts';
import type { CalendarStreamEvent } from '../../../src/domain/calendar/events.ts';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import {
  accepted,
  cancelled,
  epochMs,
  expired,
  rejected,
  requested,
  slotConfirmed,
  slotHeld,
  slotReleased,
  started,
  succeeded,
} from '../../../src/testing/index.ts';
import { play, story } from '../booking/random-story.helper.ts';

const oneClock = { clocksMayBeSetBack: false };
const anyClock = { clocksMayBeSetBack: true };

describe('whether the deciders could have written an event where it stands', () => {
  it('every story that the deciders told is believed, and folds as ever', () => {
    const types = new Set<string>();
    fc.assert(
      fc.property(story, (told) => {
        const { events, state } = play(told);
        for (const { type } of events) types.add(type);
        expect(firstImpossible(events, oneClock)).toBeNull();
        const judged = events.reduce(
          (booking, event) => E.getOrElse(() => booking)(judgeBookingEvent(booking, event, anyClock)),
          foldBooking([]),
        );
        expect(judged).toEqual(state);
      }),
      { numRuns: 500 },
    );
    const seen = [
      'CalendarSyncSucceeded',
      'CalendarSyncFailed',
      'BookingAccepted',
      'BookingLeftPending',
      'BookingExpired',
    ];
    const told = ['BookingApproved', 'BookingRejected', 'BookingCancelled', 'CalendarRemovalFailed', 'RoomReady'];
    expect([...types]).toEqual(expect.arrayContaining([...seen, ...told]));
  });

  it('a story without one of its steps is not believed, where a later step needs it', () => {
    const events = [requested(), started('work'), succeeded('work'), accepted(), cancelled()];
    const missing = (index: number) => firstImpossible(events.toSpliced(index, 1), oneClock)?.event.type;
    expect([0, 1, 2].map(missing)).toEqual(['CalendarSyncStarted', 'CalendarSyncSucceeded', 'BookingAccepted']);
  });

  it('a second ending and a repeated event are named by their place', () => {
    for (const end of [expired(), rejected(), cancelled()])
      expect(firstImpossible([requested(), cancelled(), end], oneClock)).toMatchObject(
        end.type === 'BookingCancelled' ? { index: 2, reason: expect.stringContaining('cancelled') } : { index: 2 },
      );
  });

  it('an expiry before its deadline is believed where clocks may have been set back', () => {
    const early = [requested(), expired('calendar_sync_failed', { at: '11:00' })];
    expect(firstImpossible(early, oneClock)).toMatchObject({ index: 1, reason: expect.stringContaining('expires at') });
    expect(firstImpossible(early, anyClock)).toBeNull();
  });

  it('says no personal value', () => {
    const twice = judgeBookingEvent(foldBooking([requested()]), requested(), oneClock);
    expect(JSON.stringify(twice)).not.toContain('runa@');
    expect(judgeBookingEvent(noBooking, cancelled('guest', { reason: 'secret' }), oneClock)).toEqual(
      E.left('nobody has asked for the booking yet'),
    );
  });
});

describe('the same for a schedule and for a calendar', () => {
  const judged = (...events: ReadonlyArray<Parameters<typeof judgeScheduleEvent>[1]>): string | null => {
    let schedule = emptySchedule;
    for (const event of events) {
      const next = judgeScheduleEvent(schedule, event);
      if (E.isLeft(next)) return next.left;
      schedule = next.right;
    }
    return null;
  };

  it('I2 no time is held twice; what is confirmed or released was held', () => {
    const held = slotHeld('a', '14:00', '14:30', { claim: ['13:45', '14:45'] });
    expect(judged(held, slotConfirmed('a'), slotReleased('a'), slotHeld('b', '14:00', '14:30'))).toBeNull();
    expect(judged(held, slotHeld('b', '14:30', '15:00'))).toBe('its time is held by booking a');
    expect(judged(held, slotConfirmed('a'), slotConfirmed('a'))).toContain('confirmed already');
    expect(judged(held, slotReleased('a'), slotReleased('a'))).toContain('holds no slot');
    expect(judged(slotHeld('a', '14:30', '14:00'))).toContain('ends before it begins');
    expect(judged(slotHeld('a', '14:00', '14:30', { claim: ['14:10', '14:30'] }))).toContain('cover');
    expect(judged(slotHeld('a', '14:00', '14:30', { at: '14:01' }))).toContain('began before');
  });

  it('what a look at a calendar came to is believed as decided, and not twice', () => {
    const now = epochMs('10:00');
    const unreadable = Array.from({ length: 130 }, (_, index) => ({
      href: `/${index}.ics`,
      reason: 'no DTSTART',
      blocked: [{ start: now + index, end: now + 60_000 }],
    }));
    const window = { start: now - 1_000, end: now + 1_000_000 };
    let calendar = noCalendar;
    const all: CalendarStreamEvent[] = [];
    const put = (command: Parameters<typeof decideCalendar>[1]): void => {
      const decided = decideCalendar(calendar, command);
      for (const event of E.isRight(decided) ? decided.right : []) {
        const next = judgeCalendarEvent(calendar, event);
        if (E.isLeft(next)) throw new Error(`${event.type}: ${next.left}`);
        calendar = next.right;
        all.push(event);
      }
    };
    put({ type: 'NotePlace', salt: 's', provider: 'caldav', address: 'https://a', now });
    put({ type: 'NoteReading', salt: 's', window, unreadable: unreadable.slice(0, 3), now });
    put({ type: 'NoteReading', salt: 's', window, unreadable, now });
    put({
      type: 'NoteReading',
      salt: 's',
      window,
      unreadable: [...unreadable, ...unreadable.map((one) => ({ ...one, href: `/more${one.href}` }))],
      now,
    });
    put({ type: 'NoteReading', salt: 's', window, unreadable: [], now });
    put({ type: 'NotePlace', salt: 's', provider: 'caldav', address: 'https://b', now });
    put({ type: 'NoteRefusedBooking', start: now + 60_000, failure: { kind: 'network', message: 'no way' }, now });
    expect(new Set(all.map(({ type }) => type))).toEqual(
      new Set([
        'CalendarConnected',
        'CalendarObjectsUnreadable',
        'CalendarObjectsNotNamed',
        'CalendarObjectsCleared',
        'CalendarAddressChanged',
        'CalendarUnreadableForBooking',
      ]),
    );
    for (const event of all.slice(-2)) expect(E.isLeft(judgeCalendarEvent(calendar, event))).toBe(true);
  });
});
