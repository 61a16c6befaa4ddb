import type { Json } from '../../src/domain/log/envelope.ts';
import { isObject } from '../../src/domain/unknown.ts';
import { bookingsIn, isFact, type Log, type LoggedBooking, type Violations } from '../support/log-checks.ts';
import type { Edit } from './people.ts';

type Edits = ReadonlyArray<{ readonly uid: string; readonly edit: Edit; readonly at: number }>;

const wrongOf = ({ events, status, hostId }: LoggedBooking, edit: Edit): string | null => {
  const facts = events.filter(isFact).map(({ type }) => type);
  const [type] = facts;
  // A title is the host's own business.
  if (edit === 'title')
    return facts.length === 0 && status === 'accepted' ? null : `it is ${status} after ${facts.join()}`;
  const wanted = edit === 'move' ? 'CalendarEventMoved' : 'CalendarEventMissing';
  if (type !== wanted || facts.length !== 1) return `the facts are ${facts.join() || 'none'}`;
  const hasMoved = events.some((event) => event.type === 'BookingRescheduled');
  if (hostId === 'host5') return status === 'accepted' && !hasMoved ? null : `it is ${status}, and was to be restored`;
  if (edit === 'move') return status === 'accepted' && hasMoved ? null : `it is ${status}, and was to follow`;
  return status === 'cancelled' ? null : `it is ${status}, and was to be cancelled`;
};

/** Each thing that a person did is one fact, once, and what its host wants of it has come of it. */
export const wrongAfterEdits = (log: Log, edits: Edits): Violations => {
  const bookings = new Map(bookingsIn(log).map((booking) => [booking.uid, booking]));
  const edited = new Set(edits.map(({ uid }) => uid));
  return [
    ...edits.flatMap(({ uid, edit }) => {
      const booking = bookings.get(uid);
      const wrong = booking === undefined ? 'it is not in the log' : wrongOf(booking, edit);
      return wrong === null ? [] : [`${uid}, ${edit}: ${wrong}`];
    }),
    ...[...bookings.values()]
      .filter(({ uid, events }) => !edited.has(uid) && events.some(isFact))
      .map(({ uid }) => `${uid}: nobody did anything to its event`),
  ];
};

/** What was found later than `delayMs` after it was done, or after the calendar could be asked again at `quietSince`, epoch ms. */
export const foundLate = (log: Log, edits: Edits, quietSince: number, delayMs: number): Violations => {
  const streams = Map.groupBy(log, ({ stream }) => stream);
  return edits.flatMap(({ uid, edit, at }) => {
    const fact = (streams.get(`booking-${uid}`) ?? []).find(isFact);
    if (edit === 'title' || fact === undefined) return [];
    const after = Temporal.Instant.from(fact.occurredAt).epochMilliseconds - Math.max(at, quietSince);
    return after <= delayMs ? [] : [`${uid}, ${edit}: found after ${after} ms`];
  });
};

const withoutSighting = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutSighting);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (name === 'lastSeenAt' ? [] : [[name, withoutSighting(one)]])),
  );
};

/** When calendars were last seen is not in the log, and a rebuild without the server loses it. */
export const withoutSightings = (
  listed: ReadonlyMap<string, { readonly status: string; readonly shown: Json }>,
): ReadonlyArray<Json> => [...listed].map(([uid, { status, shown }]) => [uid, status, withoutSighting(shown)]);
