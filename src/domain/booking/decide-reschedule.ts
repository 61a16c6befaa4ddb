import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import {
  type Acceptance,
  acceptanceOf,
  isAwaitingApproval,
  isHeldAt,
  isLive,
  type KnownBooking,
} from './booking-state.ts';
import { statusOf } from './booking-status.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import { isUnsettled } from './booking-status.ts';
import type { BookingEvent, BookingEventData } from './events.ts';
import { lastFailureOf } from './evolve-calendar.ts';
import {
  type EndedReschedule,
  goingReschedule,
  isSameInstant,
  knownMove,
  MOST_RESCHEDULES,
  type Reschedule,
} from './reschedule-state.ts';

type Decision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** A link is of the time that it was made for: guests or a place that changed since do not make it stale. */
const isOfPresentTime = ({ sequence, sequenceOfTime }: KnownBooking, seen: number): boolean =>
  seen >= sequenceOfTime && seen <= sequence;

/** Why that time is refused, given the moves that there are already; null: it is not. */
const refusalOfTime = (
  booking: KnownBooking,
  { wanted, expected }: BookingCommandOf<'RequestReschedule'>,
): BookingRejection | null => {
  const { request, reschedule } = booking;
  const inFlight = reschedule === null ? null : reschedule.start;
  if (expected !== undefined && (!isOfPresentTime(booking, expected.sequence) || inFlight !== null))
    return { type: 'RescheduledMeanwhile', start: request.start, inFlight };
  if (inFlight !== null && (goingReschedule(booking) !== null || isSameInstant(inFlight, wanted.start)))
    return { type: 'RescheduleInFlight', start: request.start, inFlight };
  if (isSameInstant(request.start, wanted.start)) return { type: 'SameTime', start: request.start };
  if (booking.reschedules.length >= MOST_RESCHEDULES) return { type: 'TooManyReschedules', limit: MOST_RESCHEDULES };
  return null;
};

/** Why the booking cannot be moved to that time now; null: it can. */
const refusal = (booking: KnownBooking, command: BookingCommandOf<'RequestReschedule'>): BookingRejection | null => {
  const { request } = booking;
  const { now } = command;
  // What the host has just done in their calendar is settled first, unless they move the booking themselves.
  if (!isLive(booking) || (command.by === 'guest' && isUnsettled(booking)))
    return { type: 'NotReschedulable', status: statusOf(booking) };
  if (now >= toEpochMs(request.end)) return { type: 'AlreadyEnded', endedAt: request.end };
  const deadline = request.approval?.deadline ?? request.end;
  if (booking.phase === 'pending' && isAwaitingApproval(booking) && now >= toEpochMs(deadline))
    return { type: 'ApprovalTooLate', deadline };
  return refusalOfTime(booking, command);
};

/** Asked for once more under the same id: success without events, where that was for the same time and was not given up. */
const repeated = (known: Reschedule | EndedReschedule, start: string): Decision => {
  if ('outcome' in known && known.outcome === 'abandoned') return E.left({ type: 'RescheduleGivenUp' });
  return isSameInstant(known.start, start) ? E.right([]) : E.left({ type: 'RescheduleIdReused' });
};

/**
 * Another time is asked for; it is held already. One that waits for the host gives way to it; one that calendars are
 * asked for does not, since nobody could say what they show by then. A pending request is moved as it is; the host who
 * moves it has said yes to it. The same id again is success without events.
 */
export const decideReschedule = (booking: KnownBooking, command: BookingCommandOf<'RequestReschedule'>): Decision => {
  const { now, wanted, by, salt, reason, approval, syncAllowanceMs } = command;
  const known = knownMove(booking, wanted.rescheduleId);
  if (known !== null) return repeated(known, wanted.start);
  const refused = refusal(booking, command);
  if (refused !== null) return E.left(refused);
  const occurredAt = toInstant(now);
  const requiresApproval = approval !== null && by === 'guest' && booking.phase === 'accepted';
  const isAsked = requiresApproval || (booking.phase === 'pending' && isAwaitingApproval(booking));
  const { reschedule } = booking;
  const superseded: ReadonlyArray<BookingEvent> =
    reschedule === null
      ? []
      : [{ type: 'RescheduleWithdrawn', occurredAt, data: { rescheduleId: reschedule.id, reason: 'superseded' } }];
  const isApproval = booking.phase === 'pending' && by === 'host' && isAwaitingApproval(booking);
  return E.right([
    ...superseded,
    {
      type: 'RescheduleRequested',
      occurredAt,
      data: {
        ...wanted,
        by,
        requiresApproval,
        syncAllowanceMs,
        personal: { salt, reason },
        ...(approval !== null && isAsked ? { approval } : {}),
      },
    },
    ...(isApproval ? [{ type: 'BookingApproved' as const, occurredAt, data: {} }] : []),
  ]);
};

/** The move that waits for the host's word; null: none does. */
export const awaitingReschedule = (booking: KnownBooking): Reschedule | null =>
  booking.phase === 'accepted' && booking.reschedule?.approved === false ? booking.reschedule : null;

/** Whether the host's last word on a move was this: yes to the one in flight, or no to the last one. */
export const isRescheduleAnswered = (booking: KnownBooking, answer: 'approved' | 'declined'): boolean => {
  const { phase, reschedule, reschedules } = booking;
  if (phase !== 'accepted') return false;
  if (answer === 'approved') return reschedule?.requiresApproval === true && reschedule.approved;
  return reschedule === null && reschedules.at(-1)?.outcome === 'declined';
};

/** The host says yes to the new time. */
export const decideRescheduleApproval = (reschedule: Reschedule, now: number): Decision =>
  now >= toEpochMs(reschedule.deadline)
    ? E.left({ type: 'ApprovalTooLate', deadline: reschedule.deadline })
    : E.right([{ type: 'RescheduleApproved', occurredAt: toInstant(now), data: { rescheduleId: reschedule.id } }]);

/** The host says no to the new time: the old one stays. */
export const decideRescheduleRefusal = (
  reschedule: Reschedule,
  { now, salt, reason }: BookingCommandOf<'RejectBooking'>,
): Decision => {
  const data = { rescheduleId: reschedule.id, personal: { salt, reason } };
  return E.right([{ type: 'RescheduleDeclined', occurredAt: toInstant(now), data }]);
};

/** What the calendars say to the move in flight. Of a booking that nobody was promised nothing has to be moved first. */
export const movingOf = (booking: KnownBooking, reschedule: Reschedule): Acceptance => {
  if (booking.phase === 'pending') return 'held';
  const acceptance = acceptanceOf(booking, reschedule.start);
  if (acceptance !== 'failed') return acceptance;
  const isPlanned = booking.calendars.some((sync) => {
    if (isHeldAt(sync, reschedule.start)) return false;
    const failure = sync.status === 'held' ? sync.move.failure : lastFailureOf(sync);
    return failure !== null && failure.retryAt !== null;
  });
  return isPlanned ? 'open' : 'failed';
};

/** Whether a calendar is asked for the new time at this moment: until it has answered nobody knows what it shows. */
export const isBeingMoved = ({ calendars }: KnownBooking): boolean =>
  calendars.some((sync) => sync.status === 'writing' || (sync.status === 'held' && sync.move.writing));

/** The one door to a new time: shut unless the stream itself shows why it may be opened (I1). */
export const decideCompletion = (booking: KnownBooking, { now }: BookingCommandOf<'CompleteReschedule'>): Decision => {
  const reschedule = goingReschedule(booking);
  if (reschedule === null || !isLive(booking)) return E.right([]);
  const moving = movingOf(booking, reschedule);
  if (moving !== 'held' && moving !== 'no-calendar')
    return E.left({ type: 'NotJustified', detail: 'no calendar is known to hold the booking at its new time' });
  const { id: rescheduleId, by, start, end, claim } = reschedule;
  const previous = { start: booking.request.start, end: booking.request.end };
  const data = { rescheduleId, by, previous, start, end, claim };
  return E.right([{ type: 'BookingRescheduled', occurredAt: toInstant(now), data }]);
};

const failuresOf = (booking: KnownBooking, { start }: Reschedule): BookingEventData<'RescheduleFailed'>['failures'] =>
  booking.calendars.flatMap((sync) => {
    const failure = sync.status === 'held' ? sync.move.failure : lastFailureOf(sync);
    if (failure === null || isHeldAt(sync, start)) return [];
    const { kind, message, retryable } = failure;
    return [{ calendarId: sync.calendarId, kind, message, retryable }];
  });

/** A move that was decided meanwhile stays as it is; one that may still come off, or is just being tried, does not fail. */
export const decideRescheduleFailure = (
  booking: KnownBooking,
  { now, reason, dueMs }: BookingCommandOf<'FailReschedule'>,
): Decision => {
  const { reschedule } = booking;
  const isFor = reschedule !== null && reschedule.approved === (reason === 'calendar_refused');
  if (booking.phase !== 'accepted' || !isFor) return E.right([]);
  const moving = reason === 'approval_missed' ? 'open' : movingOf(booking, reschedule);
  if (moving === 'held' || moving === 'no-calendar') return E.right([]);
  const isOver = now >= Math.min(toEpochMs(reschedule.deadline), dueMs ?? Number.POSITIVE_INFINITY);
  // A move that nobody approved has asked no calendar: what is still being written belongs to an earlier one.
  const isTried = reason === 'calendar_refused' && isBeingMoved(booking);
  if (moving === 'open' && (!isOver || isTried))
    return E.left({ type: 'NotJustified', detail: `the move may come off until ${reschedule.deadline}` });
  const failures = reason === 'calendar_refused' ? failuresOf(booking, reschedule) : [];
  return E.right([
    { type: 'RescheduleFailed', occurredAt: toInstant(now), data: { rescheduleId: reschedule.id, reason, failures } },
  ]);
};

/** A time that was held for a move in vain. A move that was asked for is known by now. */
export const decideAbandonedReschedule = (
  booking: KnownBooking,
  { now, rescheduleId }: BookingCommandOf<'AbandonReschedule'>,
): ReadonlyArray<BookingEvent> =>
  knownMove(booking, rescheduleId) === null
    ? [{ type: 'RescheduleAbandoned', occurredAt: toInstant(now), data: { rescheduleId } }]
    : [];
