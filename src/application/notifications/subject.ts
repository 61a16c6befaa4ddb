import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { BookingState, KnownBooking, NotificationOutcome } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommandOf } from '../../domain/booking/commands.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import { leasesOf, type RecordedLease } from '../../domain/booking/lease.ts';
import type { CalendarState } from '../../domain/calendar/calendar-state.ts';
import type { CalendarStreamEvent } from '../../domain/calendar/events.ts';
import { decodeBookingEvent, decodeCalendarEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingUidOf, calendarIdOf } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { apart, type Gathering } from '../commands/keyed-queue.ts';
import { statesAround } from '../commands/loaded-stream.ts';
import type { Leasing, RunOn } from '../consumers/leasing.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import type { HistoryEntry, ReadBookingError } from '../queries/read-booking.ts';
import { readHistory } from '../queries/read-booking.ts';
import { mayNotifyOfCalendar } from './calendar-told.ts';
import { mayNotify } from './plan.ts';

/** What a notifier writes into the stream of what it tells about. */
export type NotifierCommand = BookingCommandOf<'LeaseEffect' | 'RecordNotification' | 'ParkNotification'>;

/** One event of a stream, as it lies in the log. */
export type Recorded = { readonly recorded: RecordedEvent };

/**
 * What notifications are about: a booking, or a calendar. Its stream has the leases of who notifies, and who was told.
 * `About`: one event of it, with the state around that event.
 */
export type Subject<About> = {
  /** Its id, of the stream's name; null: the stream of something else. */
  readonly idOf: (stream: string) => string | null;
  /** Whether events of the type ever tell anybody anything. */
  readonly mayNotify: (type: string) => boolean;
  /** `anew`: the log is asked, whatever is known here. */
  readonly read: (event: RecordedEvent, anew: boolean) => TaskEither<ReadBookingError, About>;
  /** The same, around another event of it, by its position, where it was read anew; null: there is none. */
  readonly around: (about: About, position: number) => TaskEither<ReadBookingError, About | null>;
  /** As of the present. */
  readonly stateOf: (about: About) => {
    readonly notificationOutcomes: ReadonlyArray<NotificationOutcome>;
    readonly leases: ReadonlyArray<RecordedLease>;
  };
  /** Lets outcomes that come at about the same time be written together. */
  readonly gathering: Gathering;
  /** Answers how things are with it after the command. */
  readonly run: RunOn<NotifierCommand, (about: About) => About>;
};

/** A booking around one of its events: before it, just after it, and as it is now. `history`: all of it, where it was read anew. */
export type BookingAround = {
  readonly uid: string;
  readonly history: ReadonlyArray<HistoryEntry>;
  readonly recorded: RecordedEvent;
  readonly event: BookingEvent;
  readonly before: BookingState;
  readonly after: KnownBooking;
  readonly present: KnownBooking;
};

/** Streams begin at revision 0 and have no gaps. Each event is folded once. */
const around = (
  uid: string,
  entries: ReadonlyArray<HistoryEntry>,
  revision: number,
): E.Either<ReadBookingError, BookingAround> => {
  const fold = (booking: BookingState, { event }: HistoryEntry): BookingState => evolve(booking, event);
  const entry = entries[revision];
  const before = entries.slice(0, revision).reduce(fold, noBooking);
  const after = entry === undefined ? noBooking : fold(before, entry);
  const present = entries.slice(revision + 1).reduce(fold, after);
  return entry === undefined || after.phase === 'none' || present.phase === 'none'
    ? E.left({ type: 'UnknownBooking' })
    : E.right({ uid, history: entries, ...entry, before, after, present });
};

/** Reads the stream of an event's booking, once. */
export const readBookingAround =
  (store: Pick<EventStore, 'readStream'>) =>
  ({ stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>): TaskEither<ReadBookingError, BookingAround> => {
    const uid = bookingUidOf(stream) ?? '';
    return pipe(
      readHistory(store)(uid),
      TE.flatMapEither((entries) => around(uid, entries, revision)),
    );
  };

type BookingDeps = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly buses: Pick<BookingBuses, 'bookings' | 'bookingCache'>;
  /** By default each outcome is written alone. */
  readonly gathering?: Gathering;
};

/** From what is known here, which the feed of the log keeps up to date; null where that does not reach so far. */
const knownAround = ({ bookingCache }: BookingDeps['buses'], recorded: RecordedEvent): BookingAround | null => {
  const loaded = bookingCache.get(recorded.stream);
  const states = loaded === undefined ? null : statesAround(loaded, recorded.revision);
  const event = decodeBookingEvent(recorded);
  if (loaded === undefined || states === null || E.isLeft(event)) return null;
  const { before, after } = states;
  const { state: present } = loaded;
  if (after.phase === 'none' || present.phase === 'none') return null;
  const uid = bookingUidOf(recorded.stream) ?? '';
  return { uid, history: [], recorded, event: event.right, before, after, present };
};

/** Bookings, whose notifications are planned by `plan.ts`. */
export const bookingSubject = ({ store, buses, gathering = apart }: BookingDeps): Subject<BookingAround> => ({
  idOf: bookingUidOf,
  mayNotify,
  read: (recorded, anew) => {
    const known = anew ? null : knownAround(buses, recorded);
    return known === null ? readBookingAround(store)(recorded) : TE.right(known);
  },
  around: ({ uid, history }, position) => {
    const revision = history.findIndex(({ recorded }) => recorded.position === position);
    return TE.fromEither(revision < 0 ? E.right(null) : around(uid, history, revision));
  },
  stateOf: ({ present }) => present,
  gathering,
  run: (uid, command, context) =>
    pipe(
      buses.bookings.execute(uid, command, context, { canWait: command.type !== 'LeaseEffect' }),
      TE.map(({ state: present }) => ({
        leases: leasesOf(present),
        state: (about: BookingAround) => (present.phase === 'none' ? about : { ...about, present }),
      })),
    ),
});

/** One event of a calendar's own stream, and the calendar as it is now. */
export type CalendarAround = {
  readonly calendarId: string;
  readonly recorded: RecordedEvent;
  readonly event: CalendarStreamEvent;
  readonly present: CalendarState;
};

const calendarAround = (recorded: RecordedEvent, present: CalendarState): E.Either<ReadBookingError, CalendarAround> =>
  pipe(
    decodeCalendarEvent(recorded),
    E.bimap(
      ({ reason }): StoreError => ({ type: 'Corrupt', reason }),
      (event) => ({ calendarId: calendarIdOf(recorded.stream) ?? '', recorded, event, present }),
    ),
  );

type CalendarDeps = {
  readonly store: Pick<EventStore, 'readAt'>;
  readonly buses: Pick<BookingBuses, 'calendars'>;
  readonly leasing: Leasing;
};

/** Calendars. What this process remembers of one is enough only where it has the log alone. */
export const calendarSubject = ({ store, buses: { calendars }, leasing }: CalendarDeps): Subject<CalendarAround> => ({
  idOf: calendarIdOf,
  mayNotify: mayNotifyOfCalendar,
  read: (recorded) => {
    const calendarId = calendarIdOf(recorded.stream) ?? '';
    return pipe(
      leasing === null ? calendars.loadUpTo(calendarId, recorded.revision) : calendars.load(calendarId),
      TE.flatMapEither(({ state }) => calendarAround(recorded, state)),
    );
  },
  around: ({ present }, position) =>
    pipe(
      store.readAt(position),
      TE.flatMapEither((recorded) => (recorded === null ? E.right(null) : calendarAround(recorded, present))),
    ),
  stateOf: ({ present }) => present,
  gathering: apart,
  run: (calendarId, command, context) =>
    pipe(
      calendars.execute(calendarId, command, context),
      TE.map(({ state: present }) => ({
        leases: present.leases,
        state: (about: CalendarAround) => ({ ...about, present }),
      })),
    ),
});
