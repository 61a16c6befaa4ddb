import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import { at } from './http-client.ts';
import type { Log, LoggedBooking, Violations } from './log-checks.ts';
import { bookingsIn, isLive, textOf } from './log-checks.ts';
import { triggersIn } from './log-checks-messages.ts';
import { lastWord } from './log-checks-outside.ts';

const text = (event: RecordedEvent, name: string): string => textOf(at(event.data, name));

/** Whether the calendar may have the event since this one: a success, an unknown outcome, or one that never came. */
const mayBeHeld = (event: RecordedEvent, _: number, own: Log): boolean => {
  const isOutcome = (other: RecordedEvent): boolean =>
    other.type === 'CalendarSyncFailed' && at(other.data, 'attempt') === at(event.data, 'attempt');
  if (event.type === 'CalendarSyncStarted') return !own.some(isOutcome);
  return (
    event.type === 'CalendarSyncSucceeded' ||
    (event.type === 'CalendarSyncFailed' && at(event.data, 'kind') === 'outcome-unknown')
  );
};

/** The calendar holds the event and says that the booking is on. */
const isConfirmed = (event: RecordedEvent): boolean =>
  event.type === 'CalendarEventConfirmed' ||
  (event.type === 'CalendarSyncSucceeded' && at(event.data, 'status') === 'confirmed');

const openAtCalendar = (booking: LoggedBooking, calendarId: string): boolean => {
  const own = booking.events.filter((event) => text(event, 'calendarId') === calendarId);
  if (booking.status === 'accepted') return !own.some(isConfirmed);
  const removed = own.findLastIndex(({ type }) => type === 'CalendarRemovalSucceeded');
  return !isLive(booking) && own.slice(removed + 1).some(mayBeHeld);
};

const isWaitingForApproval = ({ events, status }: LoggedBooking): boolean =>
  status === 'pending' &&
  events.some((event) => text(event, 'reason') === 'awaiting_approval') &&
  !events.some(({ type }) => type === 'BookingApproved');

/** The recipients that the log does not yet say were told the last word. */
const untold = (booking: LoggedBooking): ReadonlyArray<string> => {
  const last = lastWord(booking);
  const recipients = last?.type === 'BookingRejected' ? ['attendee'] : ['attendee', 'host'];
  return recipients.filter(
    (recipient) =>
      !booking.events.some(
        (event) =>
          event.type === 'NotificationSent' &&
          text(event, 'channel') === 'mail' &&
          text(event, 'recipient') === recipient &&
          text(event, 'causedBy') === last?.id,
      ),
  );
};

const undelivered = (booking: LoggedBooking, subscription: string): ReadonlyArray<string> =>
  triggersIn(booking)
    .filter(
      ({ eventId }) =>
        !booking.events.some(
          (event) =>
            event.type === 'NotificationSent' &&
            text(event, 'recipient') === subscription &&
            text(event, 'causedBy') === eventId,
        ),
    )
    .map(({ trigger }) => trigger);

/** Slots that are held for a request which is not there: after a kill between the two, until the hold is given up. */
const lonelyHolds = (log: Log): Violations => {
  const requested = new Set(bookingsIn(log).map(({ uid }) => uid));
  const held = new Set<string>();
  for (const event of log) {
    const uid = text(event, 'bookingUid');
    if (event.type === 'SlotHeld' && !requested.has(uid)) held.add(uid);
    if (event.type === 'SlotReleased') held.delete(uid);
  }
  return [...held].map((uid) => `${uid}: held and not requested`);
};

/** What is still to happen until nothing is: read from the log, for waiting until it is empty. `subscription`: to everything. */
export const unfinished = (log: Log, subscription: string): Violations => [
  ...lonelyHolds(log),
  ...bookingsIn(log).flatMap((booking) => [
    ...(booking.status === 'pending' && !isWaitingForApproval(booking) ? [`${booking.uid}: not decided`] : []),
    ...booking.calendarIds.filter((id) => openAtCalendar(booking, id)).map((id) => `${booking.uid}: open at ${id}`),
    ...untold(booking).map((recipient) => `${booking.uid}: ${recipient} not told`),
    ...undelivered(booking, subscription).map((trigger) => `${booking.uid}: ${trigger} not delivered`),
  ]),
];
