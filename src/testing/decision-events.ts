import type { BookingEventData, BookingEventOf } from '../domain/booking/events/index.ts';
import type { At } from './booking-events.ts';
import type { Time } from './times.ts';
import { instant, START_OF_STORY } from './times.ts';

const SALT = '00000000000000000000000000000000';

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);

export const accepted = (
  options: At & { readonly reason?: BookingEventData<'BookingAccepted'>['reason'] } = {},
): BookingEventOf<'BookingAccepted'> => ({
  type: 'BookingAccepted',
  occurredAt: occurredAt(options),
  data: { reason: options.reason ?? 'calendar_holds_it' },
});

/** `deadline`: 12:00 as in `requested()`, and the meeting's end 14:30 for `awaiting_approval`, if not told otherwise. */
export const leftPending = (
  reason: BookingEventData<'BookingLeftPending'>['reason'] = 'calendar_sync_failed',
  options: At & {
    readonly deadline?: Time;
    readonly failures?: BookingEventData<'BookingLeftPending'>['failures'];
  } = {},
): BookingEventOf<'BookingLeftPending'> => ({
  type: 'BookingLeftPending',
  occurredAt: occurredAt(options),
  data: {
    reason,
    deadline: instant(options.deadline ?? (reason === 'awaiting_approval' ? '14:30' : '12:00')),
    failures: options.failures ?? [],
  },
});

export const approved = (options: At = {}): BookingEventOf<'BookingApproved'> => ({
  type: 'BookingApproved',
  occurredAt: occurredAt(options),
  data: {},
});

export const rejected = (options: At & { readonly reason?: string } = {}): BookingEventOf<'BookingRejected'> => ({
  type: 'BookingRejected',
  occurredAt: occurredAt(options),
  data: { personal: { salt: SALT, reason: options.reason ?? null } },
});

/** At 12:00, the deadline of `requested()`, if not told otherwise. */
export const expired = (
  reason: BookingEventData<'BookingExpired'>['reason'] = 'calendar_sync_failed',
  { at = '12:00' }: At = {},
): BookingEventOf<'BookingExpired'> => ({ type: 'BookingExpired', occurredAt: instant(at), data: { reason } });

export const cancelled = (
  by: 'guest' | 'host' = 'guest',
  options: At & { readonly reason?: string } = {},
): BookingEventOf<'BookingCancelled'> => ({
  type: 'BookingCancelled',
  occurredAt: occurredAt(options),
  data: { by, personal: { salt: SALT, reason: options.reason ?? null } },
});

type Telling = Omit<BookingEventData<'NotificationSent'>, 'messageId'>;

const telling = (changes: Partial<Telling>): Telling => ({
  causedBy: 'event1',
  channel: 'mail',
  notification: 'confirmed',
  recipient: 'attendee',
  ...changes,
});

export const notificationSent = (changes: At & Partial<Telling> = {}): BookingEventOf<'NotificationSent'> => {
  const { at = START_OF_STORY, ...facts } = changes;
  return { type: 'NotificationSent', occurredAt: instant(at), data: { ...telling(facts), messageId: 'message1' } };
};

export const notificationParked = (changes: At & Partial<Telling> = {}): BookingEventOf<'NotificationParked'> => {
  const { at = START_OF_STORY, ...facts } = changes;
  return { type: 'NotificationParked', occurredAt: instant(at), data: { ...telling(facts), reason: 'refused' } };
};
