import type { HistoryEntry } from '../../application/queries/read-booking.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { type HostReader, LANGUAGE } from './host-words.ts';
import { type HistoryInWords, historyInWords } from './words.ts';

/** What providers and receivers said, and under which ids things are kept: what a host needs to find them. Most events have no more to say. */
const detailOf = (event: BookingEvent): string => {
  switch (event.type) {
    case 'CalendarSyncFailed':
    case 'CalendarMoveFailed':
    case 'CalendarConfirmationFailed':
    case 'CalendarDecorationFailed':
    case 'CalendarRemovalFailed':
      return event.data.message === '' ? '' : `It answered: ${event.data.message}`;
    case 'CalendarSyncSucceeded':
    case 'CalendarMoveSucceeded':
      return `Event ${event.data.providerEventId}`;
    case 'NotificationSent':
      return `Message ${event.data.messageId}`;
    case 'RoomReady':
      return event.data.url;
    case 'RoomFailed':
      return event.data.message;
    case 'AbsenceMarked':
    case 'ApprovalReminderDue':
    case 'MailboxVerified':
    case 'BookingAccepted':
    case 'BookingApproved':
    case 'BookingCancelled':
    case 'BookingExpired':
    case 'BookingLeftPending':
    case 'BookingRejected':
    case 'BookingRequested':
    case 'CalendarEventConfirmed':
    case 'CalendarEventDecorated':
    case 'CalendarRemovalAcknowledged':
    case 'CalendarRemovalSucceeded':
    case 'CalendarRetryRequested':
    case 'CalendarSyncStarted':
    case 'CalendarMoveStarted':
    case 'GuestsAdded':
    case 'GuestRemoved':
    case 'PersonalDataErased':
    case 'LocationChanged':
    case 'RescheduleRequested':
    case 'RescheduleApproved':
    case 'BookingRescheduled':
    case 'RescheduleDeclined':
    case 'RescheduleFailed':
    case 'RescheduleWithdrawn':
    case 'RescheduleAbandoned':
    case 'EffectLeased':
    case 'MeetingEnded':
    case 'MeetingStarted':
    case 'NoShowCheckFellDue':
    case 'NotificationParked':
    case 'ReminderFellDue':
    case 'RequestAbandoned':
    case 'CalendarEventMissing':
    case 'CalendarEventMoved':
    case 'CalendarEventChanged':
    case 'CalendarEventVerified':
    case 'CalendarEventRestoreRequested':
    case 'CalendarEventNotFollowed':
      return '';
  }
};

export const hostHistory = (entries: ReadonlyArray<HistoryEntry>, reader: HostReader): HistoryInWords =>
  historyInWords(entries, { ...reader, audience: 'host', language: LANGUAGE }, () => true, detailOf);
