import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Seen } from '../../domain/booking/watch-commands.ts';
import type { CalendarFailure } from '../../domain/calendar/calendar-failure.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { eachOf } from '../loop-queue.ts';
import type { Calendar, OwnEvent } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroups } from '../ports/consumer-groups.ts';
import type { BookingList, CalendarHealthReader, ListedBooking } from '../ports/read-models.ts';
import { ownEventOf } from '../saga/calendar-event.ts';
import { type DoctorDifference, eventDifference, logDifferences, markedDifferences } from './difference.ts';

/** Questions to calendars at the same time. */
const AT_ONCE = 8;
/** Days from now that are looked through for events with our mark. */
const LISTED_DAYS = 400;
const DAY_MS = 86_400_000;

export type DoctorDeps = {
  readonly bookingList: Pick<BookingList, 'list'>;
  readonly calendarHealth: CalendarHealthReader['calendarHealth'];
  readonly buses: Pick<BookingBuses, 'bookings' | 'schedules'>;
  readonly consumers: Pick<ConsumerGroups, 'parked' | 'replayParked'>;
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly hostIds: ReadonlyArray<string>;
  /** Nodes that run by another configuration than this one, in words. */
  readonly otherNodes: () => ReadonlyArray<string>;
  readonly clock: Pick<Clock, 'now'>;
  /** Milliseconds for the questions of one step. */
  readonly timeLimitMs: number;
};

/** `notCompared`: what could not be looked at, and why: it may differ or not. */
export type DoctorStep = {
  readonly done: number;
  readonly total: number;
  readonly what: string;
  readonly differences: ReadonlyArray<DoctorDifference>;
  readonly notCompared: ReadonlyArray<{ readonly calendarId: string | null; readonly reason: string }>;
};

export type Found = Pick<DoctorStep, 'differences' | 'notCompared'>;

/** Null: there is no such booking, or it cannot be read. */
export const load = async ({ buses }: DoctorDeps, uid: string): Promise<KnownBooking | null> => {
  const loaded = await buses.bookings.load(uid)();
  return E.isRight(loaded) && loaded.right.state.phase !== 'none' ? loaded.right.state : null;
};

export const joined = (found: ReadonlyArray<Found>): Found => ({
  differences: found.flatMap(({ differences }) => differences),
  notCompared: found.flatMap(({ notCompared }) => notCompared),
});

type Question = { readonly uid: string; readonly booking: KnownBooking; readonly calendarId: string };

/** What the calendar says of our event now. One that cannot be watched says no more than whether, and when it begins. */
export const lookAt = async (
  calendar: Calendar,
  own: OwnEvent,
  { request: { start, end } }: KnownBooking,
  signal: AbortSignal,
): Promise<E.Either<CalendarFailure, Seen>> => {
  if (calendar.watch !== undefined) return calendar.watch.look(own, signal)();
  const found = await calendar.find(own, signal)();
  if (E.isLeft(found)) return found;
  if (found.right._tag === 'None') return E.right({ type: 'missing' });
  const from = found.right.value.start;
  if (from === undefined) return E.right({ type: 'as-booked' });
  const until = toInstant(toEpochMs(from) + toEpochMs(end) - toEpochMs(start));
  return E.right({ type: 'at', start: from, end: until });
};

/** Asked directly, by our id; where it is not there, once more: one answer is never proof (I10). */
const ask = async (deps: DoctorDeps, { uid, booking, calendarId }: Question, signal: AbortSignal): Promise<Found> => {
  const calendar = deps.calendars.get(calendarId);
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  if (calendar === undefined)
    return {
      differences: [],
      notCompared: [{ calendarId, reason: `${uid}: the calendar is not configured any more` }],
    };
  const own = ownEventOf(uid, booking, sync);
  for (let answers = 1; ; answers += 1) {
    const seen = await lookAt(calendar, own, booking, signal);
    if (E.isLeft(seen))
      return { differences: [], notCompared: [{ calendarId, reason: `${uid}: ${seen.left.message}` }] };
    if (seen.right.type !== 'missing' || answers === 2)
      return { differences: eventDifference(uid, calendarId, booking, seen.right), notCompared: [] };
  }
};

/** What the log says of live bookings, and what each of their calendars shows. */
export const examineBookings = async (deps: DoctorDeps, listed: ReadonlyArray<ListedBooking>): Promise<Found> => {
  const signal = AbortSignal.timeout(deps.timeLimitMs);
  const found: Found[] = [];
  const questions = listed.flatMap(({ uid, booking }): ReadonlyArray<Question> => {
    found.push({ differences: logDifferences(uid, booking), notCompared: [] });
    return (
      booking.calendars
        // While a move is written there, what the calendar shows is our doing.
        .filter((sync) => sync.status === 'held' && !sync.move.writing && !sync.move.uncertain)
        .map(({ calendarId }) => ({ uid, booking, calendarId }))
    );
  });
  await eachOf(questions, AT_ONCE, async (question) => {
    found.push(await ask(deps, question, signal));
  });
  return joined(found);
};

/** What a calendar shows with our mark. */
export const examineCalendar = async (deps: DoctorDeps, calendarId: string): Promise<Found> => {
  const calendar = deps.calendars.get(calendarId);
  if (calendar?.listMarked === undefined)
    return { differences: [], notCompared: [{ calendarId, reason: 'its provider cannot list events with our mark' }] };
  const window = { start: deps.clock.now(), end: deps.clock.now() + LISTED_DAYS * DAY_MS };
  const listed = await calendar.listMarked(window, AbortSignal.timeout(deps.timeLimitMs))();
  if (E.isLeft(listed)) return { differences: [], notCompared: [{ calendarId, reason: listed.left.message }] };
  const bookings = new Map<string, KnownBooking | null>();
  await eachOf([...new Set(listed.right.map(({ bookingUid }) => bookingUid))], AT_ONCE, async (uid) => {
    bookings.set(uid, await load(deps, uid));
  });
  return {
    differences: markedDifferences(calendarId, listed.right, (uid) => bookings.get(uid) ?? null),
    notCompared: [],
  };
};
