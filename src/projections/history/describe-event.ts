import type { BookingEvent } from '../../domain/booking/events.ts';
import { exactText } from '../../domain/time/instant-text.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';
import { absenceInWords, describeLease, describeNotification, minutesInWords } from './describe-messages.ts';
import { describeDifference } from './describe-difference.ts';
import { describeAcceptance, describeExpiry, describePending, describeRequest } from './describe-decision.ts';
import { describeDetails, guestViewOfDetails } from './describe-details.ts';
import { describeReschedule, guestViewOfReschedule } from './describe-reschedule.ts';
import { calendarOf, couldNot, type Reader, withReason } from './history-words.ts';

/** One event of a booking in words, for people. Exhaustive: an event that is added must be given its words. */
export const describeEvent = (event: BookingEvent, reader: Reader): string => {
  switch (event.type) {
    case 'BookingRequested':
      return describeRequest(event.data, reader);
    case 'RoomReady':
      if (event.data.fallback) return 'No video room could be had; the fallback link stands in.';
      return 'A video room was made.';
    case 'RoomFailed':
      return 'No video room could be had. The booking goes on without a link.';
    case 'RequestAbandoned':
      return 'The time was held, and the request did not come. It is free again.';
    case 'EffectLeased':
      return reader.audience === 'guest'
        ? 'The next step was begun.'
        : describeLease(event.data, reader.calendarLabel, (until) => exactText(until, reader.timeZone));
    case 'CalendarSyncStarted':
      return `Writing to ${calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase())} began (attempt ${event.data.attempt}).`;
    case 'CalendarSyncSucceeded':
      return event.data.found
        ? `${calendarOf(event.data.calendarId, reader)} was found to hold the booking already.`
        : `${calendarOf(event.data.calendarId, reader)} holds the booking.`;
    case 'CalendarSyncFailed':
      return couldNot('did not take the booking', event.data, reader);
    case 'CalendarEventConfirmed':
      return event.data.detailsVersion === undefined
        ? `${calendarOf(event.data.calendarId, reader)} now says that the booking is on.`
        : `${calendarOf(event.data.calendarId, reader)} now shows the changed guests or place.`;
    case 'CalendarConfirmationFailed':
      return couldNot('does not show the booking as it is now', event.data, reader);
    case 'CalendarRetryRequested':
      return `Another try was asked for: ${calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase())} is asked again now.`;
    case 'CalendarEventDecorated':
      return `${calendarOf(event.data.calendarId, reader)} now says where to meet.`;
    case 'CalendarDecorationFailed':
      return couldNot('does not say where to meet', event.data, reader);
    case 'CalendarRemovalSucceeded':
      return event.data.outcome === 'removed'
        ? `${calendarOf(event.data.calendarId, reader)} let go of the booking.`
        : `${calendarOf(event.data.calendarId, reader)} did not have the booking any more.`;
    case 'CalendarRemovalFailed':
      return couldNot('still shows the booking', event.data, reader);
    case 'CalendarRemovalAcknowledged':
      return `What ${calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase())} may still show of the booking was dealt with by a person. It is not looked for any more.`;
    case 'BookingAccepted':
      return describeAcceptance(event.data, reader);
    case 'BookingLeftPending':
      return describePending(event.data, reader);
    case 'BookingApproved':
      return 'The host approved. The calendars are written next.';
    case 'MailboxVerified':
      return 'The mail address was confirmed. Guests may be told.';
    case 'ApprovalReminderDue':
      return 'The host has not decided yet and is reminded.';
    case 'BookingRejected':
      return withReason('The host declined', event.data.personal.reason);
    case 'BookingExpired':
      return describeExpiry(event.data, reader);
    case 'BookingCancelled':
      return withReason(`The ${event.data.by} cancelled`, event.data.personal.reason);
    case 'ReminderFellDue':
      return `The reminder ${minutesInWords(event.data.leadMinutes)} before the start fell due.`;
    case 'MeetingStarted':
      return `The start of the meeting came, ${exactText(event.data.start, reader.timeZone, 'minute')}.`;
    case 'NoShowCheckFellDue':
      return 'Nobody has said yet who came. The host is asked.';
    case 'MeetingEnded':
      return `The end of the meeting came, ${exactText(event.data.end, reader.timeZone, 'minute')}.`;
    case 'AbsenceMarked':
      return absenceInWords(event.data, reader.audience);
    case 'GuestsAdded':
    case 'PersonalDataErased':
    case 'GuestRemoved':
    case 'LocationChanged':
      return describeDetails(event, reader);
    case 'RescheduleRequested':
    case 'RescheduleApproved':
    case 'BookingRescheduled':
    case 'RescheduleDeclined':
    case 'RescheduleFailed':
    case 'RescheduleWithdrawn':
    case 'RescheduleAbandoned':
    case 'CalendarMoveStarted':
    case 'CalendarMoveSucceeded':
    case 'CalendarMoveFailed':
      return describeReschedule(event, reader);
    case 'CalendarEventMissing':
    case 'CalendarEventMoved':
    case 'CalendarEventChanged':
    case 'CalendarEventVerified':
    case 'CalendarEventRestoreRequested':
    case 'CalendarEventNotFollowed':
      return describeDifference(event, reader);
    case 'NotificationSent':
    case 'NotificationParked':
      return describeNotification(event, reader.audience);
  }
};

/**
 * What a guest may see of an event's data, named field by field: nothing that a provider answered, no names of
 * calendars, no addresses, no answers, no salts. An event that is added later shows nothing until it is listed here.
 */
export const guestView = (event: BookingEvent): JsonObject => {
  switch (event.type) {
    case 'BookingRequested': {
      const { title, eventTypeId, eventTypeSlug, start, end, lengthInMinutes, requiresApproval, icsUid } = event.data;
      return { title, eventTypeId, eventTypeSlug, start, end, lengthInMinutes, requiresApproval, icsUid };
    }
    case 'BookingAccepted':
      return { reason: event.data.reason };
    case 'BookingLeftPending':
      return { reason: event.data.reason, deadline: event.data.deadline };
    case 'BookingExpired':
      return { reason: event.data.reason };
    case 'BookingCancelled':
      return { by: event.data.by };
    case 'CalendarSyncFailed':
    case 'CalendarConfirmationFailed':
    case 'CalendarDecorationFailed':
    case 'CalendarRemovalFailed':
      return { attempt: event.data.attempt, retryAt: event.data.retryAt };
    case 'CalendarSyncStarted':
    case 'CalendarSyncSucceeded':
    case 'CalendarEventConfirmed':
    case 'CalendarEventDecorated':
    case 'CalendarRemovalSucceeded':
      return { attempt: event.data.attempt };
    case 'GuestsAdded':
    case 'PersonalDataErased':
    case 'GuestRemoved':
    case 'LocationChanged':
      return guestViewOfDetails(event);
    case 'RescheduleRequested':
    case 'RescheduleApproved':
    case 'BookingRescheduled':
    case 'RescheduleDeclined':
    case 'RescheduleFailed':
    case 'RescheduleWithdrawn':
    case 'RescheduleAbandoned':
    case 'CalendarMoveStarted':
    case 'CalendarMoveSucceeded':
    case 'CalendarMoveFailed':
      return guestViewOfReschedule(event);
    case 'CalendarEventMoved':
      return { start: event.data.start, end: event.data.end };
    case 'NotificationSent':
    case 'NotificationParked':
      return { channel: event.data.channel, notification: event.data.notification };
    case 'ReminderFellDue':
      return { start: event.data.start, leadMinutes: event.data.leadMinutes };
    case 'MeetingStarted':
    case 'NoShowCheckFellDue':
      return { start: event.data.start };
    case 'MeetingEnded':
      return { start: event.data.start, end: event.data.end };
    case 'AbsenceMarked':
      return { host: event.data.host };
    case 'MailboxVerified':
    case 'ApprovalReminderDue':
    case 'BookingApproved':
    case 'BookingRejected':
    case 'CalendarRemovalAcknowledged':
    case 'CalendarRetryRequested':
    case 'RoomReady':
    case 'RoomFailed':
    case 'EffectLeased':
    case 'RequestAbandoned':
    case 'CalendarEventMissing':
    case 'CalendarEventChanged':
    case 'CalendarEventVerified':
    case 'CalendarEventRestoreRequested':
    case 'CalendarEventNotFollowed':
      return {};
  }
};
