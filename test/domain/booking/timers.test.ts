import { describe, expect, it } from 'vitest';
import { fireTimers, nextTimerAt, timersOf } from '../../../src/domain/booking/timers.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import {
  absenceMarked,
  accepted,
  cancelled,
  command,
  epochMs,
  given,
  leftPending,
  meetingEnded,
  meetingStarted,
  noShowCheckFellDue,
  reminderFellDue,
  requested,
  rescheduled,
  rescheduleRequested,
  rejected,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

/** The meeting is from 14:00 to 14:30; asked for and accepted at 10:00. */
const request = requested({ remindersInMinutes: [180, 60], noShowCheckInMinutes: 10 });
const story = [request, started('work'), succeeded('work'), accepted()];

const planned = (...events: ReadonlyArray<BookingEvent>) =>
  timersOf(foldBooking(events)).map(({ at, ...timer }) => [
    Temporal.Instant.fromEpochMilliseconds(at).toString(),
    timer,
  ]);

describe('the timers of an accepted booking', () => {
  it('are its reminders, its start, the question who came, and its end, in this order', () => {
    expect(planned(...story)).toEqual([
      ['2050-09-05T11:00:00Z', { type: 'reminder', leadMinutes: 180 }],
      ['2050-09-05T13:00:00Z', { type: 'reminder', leadMinutes: 60 }],
      ['2050-09-05T14:00:00Z', { type: 'start' }],
      ['2050-09-05T14:10:00Z', { type: 'no-show-check' }],
      ['2050-09-05T14:30:00Z', { type: 'end' }],
    ]);
    expect(nextTimerAt(foldBooking(story))).toBe(epochMs('11:00'));
  });

  it.each([
    ['is pending', [request]],
    ['waits for approval', [requested({ requiresApproval: true }), leftPending('awaiting_approval')]],
    ['was cancelled', [...story, cancelled()]],
    ['was declined', [requested({ requiresApproval: true }), rejected()]],
  ])('are none where the booking %s', (_name, events) => {
    expect(planned(...events)).toEqual([]);
    expect(nextTimerAt(foldBooking(events))).toBeNull();
  });

  it('are none where it was requested before there were timers', () => {
    const old = { ...request, data: { ...request.data, timers: null } };
    expect(planned(old, accepted())).toEqual([]);
  });

  it('leave out reminders of a time that was past when the booking was accepted', () => {
    expect(planned(request, accepted({ at: '11:00' })).map(([, timer]) => timer)).not.toContainEqual({
      type: 'reminder',
      leadMinutes: 180,
    });
    expect(planned(request, accepted({ at: '13:30' }))[0]?.[1]).toEqual({ type: 'start' });
  });

  it('begin anew for another start, whatever fired for the one before', () => {
    const moved = { ...request, data: { ...request.data, start: '2050-09-06T14:00:00Z', end: '2050-09-06T14:30:00Z' } };
    const fired = [reminderFellDue(180, { at: '11:00' }), reminderFellDue(60, { at: '13:00' }), meetingStarted()];
    expect(planned(moved, accepted(), ...fired)).toHaveLength(5);
    expect(planned(moved, accepted(), ...fired)[0]?.[0]).toBe('2050-09-06T11:00:00Z');
  });
});

describe('the timers of a booking that is moved', () => {
  const asked = rescheduleRequested({ at: '13:30' });
  const moved = rescheduled({ at: '13:30' });

  it('are those of its new time, without reminders of what was past when it was moved', () => {
    const timers = planned(...story, reminderFellDue(180, { at: '11:00' }), asked, moved);
    expect(timers).toEqual([
      ['2050-09-05T14:00:00Z', { type: 'reminder', leadMinutes: 60 }],
      ['2050-09-05T15:00:00Z', { type: 'start' }],
      ['2050-09-05T15:10:00Z', { type: 'no-show-check' }],
      ['2050-09-05T15:30:00Z', { type: 'end' }],
    ]);
  });
});

describe('the clock', () => {
  const atThe = (at: string) => command.fireTimers({ at });

  it('brings nothing before the first is due', () =>
    given(...story)
      .when(atThe('10:59:59'))
      .thenNothing());

  it('brings a reminder when it is due, once', () => {
    const reminder = reminderFellDue(180, { at: '11:00' });
    given(...story)
      .when(atThe('11:00'))
      .then(reminder);
    given(...story, reminder)
      .when(atThe('11:00'))
      .thenNothing();
    expect(fireTimers(foldBooking([...story, reminder, reminder]), epochMs('12:59'))).toEqual([]);
  });

  it('brings start, question and end at their times, each once', () => {
    const reminded = [...story, reminderFellDue(180, { at: '11:00' }), reminderFellDue(60, { at: '13:00' })];
    given(...reminded)
      .when(atThe('14:00'))
      .then(meetingStarted());
    given(...reminded, meetingStarted())
      .when(atThe('14:10'))
      .then(noShowCheckFellDue({ at: '14:10' }));
    given(...reminded, meetingStarted(), noShowCheckFellDue({ at: '14:10' }))
      .when(atThe('14:30'))
      .then(meetingEnded());
    given(...reminded, meetingStarted(), noShowCheckFellDue({ at: '14:10' }), meetingEnded())
      .when(atThe('23:00'))
      .thenNothing();
  });

  it('brings one reminder for several that an outage held back: the last', () => {
    given(...story)
      .when(atThe('13:20'))
      .then(reminderFellDue(60, { at: '13:20' }));
    given(...story, reminderFellDue(60, { at: '13:20' }))
      .when(atThe('13:30'))
      .thenNothing();
  });

  it('brings no reminder once the meeting has begun, and the start late, of its true time', () => {
    given(...story)
      .when(atThe('14:05'))
      .then(meetingStarted({ start: '14:00', at: '14:05' }));
  });

  it('brings all that was missed in the order in which it was due', () => {
    const missed = [
      meetingStarted({ at: '16:00' }),
      noShowCheckFellDue({ at: '16:00' }),
      meetingEnded({ at: '16:00' }),
    ];
    given(...story)
      .when(atThe('16:00'))
      .then(...missed);
  });

  it('does not ask who came where somebody has said so', () => {
    const said = absenceMarked({ host: true }, { at: '14:05' });
    given(...story, meetingStarted(), said)
      .when(atThe('14:20'))
      .thenNothing();
  });

  it.each([
    ['a booking that ended', [...story, cancelled('host', { at: '12:00' })]],
    ['a pending booking', [request]],
  ])('brings nothing of %s', (_name, events) =>
    given(...events)
      .when(atThe('14:30'))
      .thenNothing(),
  );

  it('brings nothing of a booking that nobody asked for', () =>
    given().when(atThe('14:30')).thenRefused({ type: 'UnknownBooking' }));
});
