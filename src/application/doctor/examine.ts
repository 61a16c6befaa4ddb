import * as E from 'fp-ts/lib/Either.js';
import { isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { heldWithin } from '../../domain/schedule/schedule-state.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { eachOf } from '../loop-queue.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroups } from '../ports/consumer-groups.ts';
import type { BookingList, CalendarHealthReader, ListedBooking } from '../ports/read-models.ts';
import { ownEventOf } from '../saga/calendar-event.ts';
import {
  type DoctorDifference,
  eventDifference,
  logDifferences,
  markedDifferences,
  parkedDifference,
  scheduleDifferences,
} from './difference.ts';

/** Bookings of one step; each of their calendars is asked about each. */
const BOOKINGS_A_STEP = 25;
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

type Found = Pick<DoctorStep, 'differences' | 'notCompared'>;
type Failed = { readonly type: 'Unavailable' | 'Corrupt'; readonly reason: string };

const upcoming = (deps: DoctorDeps, skip: number, take: number) =>
  deps.bookingList.list({
    now: deps.clock.now(),
    hostIds: null,
    statuses: ['upcoming'],
    attendeeEmail: null,
    attendeeName: null,
    bookingUid: null,
    eventTypeIds: null,
    afterStart: null,
    beforeEnd: null,
    afterCreatedAt: null,
    beforeCreatedAt: null,
    afterUpdatedAt: null,
    beforeUpdatedAt: null,
    order: [{ by: 'start', direction: 'asc' }],
    take,
    skip,
  })();

const load = async ({ buses }: DoctorDeps, uid: string): Promise<KnownBooking | null> => {
  const loaded = await buses.bookings.load(uid)();
  return E.isRight(loaded) && loaded.right.state.phase !== 'none' ? loaded.right.state : null;
};

/** Parked messages, removals that failed, and each host's time. */
const examineLog = async (deps: DoctorDeps): Promise<E.Either<Failed, Found>> => {
  const [parked, health] = await Promise.all([
    deps.consumers.parked()(),
    deps.calendarHealth(deps.clock.now(), null)(),
  ]);
  if (E.isLeft(parked)) return E.left({ type: 'Unavailable', reason: parked.left.type });
  if (E.isLeft(health)) return health;
  const differences = [...parked.right.map(parkedDifference)];
  const leftUids = new Set(health.right.flatMap(({ removals }) => removals.first.map(({ bookingUid }) => bookingUid)));
  for (const uid of leftUids) {
    const booking = await load(deps, uid);
    if (booking !== null && !isLive(booking)) differences.push(...logDifferences(uid, booking));
  }
  for (const hostId of deps.hostIds) {
    const schedule = await deps.buses.schedules.load(hostId)();
    if (E.isLeft(schedule)) return E.left({ type: 'Unavailable', reason: schedule.left.type });
    const claims = heldWithin(schedule.right.state, { start: deps.clock.now(), end: Number.MAX_SAFE_INTEGER });
    const live = new Set<string>();
    for (const { bookingUid } of claims) {
      const booking = await load(deps, bookingUid);
      if (booking !== null && isLive(booking)) live.add(bookingUid);
    }
    differences.push(
      ...scheduleDifferences(
        hostId,
        claims.map(({ bookingUid, claim }) => ({ bookingUid, ...claim })),
        (uid) => live.has(uid),
      ),
    );
  }
  return E.right({ differences, notCompared: [] });
};

type Question = { readonly uid: string; readonly booking: KnownBooking; readonly calendarId: string };

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
    const found = await calendar.find(own, signal)();
    if (E.isLeft(found))
      return { differences: [], notCompared: [{ calendarId, reason: `${uid}: ${found.left.message}` }] };
    if (found.right._tag === 'Some')
      return { differences: eventDifference(uid, calendarId, booking, found.right.value), notCompared: [] };
    if (answers === 2) return { differences: eventDifference(uid, calendarId, booking, null), notCompared: [] };
  }
};

const examineBookings = async (deps: DoctorDeps, listed: ReadonlyArray<ListedBooking>): Promise<Found> => {
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
  return {
    differences: found.flatMap(({ differences }) => differences),
    notCompared: found.flatMap(({ notCompared }) => notCompared),
  };
};

const examineCalendar = async (deps: DoctorDeps, calendarId: string): Promise<Found> => {
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

/**
 * One step of comparing log, calendars and notifications: first the log by itself, then live bookings, some at a time, then
 * each calendar. Changes nothing. `step` counts from 0; the last one answers `done` equal to `total`.
 */
export const examine =
  (deps: DoctorDeps) =>
  async (step: number): Promise<E.Either<Failed, DoctorStep>> => {
    const skip = Math.max(0, step - 1) * BOOKINGS_A_STEP;
    const page = await upcoming(deps, skip, BOOKINGS_A_STEP);
    if (E.isLeft(page)) return page;
    const pages = Math.ceil(page.right.total / BOOKINGS_A_STEP);
    const calendarIds = [...deps.calendars.keys()];
    const total = 1 + pages + calendarIds.length;
    const shown = (what: string, found: Found) => E.right({ done: Math.min(step + 1, total), total, what, ...found });
    if (step === 0) {
      const found = await examineLog(deps);
      return E.isLeft(found) ? found : shown('the log', found.right);
    }
    if (step <= pages) return shown('live bookings', await examineBookings(deps, page.right.rows));
    const calendarId = calendarIds[step - 1 - pages];
    return calendarId === undefined
      ? shown('nothing', { differences: [], notCompared: [] })
      : shown(`calendar ${calendarId}`, await examineCalendar(deps, calendarId));
  };
