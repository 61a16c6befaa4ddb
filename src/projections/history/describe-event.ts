import type { BookingEvent, BookingEventData } from '../../domain/booking/events.ts';
import { failureInWords } from './describe-failure.ts';
import { describeLease } from './describe-lease.ts';
import { describeNotification } from './describe-notification.ts';

/** Who reads: for `guest` calendars have no names and providers no words. `timeZone`: whose times are said. */
export type Reader = {
  readonly audience: 'host' | 'guest';
  readonly timeZone: string;
  readonly calendarLabel: (calendarId: string) => string;
};

type CalendarFailed = BookingEventData<'CalendarSyncFailed'>;

/** `2050-09-05 09:00`, local to the reader. */
const timeOf = (instant: string, timeZone: string, smallestUnit: 'minute' | 'second' = 'minute'): string => {
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit })}`;
};

const calendarOf = (calendarId: string, reader: Reader): string =>
  reader.audience === 'host' ? `Calendar '${reader.calendarLabel(calendarId)}'` : 'The calendar';

const nextTry = (retryAt: string | null, { timeZone }: Reader): string =>
  retryAt === null ? '' : ` Next try at ${timeOf(retryAt, timeZone)}.`;

const failed = (what: string, { calendarId, kind, retryAt, retryable }: CalendarFailed, reader: Reader): string => {
  const why = reader.audience === 'host' ? `: ${failureInWords(kind)}` : '';
  const help = retryAt === null && !retryable && reader.audience === 'host' ? ' Only a person can help.' : '';
  return `${calendarOf(calendarId, reader)} ${what}${why}.${nextTry(retryAt, reader)}${help}`;
};

const requested = (data: BookingEventData<'BookingRequested'>, { timeZone }: Reader): string => {
  const approval = data.requiresApproval ? ' It needs approval.' : '';
  return `${data.title} was requested for ${timeOf(data.start, timeZone)} (${timeZone}), ${data.lengthInMinutes} minutes. The time is held.${approval}`;
};

const leftPending = ({ reason, deadline }: BookingEventData<'BookingLeftPending'>, { timeZone }: Reader): string =>
  reason === 'awaiting_approval'
    ? `The booking waits for approval, until ${timeOf(deadline, timeZone)} at the latest.`
    : `The booking is not confirmed: no calendar has taken it. Trying goes on until ${timeOf(deadline, timeZone)}.`;

const withReason = (sentence: string, reason: string | null): string =>
  reason === null || reason.trim() === '' ? `${sentence}.` : `${sentence}: ${reason}`;

/** One event of a booking in words, for people. Exhaustive: an event that is added must be given its words. */
export const describeEvent = (event: BookingEvent, reader: Reader): string => {
  switch (event.type) {
    case 'BookingRequested':
      return requested(event.data, reader);
    case 'RoomReady':
      return event.data.fallback
        ? 'No video room could be had; the fallback link stands in.'
        : 'A video room was made.';
    case 'RoomFailed':
      return 'No video room could be had. The booking goes on without a link.';
    case 'RequestAbandoned':
      return 'The time was held, and the request did not come. It is free again.';
    case 'EffectLeased':
      return reader.audience === 'guest'
        ? 'The next step was begun.'
        : describeLease(event.data, reader.calendarLabel, (until) => timeOf(until, reader.timeZone, 'second'));
    case 'CalendarSyncStarted':
      return `Writing to ${calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase())} began (attempt ${event.data.attempt}).`;
    case 'CalendarSyncSucceeded':
      return event.data.found
        ? `${calendarOf(event.data.calendarId, reader)} was found to hold the booking already.`
        : `${calendarOf(event.data.calendarId, reader)} holds the booking.`;
    case 'CalendarSyncFailed':
      return failed('did not take the booking', event.data, reader);
    case 'CalendarEventConfirmed':
      return `${calendarOf(event.data.calendarId, reader)} now says that the booking is on.`;
    case 'CalendarConfirmationFailed':
      return failed('still says that the booking is tentative', event.data, reader);
    case 'CalendarRetryRequested':
      return `Another try was asked for: ${calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase())} is asked again now.`;
    case 'CalendarEventDecorated':
      return `${calendarOf(event.data.calendarId, reader)} now says where to meet.`;
    case 'CalendarDecorationFailed':
      return failed('does not say where to meet', event.data, reader);
    case 'CalendarRemovalSucceeded':
      return event.data.outcome === 'removed'
        ? `${calendarOf(event.data.calendarId, reader)} let go of the booking.`
        : `${calendarOf(event.data.calendarId, reader)} did not have the booking any more.`;
    case 'CalendarRemovalFailed':
      return failed('still shows the booking', event.data, reader);
    case 'BookingAccepted':
      return event.data.reason === 'calendar_holds_it'
        ? 'The booking is accepted: a calendar holds it.'
        : 'The booking is accepted: the host has no calendar connected.';
    case 'BookingLeftPending':
      return leftPending(event.data, reader);
    case 'BookingApproved':
      return 'The host approved. The calendars are written next.';
    case 'BookingRejected':
      return withReason('The host declined', event.data.personal.reason);
    case 'BookingExpired':
      return event.data.reason === 'approval_missed'
        ? 'The booking expired: nobody approved it in time. The time is free again.'
        : 'The booking expired: no calendar took it in time. The time is free again.';
    case 'BookingCancelled':
      return withReason(`The ${event.data.by} cancelled`, event.data.personal.reason);
    case 'NotificationSent':
    case 'NotificationParked':
      return describeNotification(event, reader.audience);
  }
};
