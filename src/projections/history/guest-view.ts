import type { BookingEvent } from '../../domain/booking/events.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';

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
    case 'NotificationSent':
    case 'NotificationParked':
      return { channel: event.data.channel, notification: event.data.notification };
    case 'BookingApproved':
    case 'BookingRejected':
    case 'CalendarRetryRequested':
    case 'RoomReady':
    case 'RoomFailed':
    case 'EffectLeased':
    case 'RequestAbandoned':
      return {};
  }
};
