import type { BookingEventOf } from '../domain/booking/events.ts';
import type { At } from './booking-events.ts';
import { type Time, instant, START_OF_STORY } from './given.ts';

const SALT = '00000000000000000000000000000000';

/** 14:00, the start of `requested()`, if not told otherwise. It happens then, or `at` another time. */
type MeetingTimes = At & { readonly start?: Time; readonly end?: Time };

export const reminderFellDue = (
  leadMinutes: number,
  { start = '14:00', at = START_OF_STORY }: MeetingTimes = {},
): BookingEventOf<'ReminderFellDue'> => ({
  type: 'ReminderFellDue',
  occurredAt: instant(at),
  data: { start: instant(start), leadMinutes },
});

export const meetingStarted = ({
  start = '14:00',
  at = start,
}: MeetingTimes = {}): BookingEventOf<'MeetingStarted'> => ({
  type: 'MeetingStarted',
  occurredAt: instant(at),
  data: { start: instant(start) },
});

export const noShowCheckFellDue = ({
  start = '14:00',
  at = start,
}: MeetingTimes = {}): BookingEventOf<'NoShowCheckFellDue'> => ({
  type: 'NoShowCheckFellDue',
  occurredAt: instant(at),
  data: { start: instant(start) },
});

export const meetingEnded = ({
  start = '14:00',
  end = '14:30',
  at = end,
}: MeetingTimes = {}): BookingEventOf<'MeetingEnded'> => ({
  type: 'MeetingEnded',
  occurredAt: instant(at),
  data: { start: instant(start), end: instant(end) },
});

/** At 14:30 if not told otherwise. `attendees`: whether each was absent, by mail address. */
export const absenceMarked = (
  absences: { readonly host?: boolean; readonly attendees?: Readonly<Record<string, boolean>> },
  { at = '14:30' }: At = {},
): BookingEventOf<'AbsenceMarked'> => ({
  type: 'AbsenceMarked',
  occurredAt: instant(at),
  data: {
    host: absences.host ?? null,
    personal: {
      salt: SALT,
      attendees: Object.entries(absences.attendees ?? {}).map(([email, absent]) => ({ email, absent })),
    },
  },
});

/** The attendee has shown that the mailbox is theirs. */
export const mailboxVerified = (options: At = {}): BookingEventOf<'MailboxVerified'> => ({
  type: 'MailboxVerified',
  occurredAt: instant(options.at ?? START_OF_STORY),
  data: {},
});
