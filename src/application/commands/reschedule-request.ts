import type { EventType } from '../../domain/bookable/event-type.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { slotAt, type SlotRules } from '../../domain/availability/slot.ts';
import { holdsSlotUndecided, planApproval } from '../../domain/booking/approval.ts';
import { type BookingState, isAwaitingApproval, type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommandOf } from '../../domain/booking/commands.ts';
import { type CalendarBusy, decisionFacts, rulesOf } from '../../domain/rules/decision-facts.ts';
import type { HoldNewSlot } from '../../domain/schedule/decide.ts';
import { claimOf, type ScheduleState } from '../../domain/schedule/schedule-state.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';

/**
 * Another time for a booking. `start`: epoch milliseconds. `rescheduleId`: new, or from an Idempotency-Key, so that a
 * repeat is known again. `host`, `eventType`: as configured now. `expected`: what whoever asks has seen of the booking;
 * not there: they move it whatever it is.
 */
export type RescheduleRequest = {
  readonly uid: string;
  readonly rescheduleId: string;
  readonly host: Host;
  readonly eventType: EventType;
  readonly start: number;
  readonly by: 'guest' | 'host';
  readonly reason: string | null;
  readonly expected?: { readonly sequence: number };
};

/** What a move is decided with, beside what it asks for. `allowanceMs`: how long calendars are tried for it. */
type RescheduleDecisionDeps = {
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt' | 'sha256'>;
  readonly allowanceMs: number;
};

/** A booking keeps its length when it is moved, also one that its event type does not offer any more. */
const rulesFor = ({ host, eventType }: RescheduleRequest, { request }: KnownBooking): SlotRules => ({
  host,
  eventType: { ...eventType, lengthOptions: [...eventType.lengthOptions, request.lengthInMinutes] },
});

/** The move as it is decided about now, with the time, and the salt, of now. */
export const rescheduleCommandOf = (
  deps: RescheduleDecisionDeps,
  asked: RescheduleRequest,
  booking: KnownBooking,
): BookingCommandOf<'RequestReschedule'> => {
  const now = deps.clock.now();
  const { start, end, claim } = slotAt(asked.eventType, asked.start, booking.request.lengthInMinutes);
  return {
    type: 'RequestReschedule',
    now,
    wanted: {
      rescheduleId: asked.rescheduleId,
      start: toInstant(start),
      end: toInstant(end),
      claim: { start: toInstant(claim.start), end: toInstant(claim.end) },
    },
    by: asked.by,
    reason: asked.reason,
    salt: deps.identity.newSalt(),
    approval: planApproval(asked.eventType, now, asked.start),
    syncAllowanceMs: deps.allowanceMs,
    ...(asked.expected === undefined ? {} : { expected: asked.expected }),
  };
};

/** Holding the new time, by what calendars were read to say. */
export const slotHoldOf = (
  deps: RescheduleDecisionDeps,
  asked: RescheduleRequest,
  booking: KnownBooking,
  read: ReadonlyArray<CalendarBusy>,
): HoldNewSlot => ({
  type: 'HoldNewSlot',
  now: deps.clock.now(),
  bookingUid: asked.uid,
  rescheduleId: asked.rescheduleId,
  icsUid: booking.request.icsUid,
  rules: rulesFor(asked, booking),
  start: asked.start,
  lengthInMinutes: booking.request.lengthInMinutes,
  busy: read.flatMap(({ busy }) => busy),
  decidedBy: decisionFacts(rulesOf(deps.identity.sha256, asked.host).digest, read),
});

/**
 * Whether the booking as it was moved is a request that competes with others, and so finds its new time free and does not
 * hold it. One that holds a slot already, since it is just being approved, holds the new one too.
 */
export const competes = (moved: BookingState, schedule: ScheduleState, uid: string): boolean =>
  moved.phase === 'pending' &&
  isAwaitingApproval(moved) &&
  !holdsSlotUndecided(moved) &&
  claimOf(schedule, uid) === undefined;
