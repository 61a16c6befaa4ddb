import type { BookingEventData, BookingEventOf } from '../domain/booking/events.ts';
import type { ReleaseReason, ScheduleEvent } from '../domain/schedule/schedule-state.ts';
import type { At } from './booking-events.ts';
import { type Time, instant, START_OF_STORY } from './given.ts';

type NotificationFacts = Omit<BookingEventData<'NotificationSent'>, 'messageId'>;

const notificationFacts = (changes: Partial<NotificationFacts>): NotificationFacts => ({
  causedBy: 'event1',
  channel: 'mail',
  notification: 'confirmed',
  recipient: 'attendee',
  ...changes,
});

/** Somebody was told. `causedBy`: id of the event that is told about. */
export const notificationSent = (changes: At & Partial<NotificationFacts> = {}): BookingEventOf<'NotificationSent'> => {
  const { at = START_OF_STORY, ...facts } = changes;
  return {
    type: 'NotificationSent',
    occurredAt: instant(at),
    data: { ...notificationFacts(facts), messageId: 'message1' },
  };
};

/** We gave up telling somebody. */
export const notificationParked = (
  changes: At & Partial<NotificationFacts> = {},
): BookingEventOf<'NotificationParked'> => {
  const { at = START_OF_STORY, ...facts } = changes;
  return {
    type: 'NotificationParked',
    occurredAt: instant(at),
    data: { ...notificationFacts(facts), reason: 'refused' },
  };
};

type Of<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>;

/** A booking holds the host's time from `start` to `end`; `claim`: with its buffers, where there are any. */
export const slotHeld = (
  bookingUid: string,
  start: Time,
  end: Time,
  options: At & { readonly claim?: readonly [Time, Time]; readonly eventTypeId?: number } = {},
): Of<'SlotHeld'> => {
  const [claimStart, claimEnd] = options.claim ?? [start, end];
  return {
    type: 'SlotHeld',
    occurredAt: instant(options.at ?? START_OF_STORY),
    data: {
      bookingUid,
      icsUid: `${bookingUid}@holdfast`,
      eventTypeId: options.eventTypeId ?? 1,
      start: instant(start),
      end: instant(end),
      claim: { start: instant(claimStart), end: instant(claimEnd) },
    },
  };
};

/** The booking that holds the slot was accepted. */
export const slotConfirmed = (bookingUid: string, { at = START_OF_STORY }: At = {}): Of<'SlotConfirmed'> => ({
  type: 'SlotConfirmed',
  occurredAt: instant(at),
  data: { bookingUid },
});

/** The slot is free again. */
export const slotReleased = (
  bookingUid: string,
  reason: ReleaseReason = 'cancelled',
  { at = START_OF_STORY }: At = {},
): Of<'SlotReleased'> => ({ type: 'SlotReleased', occurredAt: instant(at), data: { bookingUid, reason } });
