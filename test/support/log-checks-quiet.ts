import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import { at } from './http-client.ts';
import type { Log, LoggedBooking, Violations } from './log-checks.ts';
import { bookingsIn, isLive, openMoves, startOf, textOf } from './log-checks.ts';
import { triggersIn } from './log-checks-messages.ts';
import { addedLater, lastWord, sayLastWord, toldOf } from './log-checks-outside.ts';

const text = (event: RecordedEvent, name: string): string => textOf(at(event.data, name));

/** Whether the calendar may have the event since this one: a success, an unknown outcome, or one that never came. */
const mayBeHeld = (event: RecordedEvent, _: number, own: Log): boolean => {
  const isOutcome = (other: RecordedEvent): boolean =>
    other.type === 'CalendarSyncFailed' && at(other.data, 'attempt') === at(event.data, 'attempt');
  if (event.type === 'CalendarSyncStarted') return !own.some(isOutcome);
  return (
    event.type === 'CalendarSyncSucceeded' ||
    event.type === 'CalendarMoveSucceeded' ||
    (event.type === 'CalendarSyncFailed' && at(event.data, 'kind') === 'outcome-unknown')
  );
};

const writes: ReadonlySet<string> = new Set([
  'CalendarEventConfirmed',
  'CalendarSyncSucceeded',
  'CalendarMoveSucceeded',
]);
const changesDetails: ReadonlySet<string> = new Set(['GuestsAdded', 'GuestRemoved', 'LocationChanged']);

/** The calendar holds the event, and says that the booking is on, with the guests of now. */
const isConfirmed = (event: RecordedEvent, changes: number): boolean =>
  writes.has(event.type) &&
  (event.type === 'CalendarEventConfirmed' || at(event.data, 'status') === 'confirmed') &&
  (at(event.data, 'detailsVersion') ?? 0) === changes;

/** The calendar was last asked for the time that is in force, and said that it has the event there; or never asked to move it. */
const isAtItsTime = ({ events }: LoggedBooking, own: Log): boolean => {
  const asked = own.findLastIndex(({ type }) => type === 'CalendarMoveStarted');
  const start = own[asked];
  if (start === undefined) return true;
  const isAsked = Temporal.Instant.from(text(start, 'start')).epochMilliseconds === startOf(events);
  return isAsked && own.slice(asked).some(({ type }) => type === 'CalendarMoveSucceeded');
};

const openAtCalendar = (booking: LoggedBooking, calendarId: string): boolean => {
  const own = booking.events.filter((event) => text(event, 'calendarId') === calendarId);
  if (booking.status === 'accepted') {
    const changes = booking.events.filter(({ type }) => changesDetails.has(type)).length;
    return !own.some((event) => isConfirmed(event, changes)) || !isAtItsTime(booking, own);
  }
  const removed = own.findLastIndex(({ type }) => type === 'CalendarRemovalSucceeded');
  return !isLive(booking) && own.slice(removed + 1).some(mayBeHeld);
};

const isWaitingForApproval = ({ events, status }: LoggedBooking): boolean =>
  status === 'pending' &&
  events.some((event) => text(event, 'reason') === 'awaiting_approval') &&
  !events.some(({ type }) => type === 'BookingApproved');

/** The recipients that the log does not yet say were told the last word. */
const untold = (booking: LoggedBooking): ReadonlyArray<string> => {
  const said = sayLastWord(booking);
  return toldOf(lastWord(booking)).filter(
    (recipient) =>
      !booking.events.some(
        (event) =>
          event.type === 'NotificationSent' &&
          text(event, 'channel') === 'mail' &&
          text(event, 'recipient') === recipient &&
          said.has(text(event, 'causedBy')),
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

/** Guests who were added to what is on, and whom the log does not yet say were told. */
const notInvited = ({ status, events }: LoggedBooking): ReadonlyArray<string> => {
  if (status !== 'accepted') return [];
  const told = new Set(events.flatMap((one) => (one.type === 'NotificationSent' ? [text(one, 'recipient')] : [])));
  return addedLater(events).flatMap(({ number, comes }) =>
    comes && !told.has(`guest-${number}`) ? [`guest-${number}`] : [],
  );
};

/** Slots that are held for what is not there, or is over: after a kill between the two, until the hold is given up. */
const lonelyHolds = (log: Log): Violations => {
  const bookings = bookingsIn(log);
  const requested = new Set(bookings.map(({ uid }) => uid));
  const moving = new Set(bookings.flatMap((booking) => openMoves(booking).map(({ id }) => `${booking.uid} ${id}`)));
  const held = new Set<string>();
  for (const event of log) {
    const uid = text(event, 'bookingUid');
    const move = `${uid} ${text(event, 'rescheduleId')}`;
    if (event.type === 'SlotHeld' && !requested.has(uid)) held.add(uid);
    if (event.type === 'NewSlotHeld' && !moving.has(move)) held.add(move);
    if (event.type === 'SlotMoved' || event.type === 'NewSlotReleased') held.delete(move);
    if (event.type === 'SlotReleased') for (const one of held) if (one.split(' ')[0] === uid) held.delete(one);
  }
  return [...held].map((uid) => `${uid}: held for nothing`);
};

/** What is still to happen until nothing is: read from the log, for waiting until it is empty. `subscription`: to everything. */
export const unfinished = (log: Log, subscription: string): Violations => [
  ...lonelyHolds(log),
  ...bookingsIn(log).flatMap((booking) => [
    ...(booking.status === 'pending' && !isWaitingForApproval(booking) ? [`${booking.uid}: not decided`] : []),
    ...(isLive(booking) ? openMoves(booking) : [])
      .filter(({ waits }) => !waits)
      .map(({ id }) => `${booking.uid}: move ${id} has not ended`),
    ...notInvited(booking).map((guests) => `${booking.uid}: ${guests} not told`),
    ...booking.calendarIds.filter((id) => openAtCalendar(booking, id)).map((id) => `${booking.uid}: open at ${id}`),
    ...untold(booking).map((recipient) => `${booking.uid}: ${recipient} not told`),
    ...undelivered(booking, subscription).map((trigger) => `${booking.uid}: ${trigger} not delivered`),
  ]),
];

const lineOf = ({ revision, type, occurredAt, data }: RecordedEvent): string =>
  [
    `${revision} ${occurredAt} ${type}`,
    ...['calendarId', 'status', 'kind', 'reason', 'attempt', 'notification', 'recipient', 'channel'].flatMap((name) => {
      const value = at(data, name);
      return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
    }),
  ].join(' ');

/** The whole story of each booking that something is left of: a run that cannot be repeated has to explain itself. */
export const storiesOf = (log: Log, left: Violations): string =>
  bookingsIn(log)
    .filter(({ uid }) => left.some((line) => line.startsWith(uid)))
    .map(({ uid, events }) => [uid, ...events.map(lineOf)].join('\n  '))
    .join('\n');
