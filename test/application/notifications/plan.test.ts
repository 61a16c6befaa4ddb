import { describe, expect, it } from 'vitest';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { bookingEventCodecs } from '../../../src/domain/booking/events.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { isStillTrue } from '../../../src/application/notifications/mail-kinds.ts';
import { mayNotify, planNotifications } from '../../../src/application/notifications/plan.ts';
import {
  absenceMarked,
  accepted,
  cancelled,
  expired,
  failed,
  leftPending,
  meetingEnded,
  meetingStarted,
  noShowCheckFellDue,
  rejected,
  reminderFellDue,
  removalFailed,
  requested,
  retryRequested,
  started,
  succeeded,
} from '../../../src/testing/index.ts';

const plan = (...events: ReadonlyArray<BookingEvent>) => {
  const last = events.at(-1);
  if (last === undefined) throw new Error('no event');
  return planNotifications(last, foldBooking(events.slice(0, -1)));
};
const nobody = { mails: [], webhooks: [] };
const written = [requested(), started('work'), succeeded('work')];

describe('who is told of what', () => {
  it('I4 only an acceptance is told as confirmed', () => {
    expect(plan(...written, accepted())).toEqual({ mails: ['confirmed'], webhooks: ['BOOKING_CREATED'] });
    for (const event of [requested(), started('work'), succeeded('work'), leftPending('calendar_sync_failed')])
      expect(planNotifications(event, noBooking).mails).not.toContain('confirmed');
  });

  it('S02 a booking left pending by failure: the guest hears that it is not confirmed, the host what to do', () => {
    expect(
      plan(requested(), started('work'), failed('work', 'forbidden'), leftPending('calendar_sync_failed')),
    ).toEqual({
      mails: ['received-not-confirmed', 'action-needed'],
      webhooks: ['BOOKING_CALENDAR_SYNC_FAILED'],
    });
  });

  it('a booking that waits for approval is told as such, and never as a failure', () => {
    expect(plan(requested({ requiresApproval: true }), leftPending('awaiting_approval'))).toEqual({
      mails: ['awaiting-approval', 'approval-needed'],
      webhooks: ['BOOKING_REQUESTED'],
    });
  });

  it('I4 given a mail made while the next attempt is in flight, then it is as true as between two attempts', () => {
    const left = [requested(), started('work'), failed('work', 'network'), leftPending('calendar_sync_failed')];
    const trying = foldBooking([...left, started('work', { attempt: 2 })]);
    if (trying.phase === 'none') throw new Error('no booking');
    expect(isStillTrue('action-needed', trying)).toBe(true);
    expect(isStillTrue('received-not-confirmed', trying)).toBe(true);
    const held = foldBooking([...left, started('work', { attempt: 2 }), succeeded('work')]);
    if (held.phase === 'none') throw new Error('no booking');
    expect(isStillTrue('action-needed', held)).toBe(false);
  });

  it('S05 a failure before the decision alerts nobody by itself', () => {
    expect(plan(requested(), started('work'), failed('work', 'network'))).toEqual(nobody);
  });

  it('S04 a calendar that stays behind after acceptance alerts the host once, at its first failure', () => {
    const two = [
      requested({ calendars: ['work', 'home'] }),
      started('work'),
      started('home'),
      succeeded('work'),
      accepted(),
    ];
    expect(plan(...two, failed('home', 'network'))).toEqual({ mails: ['calendar-behind'], webhooks: [] });
    const again = [...two, failed('home', 'network'), started('home', { attempt: 2 })];
    expect(plan(...again, failed('home', 'network', { attempt: 2 }))).toEqual(nobody);
  });

  it.each([
    ['declined', rejected(), 'BOOKING_REJECTED'],
    ['expired', expired('calendar_sync_failed'), 'BOOKING_REJECTED'],
    ['cancelled', cancelled('guest'), 'BOOKING_CANCELLED'],
  ] as const)('an end is told as %s', (mail, event, trigger) => {
    expect(plan(...written, event)).toEqual({ mails: [mail], webhooks: [trigger] });
  });

  it('S37 a removal that fails is told to the host once', () => {
    const ended = [...written, accepted(), cancelled('guest')];
    expect(plan(...ended, removalFailed('work', 'network'))).toEqual({ mails: ['removal-pending'], webhooks: [] });
    const again = [...ended, removalFailed('work', 'network')];
    expect(plan(...again, removalFailed('work', 'network', { attempt: 2 }))).toEqual(nobody);
  });

  it('a look that fails, after a write that the calendar refused, is told to nobody', () => {
    const refused = [requested(), started('work'), failed('work', 'provider-error'), cancelled('guest')];
    expect(plan(...refused, removalFailed('work', 'network'))).toEqual(nobody);
    const unknown = [requested(), started('work'), failed('work', 'outcome-unknown'), cancelled('guest')];
    expect(plan(...unknown, removalFailed('work', 'network')).mails).toEqual(['removal-pending']);
  });

  it('what failed before and was asked for again tells nobody a second time', () => {
    const behind = [...written, accepted(), failed('home', 'auth-revoked')];
    expect(plan(...behind, retryRequested('home'))).toEqual(nobody);
    const again = [...behind, retryRequested('home'), started('home', { attempt: 2 })];
    expect(plan(...again, failed('home', 'auth-revoked', { attempt: 2 }))).toEqual(nobody);
  });

  it.each([
    ['a reminder', reminderFellDue(60), { mails: ['reminder'], webhooks: [] }],
    ['the start', meetingStarted(), { mails: [], webhooks: ['MEETING_STARTED'] }],
    ['the question who came', noShowCheckFellDue(), { mails: ['no-show-check'], webhooks: ['BOOKING_NO_SHOW_CHECK'] }],
    ['the end', meetingEnded(), { mails: [], webhooks: ['MEETING_ENDED'] }],
  ])('the clock brings %s', (_name, event, told) => {
    expect(plan(...written, accepted(), event)).toEqual(told);
  });

  it.each([
    ['the host', { host: true }, ['AFTER_HOSTS_CAL_VIDEO_NO_SHOW']],
    ['a guest', { attendees: { 'runa@example.com': true } }, ['AFTER_GUESTS_CAL_VIDEO_NO_SHOW']],
    ['nobody any more', { host: false, attendees: { 'runa@example.com': false } }, []],
  ])('%s is said to have been absent', (_name, said, more) => {
    expect(plan(...written, accepted(), absenceMarked(said)).webhooks).toEqual(['BOOKING_NO_SHOW_UPDATED', ...more]);
  });

  it('a reminder is true until the start, a question until somebody has answered it', () => {
    const present = (...events: ReadonlyArray<BookingEvent>) => {
      const booking = foldBooking([...written, accepted(), ...events]);
      if (booking.phase === 'none') throw new Error('no booking');
      return booking;
    };
    expect(isStillTrue('reminder', present())).toBe(true);
    expect(isStillTrue('reminder', present(meetingStarted()))).toBe(false);
    expect(isStillTrue('reminder', present(cancelled('guest')))).toBe(false);
    expect(isStillTrue('no-show-check', present(meetingStarted()))).toBe(true);
    expect(isStillTrue('no-show-check', present(meetingStarted(), absenceMarked({ host: false })))).toBe(false);
  });

  it('says beforehand which types never tell anybody, and no type that does', () => {
    const telling = Object.keys(bookingEventCodecs).filter(mayNotify);
    expect(telling.toSorted()).toEqual([
      'AbsenceMarked',
      'ApprovalReminderDue',
      'BookingAccepted',
      'BookingCancelled',
      'BookingExpired',
      'BookingLeftPending',
      'BookingRejected',
      'BookingRescheduled',
      'CalendarEventChanged',
      'CalendarEventMissing',
      'CalendarEventMoved',
      'CalendarEventNotFollowed',
      'CalendarEventVerified',
      'CalendarMoveFailed',
      'CalendarMoveSucceeded',
      'CalendarRemovalFailed',
      'CalendarSyncFailed',
      'CalendarSyncSucceeded',
      'GuestRemoved',
      'GuestsAdded',
      'LocationChanged',
      'MailboxVerified',
      'MeetingEnded',
      'MeetingStarted',
      'NoShowCheckFellDue',
      'ReminderFellDue',
      'RescheduleDeclined',
      'RescheduleFailed',
      'RescheduleRequested',
    ]);
  });
});
