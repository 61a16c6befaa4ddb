import type { BookingState, CalendarSync } from '../booking/booking-state.ts';
import type { BookingRejection } from '../booking/commands.ts';
import type { BookingEvent } from '../booking/events.ts';

/** Why the decider refuses, as the end of a sentence. */
export const refusedBecause = (rejection: BookingRejection): string => {
  switch (rejection.type) {
    case 'UnknownBooking':
      return 'nobody has asked for the booking yet';
    case 'AlreadyRequested':
      return 'the booking was asked for before';
    case 'AlreadyEnded':
      return `the meeting was over at ${rejection.endedAt}`;
    case 'NotPending':
    case 'NotLive':
    case 'NotAccepted':
      return `the booking is ${rejection.status}`;
    case 'NotStarted':
      return `the meeting begins at ${rejection.startsAt}`;
    case 'UnknownAttendee':
      return 'it names somebody who is not of the booking';
    case 'ApprovalTooLate':
      return `it had to be approved before ${rejection.deadline}`;
    case 'SlotTaken':
      return 'another booking holds its slot';
    case 'NotCancellable':
      return 'it cannot be cancelled';
    case 'NoRemovalFailed':
      return 'no removal from that calendar has failed';
    case 'ReasonRequired':
      return 'it needs a reason';
    case 'UnknownGuest':
      return `the booking has no guest ${rejection.number}`;
    case 'TooManyGuests':
      return `it has ${rejection.limit} guests already`;
    case 'TooManyDetailChanges':
      return `its guests and its place were changed ${rejection.limit} times`;
    case 'StillExpected':
      return `the meeting is not over before ${rejection.endsAt}`;
    case 'NotReschedulable':
      return `the booking is ${rejection.status}`;
    case 'RescheduledMeanwhile':
    case 'RescheduleInFlight':
      return `the booking is being moved to ${rejection.inFlight ?? rejection.start}`;
    case 'SameTime':
      return `the booking begins at ${rejection.start} already`;
    case 'TooManyReschedules':
      return `the booking was moved ${rejection.limit} times`;
    case 'RescheduleIdReused':
      return 'that move was to another time';
    case 'RescheduleGivenUp':
      return 'that move was given up before it was asked for';
    case 'LeasedElsewhere':
      return `${rejection.node} has the lease until ${rejection.until}`;
    case 'NotJustified':
      return rejection.detail;
  }
};

const standingOf = (sync: CalendarSync): string => {
  switch (sync.status) {
    case 'idle':
      return 'no attempt was begun';
    case 'writing':
      return `attempt ${sync.attempt} is in flight`;
    case 'failed':
      return `attempt ${sync.attempt} has failed`;
    case 'held':
      return sync.move.writing
        ? `move ${sync.move.attempts} is in flight`
        : `it holds the event, which begins at ${sync.start} there`;
    case 'removed':
      return 'the event was taken out';
    case 'removal-failed':
      return `removal ${sync.removalAttempts} has failed`;
  }
};

const list = (ids: ReadonlyArray<string>): string => (ids.length === 0 ? 'none' : ids.join(', '));

/** Why the decider has nothing to write: how things stand already. */
export const standing = (booking: BookingState, event: BookingEvent): string => {
  if (booking.phase === 'none') return 'nobody has asked for the booking yet';
  const { phase, calendars } = booking;
  if (!('calendarId' in event.data)) return `it changes nothing: the booking is ${phase}`;
  const { calendarId } = event.data;
  const sync = calendars.find((one) => one.calendarId === calendarId);
  return sync === undefined
    ? `calendar ${calendarId} was not asked for (asked for: ${list(calendars.map((one) => one.calendarId))})`
    : `at calendar ${calendarId} ${standingOf(sync)}, and the booking is ${phase}`;
};
