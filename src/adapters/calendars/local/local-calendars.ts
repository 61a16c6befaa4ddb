import { storageFailure } from '../../sqlite/sqlite-error.ts';
import * as E from 'fp-ts/lib/Either.js';
import { fromNullable, map, none, type Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Calendar, OwnEvent, StoredCalendarEvent } from '../../../application/ports/calendar.ts';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { SubjectKeyReader } from '../../../application/ports/subject-keys.ts';
import { isSameInstant } from '../../../domain/booking/reschedule-state.ts';
import type { CalendarFailure } from '../../../domain/calendar/calendar-failure.ts';
import { toEpochMs, toInstant } from '../../../domain/time/time.ts';
import { BOOKING_MARK } from '../../icalendar/read-icalendar.ts';
import { statusWords, writeICalendar } from '../../icalendar/write-icalendar.ts';
import type { DataFile } from '../../sqlite/data-file.ts';
import type { DataFileError } from '../../sqlite/inspect-file.ts';
import { abandonable, limited } from '../../clock/time-limit.ts';
import { type LocalEvent, type EventRows, eventRows, localCalendarSchema } from './event-rows.ts';

/** `unanswered`: what it is when no answer comes in time; a write may have happened all the same. */
type Work<A> = {
  readonly unanswered: 'network' | 'outcome-unknown';
  readonly run: () => Promise<E.Either<CalendarFailure, A>>;
};

const storageFailed = (thrown: unknown): CalendarFailure => {
  const { type, reason } = storageFailure(thrown);
  return {
    kind: type === 'OutcomeUnknown' ? 'outcome-unknown' : 'provider-error',
    message: `the built-in calendar: ${reason}`,
  };
};

const CANCELLED = 'the call was cancelled';

/** One call of the port, ended at `timeLimitMs` or by its signal. Under an aborted signal nothing is done. */
const boundedCall =
  <A>(timeLimitMs: number, signal: AbortSignal, { unanswered, run }: Work<A>): TaskEither<CalendarFailure, A> =>
  async () => {
    if (signal.aborted) return E.left({ kind: 'network', message: CANCELLED });
    const limit = limited(signal, timeLimitMs);
    try {
      return await abandonable(run(), limit);
    } catch (thrown) {
      if (!limit.aborted) return E.left(storageFailed(thrown));
      return E.left({ kind: unanswered, message: signal.aborted ? CANCELLED : `no answer within ${timeLimitMs} ms` });
    }
  };

/** A whole calendar as iCalendar with METHOD:PUBLISH (RFC 5546, 3.2.1), for clients that subscribe to it. */
const calendarFeed = (name: string, events: ReadonlyArray<LocalEvent>): string =>
  writeICalendar({
    method: 'PUBLISH',
    name,
    events: events.map(({ icsUid, bookingUid, writtenMs, status, attendees, ...event }) => ({
      ...event,
      uid: icsUid,
      dtstamp: toInstant(writtenMs),
      status: statusWords[status].status,
      transparency: 'OPAQUE',
      attendees: attendees.map((person) => ({ ...person, partstat: statusWords[status].partstat, rsvp: false })),
      extra: [[BOOKING_MARK, bookingUid]],
    })),
  });

/** Milliseconds that one call may take. */
const LOCAL_TIME_LIMIT_MS = 10_000;

type LocalCalendarDependencies = {
  readonly file: Pick<DataFile, 'db' | 'writer' | 'migrate'>;
  readonly clock: Clock;
  readonly timeLimitMs?: number;
  /** Opens what came sealed with a backup. Without it that is shown as erased. */
  readonly keys?: Pick<SubjectKeyReader, 'open'>;
};

/** The built-in calendars of one data file; one comes into being with its first event. */
export type LocalCalendars = {
  readonly calendar: (calendarId: string) => Calendar;
  /** Takes people out of the events of a booking, and what they wrote; its time stays. Durable when it resolves. */
  readonly erasePeople: (event: OwnEvent) => Promise<void>;
  /** The whole calendar as iCalendar, to be subscribed to. `name` is what clients show. */
  readonly feed: (calendarId: string, name: string, signal: AbortSignal) => TaskEither<CalendarFailure, string>;
};

type Outcome<A> = E.Either<CalendarFailure, A>;

/** The UID is the event's id as well: nobody but us gives ids here. */
const stored = ({ icsUid }: OwnEvent): StoredCalendarEvent => ({
  providerEventId: icsUid,
  etag: none,
  meetingUrl: none,
});

/** With the start that it has there, which may be that of an earlier attempt. */
const storedAt = (start: string | null, own: OwnEvent): StoredCalendarEvent => ({
  ...stored(own),
  ...(start === null ? {} : { start }),
});

const localCalendar = (
  { file, clock, timeLimitMs = LOCAL_TIME_LIMIT_MS }: LocalCalendarDependencies,
  rows: EventRows,
  calendarId: string,
): Calendar => {
  /** Answered once it is on the disk: the writer commits first. */
  const write = <A>(signal: AbortSignal, task: () => Outcome<A>): TaskEither<CalendarFailure, A> =>
    boundedCall(timeLimitMs, signal, { unanswered: 'outcome-unknown', run: () => file.writer.run(task) });
  const read = <A>(signal: AbortSignal, task: () => A): TaskEither<CalendarFailure, A> =>
    boundedCall(timeLimitMs, signal, { unanswered: 'network', run: async () => E.right(task()) });

  return {
    calendarId,
    provider: 'local',
    create: (event, signal) =>
      write(signal, () =>
        rows.insert(calendarId, event, clock.now()) || rows.ownerOf(calendarId, event) === event.bookingUid
          ? E.right(storedAt(rows.startOf(calendarId, event), event))
          : E.left({ kind: 'already-exists', message: 'another booking has an event with this UID' }),
      ),
    find: (own, signal) =>
      read(signal, (): Option<StoredCalendarEvent> =>
        pipe(
          fromNullable(rows.startOf(calendarId, own)),
          map((start) => ({ ...stored(own), start })),
        ),
      ),
    change: (event, { start: expected = null }, signal) =>
      write(signal, () => {
        const present = rows.startOf(calendarId, event);
        if (present === null) return E.left({ kind: 'calendar-not-found', message: 'the event is gone' });
        if (expected !== null && isSameInstant(expected, event.start) && !isSameInstant(present, event.start))
          return E.left({ kind: 'provider-error', message: 'the event is at another time' });
        rows.update(calendarId, event, clock.now());
        return E.right(stored(event));
      }),
    remove: (own, signal) => write(signal, () => E.right(rows.erase(calendarId, own) ? 'removed' : 'already-gone')),
    listMarked: (window, signal) =>
      read(signal, () =>
        rows
          .all(calendarId)
          .filter(({ start, end }) => toEpochMs(end) > window.start && toEpochMs(start) < window.end)
          .map(({ bookingUid, icsUid, start }) => ({ bookingUid, href: icsUid, start })),
      ),
    watch: {
      // To look costs as little as to ask what has changed.
      changes: (_, signal) => read(signal, () => ({ token: null, touched: 'unknown' as const })),
      look: (own, signal) =>
        read(signal, () => {
          const span = rows.spanOf(calendarId, own);
          return span === null ? ({ type: 'missing' } as const) : ({ type: 'at', ...span } as const);
        }),
    },
    busy: (window, except, signal) =>
      read(signal, () => {
        const left = new Set(except.map(({ icsUid }) => icsUid));
        const busy = rows.within(calendarId, window).filter(({ icsUid }) => !left.has(icsUid));
        return { busy, unreadable: [] };
      }),
  };
};

/** Makes the tables that are missing. Each call of a calendar is durable before it answers. */
export const openLocalCalendars = (dependencies: LocalCalendarDependencies): E.Either<DataFileError, LocalCalendars> =>
  pipe(
    dependencies.file.migrate(localCalendarSchema),
    E.map(() => {
      const rows = eventRows(dependencies.file.db, (...sealed) => dependencies.keys?.open(...sealed) ?? null);
      const timeLimitMs = dependencies.timeLimitMs ?? LOCAL_TIME_LIMIT_MS;
      return {
        calendar: (calendarId) => localCalendar(dependencies, rows, calendarId),
        erasePeople: async (event) => {
          await dependencies.file.writer.run(async () => E.right(rows.erasePeople(event)));
        },
        feed: (calendarId, name, signal) =>
          boundedCall(timeLimitMs, signal, {
            unanswered: 'network',
            run: async () => E.right(calendarFeed(name, rows.all(calendarId))),
          }),
      };
    }),
  );
