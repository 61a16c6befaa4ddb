import type { Json, RecordedEvent } from '../../src/domain/log/envelope.ts';
import { at } from './http-client.ts';
import type { Log, LoggedBooking, Status, Violations } from './log-checks.ts';
import { bookingsIn, isFact, startOf, statusOf, textOf } from './log-checks.ts';

/** I3: each calendar holds the event of every accepted booking once, and nothing else. `held`: UIDs by calendar id. */
export const wrongInCalendars = (log: Log, held: ReadonlyMap<string, ReadonlyArray<string>>): Violations => {
  const bookings = bookingsIn(log).filter(({ status }) => status === 'accepted');
  return [...held].flatMap(([calendarId, uids]) => {
    const wanted = bookings.filter(({ calendarIds }) => calendarIds.includes(calendarId)).map(({ icsUid }) => icsUid);
    const known = new Set(wanted);
    const counted = new Map(uids.map((uid) => [uid, uids.filter((other) => other === uid).length]));
    return [
      ...wanted.filter((uid) => !counted.has(uid)).map((uid) => `${calendarId}: ${uid} is accepted and not there`),
      ...[...counted.keys()].filter((uid) => !known.has(uid)).map((uid) => `${calendarId}: ${uid} is an orphan`),
      ...[...counted].flatMap(([uid, count]) => (count > 1 ? [`${calendarId}: ${uid} is there ${count} times`] : [])),
    ];
  });
};

/** An event as a calendar has it, read past the product. `start`: epoch ms. `attendees`: mail addresses. `location`: in words. */
export type HeldEvent = {
  readonly uid: string;
  readonly start: number;
  readonly attendees: ReadonlyArray<string>;
  readonly location: string;
};

const numbersRemoved = (events: Log): ReadonlySet<unknown> =>
  new Set(events.flatMap(({ type, data }) => (type === 'GuestRemoved' ? [at(data, 'number')] : [])));

/** Guests who were added later, by number and address, and whether they come still. */
export const addedLater = (
  events: Log,
): ReadonlyArray<{ readonly number: number; readonly email: string; readonly comes: boolean }> => {
  const removed = numbersRemoved(events);
  return events.flatMap(({ type, data }) => {
    const guests = type === 'GuestsAdded' ? at(data, 'personal', 'guests') : [];
    return (Array.isArray(guests) ? guests : []).map((guest: Json) => ({
      number: Number(at(guest, 'number')),
      email: textOf(at(guest, 'email')),
      comes: !removed.has(at(guest, 'number')),
    }));
  });
};

/** Where it was moved to last; undefined: it is where it was asked for. */
const placeOf = (events: Log): string | undefined => {
  const last = events.findLast(({ type }) => type === 'LocationChanged');
  return last === undefined ? undefined : textOf(at(last.data, 'personal', 'location'));
};

/** I3: what a calendar has of an accepted booking begins when the booking does, is at its place, and has exactly those who come. */
export const wrongEvents = (
  log: Log,
  held: ReadonlyMap<string, ReadonlyArray<HeldEvent>>,
  acknowledged: ReadonlyArray<Acknowledged>,
): Violations =>
  bookingsIn(log)
    .filter(({ status }) => status === 'accepted')
    .flatMap(({ uid, icsUid, events, calendarIds }) => {
      const wanted = startOf(events);
      const gone = new Set(addedLater(events).flatMap(({ email, comes }) => (comes ? [] : [email])));
      const guests = acknowledged.flatMap((one) =>
        one.uid === uid && one.guest !== undefined && !gone.has(one.guest) ? [one.guest] : [],
      );
      const place = placeOf(events);
      return calendarIds.flatMap((calendarId) =>
        (held.get(calendarId) ?? [])
          .filter((event) => event.uid === icsUid)
          .flatMap(({ start, attendees, location }) => [
            ...(place === undefined || place === location
              ? []
              : [`${calendarId}: ${uid} is at ${location}, not at ${place}`]),
            ...attendees
              .filter((guest) => gone.has(guest))
              .map((guest) => `${calendarId}: ${uid} has ${guest}, who was removed`),
            ...(start === wanted ? [] : [`${calendarId}: ${uid} begins at ${start}, and not at ${wanted}`]),
            ...guests
              .filter((guest) => !attendees.includes(guest))
              .map((guest) => `${calendarId}: ${uid} is there without ${guest}`),
          ]),
      );
    });

/** What a client was answered with 2xx. `start`, `status`: those that the answer says; empty where it says none. `guest`: who was added. `key`: its Idempotency-Key. `position`: of `Holdfast-Position`. */
export type Acknowledged = {
  readonly what: 'book' | 'cancel' | 'confirm' | 'decline' | 'move' | 'guests' | 'unguest' | 'place';
  readonly key: string | null;
  readonly uid: string;
  readonly start: string;
  readonly status: string;
  readonly position: number;
  readonly guest?: string;
};

const leavesBehind: Readonly<Record<Acknowledged['what'], string>> = {
  book: 'BookingRequested',
  cancel: 'BookingCancelled',
  confirm: 'BookingApproved',
  decline: 'BookingRejected',
  move: 'RescheduleRequested',
  guests: 'GuestsAdded',
  unguest: 'GuestRemoved',
  place: 'LocationChanged',
};

/** What a host says to a move is said by the same requests. */
const ofMoves: Partial<Readonly<Record<Acknowledged['what'], string>>> = {
  confirm: 'RescheduleApproved',
  decline: 'RescheduleDeclined',
};

/** Confirming what needs no approval is success without an event. */
const isBehind = (what: Acknowledged['what'], events: Log): boolean =>
  events.some(({ type }) => type === leavesBehind[what] || type === ofMoves[what]) ||
  (what === 'confirm' && events.some(({ data }) => at(data, 'requiresApproval') === false));

/** I8: what was acknowledged is in the log. I9: status and start that were said are those of the stream at the position that was said. */
export const lostOrMisstated = (log: Log, acknowledged: ReadonlyArray<Acknowledged>): Violations => {
  const streams = Map.groupBy(log, ({ stream }) => stream);
  return acknowledged.flatMap(({ what, uid, start, status, position }) => {
    const events = streams.get(`booking-${uid}`) ?? [];
    const then = events.filter((event) => event.position <= position);
    const shown: Status = statusOf(then);
    return [
      ...(isBehind(what, events)
        ? []
        : [`${uid}: ${what} was acknowledged and ${leavesBehind[what]} is not in the log`]),
      ...(then.at(-1)?.position === position ? [] : [`${uid}: position ${position} is none of its events`]),
      ...(then.length === 0 || start === '' || startOf(then) === Temporal.Instant.from(start).epochMilliseconds
        ? []
        : [`${uid}: ${what} said ${start} at ${position}, where it was ${startOf(then)}`]),
      ...(status === '' || shown === status
        ? []
        : [`${uid}: ${what} said ${status} at ${position}, where it was ${shown}`]),
    ];
  });
};

/** I5: one key, one booking, however often and when it was sent; it may have been moved meanwhile. */
export const wrongRepeats = (acknowledged: ReadonlyArray<Acknowledged>): Violations => {
  const keyed = acknowledged.filter(({ what, key }) => what === 'book' && key !== null);
  return [...Map.groupBy(keyed, ({ key }) => key)].flatMap(([key, answers]) => {
    const told = new Set(answers.map(({ uid }) => uid));
    return told.size === 1 ? [] : [`key ${key}: ${[...told].join(', ')}`];
  });
};

/** The events of a booking that end, accept or move it, or leave it where it is: what people must have heard of. */
const told: ReadonlySet<string> = new Set([
  'BookingAccepted',
  'BookingCancelled',
  'BookingRejected',
  'BookingExpired',
  'BookingRescheduled',
  'RescheduleFailed',
  'RescheduleDeclined',
]);

/** Who must have heard the last word: of what the host has decided they need not be told. */
export const toldOf = (event: RecordedEvent | undefined): ReadonlyArray<string> =>
  event?.type === 'BookingRejected' || event?.type === 'RescheduleDeclined' ? ['attendee'] : ['attendee', 'host'];

/** The last word on a booking; a booking that waits for approval has that for its last word. */
export const lastWord = ({ events, status }: LoggedBooking): RecordedEvent | undefined =>
  events.findLast(
    (event) =>
      told.has(event.type) ||
      (status === 'pending' &&
        event.type === 'BookingLeftPending' &&
        textOf(at(event.data, 'reason')) === 'awaiting_approval'),
  );

/**
 * The ids of the events of which one has to be told for the last word to be known: the word itself, or what came after a person
 * changed the event in a calendar, since a mail that such a fact overtook is not sent.
 */
export const sayLastWord = (booking: LoggedBooking): ReadonlySet<string> => {
  const last = lastWord(booking);
  const since = last === undefined ? [] : booking.events.slice(booking.events.indexOf(last) + 1);
  const fact = since.findIndex(isFact);
  return new Set(
    [...(last === undefined ? [] : [last]), ...(fact === -1 ? [] : since.slice(fact))].map(({ id }) => id),
  );
};
