import * as E from 'fp-ts/lib/Either.js';
import { holdsSlotUndecided } from '../../domain/booking/approval.ts';
import { isAwaitingApproval, isLive } from '../../domain/booking/booking-state.ts';
import { claimOf, claimsForMoves, heldWithin } from '../../domain/schedule/schedule-state.ts';
import type { ListedBooking } from '../ports/read-models.ts';
import {
  type DoctorDifference,
  logDifferences,
  parkedDifference,
  scheduleDifferences,
  slotDifference,
} from './difference.ts';
import {
  type DoctorDeps,
  type DoctorStep,
  type Found,
  examineBookings,
  examineCalendar,
  joined,
  load,
} from './compare-calendars.ts';

/** Bookings of one step; each of their calendars is asked about each. */
const BOOKINGS_A_STEP = 25;

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

/** A reload reaches one node: each of these lines names another one, and what to do. */
const nodeDifference = (line: string): DoctorDifference => ({
  bookingUid: null,
  calendarId: null,
  hostId: null,
  group: null,
  position: null,
  kind: 'other-configuration',
  detail: line,
  command: 'holdfast config reload --url <address of that node>',
  canFix: false,
});

/** Parked messages, removals that failed, and each host's time. */
const examineLog = async (deps: DoctorDeps): Promise<E.Either<Failed, Found>> => {
  const [parked, health] = await Promise.all([
    deps.consumers.parked()(),
    deps.calendarHealth(deps.clock.now(), null)(),
  ]);
  if (E.isLeft(parked)) return E.left({ type: 'Unavailable', reason: parked.left.type });
  if (E.isLeft(health)) return health;
  const differences = [...parked.right.map(parkedDifference), ...deps.otherNodes().map(nodeDifference)];
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

/** Those whose host's schedule does not hold their time. A booking that has ended or moved meanwhile is looked at again. */
const examineSlots = async (deps: DoctorDeps, listed: ReadonlyArray<ListedBooking>): Promise<Found> => {
  const found: Found[] = [];
  for (const [hostId, own] of Map.groupBy(listed, ({ booking }) => booking.request.hostId)) {
    const schedule = await deps.buses.schedules.load(hostId)();
    if (E.isLeft(schedule)) {
      found.push({ differences: [], notCompared: [{ calendarId: null, reason: `time of host ${hostId}` }] });
      continue;
    }
    for (const { uid } of own) {
      const claim = claimOf(schedule.right.state, uid);
      const booking = await load(deps, uid);
      const isMoving = booking?.reschedule !== null || claimsForMoves(schedule.right.state, uid).length > 0;
      const isHolding = booking !== null && isLive(booking) && !isMoving;
      // Requests that compete with others hold nothing.
      if (!isHolding || (isAwaitingApproval(booking) && !holdsSlotUndecided(booking))) continue;
      found.push({ differences: slotDifference(uid, booking, claim?.claim ?? null), notCompared: [] });
    }
  }
  return joined(found);
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
    if (step <= pages)
      return shown(
        'live bookings',
        joined([await examineSlots(deps, page.right.rows), await examineBookings(deps, page.right.rows)]),
      );
    const calendarId = calendarIds[step - 1 - pages];
    return calendarId === undefined
      ? shown('nothing', { differences: [], notCompared: [] })
      : shown(`calendar ${calendarId}`, await examineCalendar(deps, calendarId));
  };
