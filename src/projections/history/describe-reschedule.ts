import type { RescheduleEvent } from '../../domain/booking/evolve-reschedule.ts';
import type { BookingEventOf } from '../../domain/booking/events.ts';
import { exactText } from '../../domain/time/instant-text.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';
import { calendarOf, couldNot, notTaken, type Reader, withReason } from './history-words.ts';

type MoveEvent =
  | RescheduleEvent
  | BookingEventOf<'CalendarMoveStarted'>
  | BookingEventOf<'CalendarMoveSucceeded'>
  | BookingEventOf<'CalendarMoveFailed'>;

/** What happened to a move to another time, in words. Every time names its zone. */
export const describeReschedule = (event: MoveEvent, reader: Reader): string => {
  const at = (instant: string): string => exactText(instant, reader.timeZone, 'minute');
  switch (event.type) {
    case 'RescheduleRequested': {
      const { by, start, requiresApproval, approval, personal } = event.data;
      const asked = `The ${by} asked to move the booking to ${at(start)}${requiresApproval ? ', if the host approves' : ''}.`;
      const held = approval?.holdsSlot === false ? 'not held until then, and' : 'held, and';
      const until = approval?.holdsSlot === false ? '' : ' until then';
      return withReason(`${asked} The new time is ${held} the old one stays in force${until}`, personal.reason);
    }
    case 'RescheduleApproved':
      return 'The host approved the new time. The calendars are asked for it next.';
    case 'BookingRescheduled':
      return `The booking was moved from ${at(event.data.previous.start)} to ${at(event.data.start)}. The old time is free again.`;
    case 'RescheduleDeclined':
      return withReason('The old time stays in force: the host declined the new one', event.data.personal.reason);
    case 'RescheduleFailed':
      return event.data.reason === 'approval_missed'
        ? 'The booking was not moved: nobody approved the new time. The old time stays in force.'
        : `The booking was not moved: ${notTaken(reader)} took it at the new time. The old time stays in force.`;
    case 'RescheduleWithdrawn':
      return 'Another new time was asked for, so the one before is not waited for any more.';
    case 'RescheduleAbandoned':
      return 'A new time was held, and the request for it did not come. It is free again.';
    case 'CalendarMoveStarted': {
      const calendar = calendarOf(event.data.calendarId, reader).replace(/^[CT]/, (first) => first.toLowerCase());
      return `Moving the event in ${calendar} to ${at(event.data.start)} began (attempt ${event.data.attempt}).`;
    }
    case 'CalendarMoveSucceeded':
      return event.data.created
        ? `${calendarOf(event.data.calendarId, reader)} did not have the event any more; it was written anew at ${at(event.data.start)}.`
        : `${calendarOf(event.data.calendarId, reader)} holds the booking at ${at(event.data.start)}.`;
    case 'CalendarMoveFailed':
      return couldNot('did not move the booking', event.data, reader);
  }
};

/** What a guest may see of it; see `guestView`. */
export const guestViewOfReschedule = (event: MoveEvent): JsonObject => {
  switch (event.type) {
    case 'RescheduleRequested': {
      const { by, start, end, requiresApproval } = event.data;
      return { by, start, end, requiresApproval };
    }
    case 'BookingRescheduled': {
      const { by, previous, start, end } = event.data;
      return { by, previous, start, end };
    }
    case 'RescheduleFailed':
      return { reason: event.data.reason };
    case 'CalendarMoveFailed':
      return { attempt: event.data.attempt, retryAt: event.data.retryAt };
    case 'CalendarMoveStarted':
    case 'CalendarMoveSucceeded':
      return { attempt: event.data.attempt };
    case 'RescheduleApproved':
    case 'RescheduleDeclined':
    case 'RescheduleWithdrawn':
    case 'RescheduleAbandoned':
      return {};
  }
};
