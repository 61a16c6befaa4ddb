import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { decideSlot } from '../availability/decide-slot.ts';
import { claimsReach } from '../availability/occupancy.ts';
import type { Slot, SlotRefusal, SlotRules } from '../availability/slot.ts';
import type { DecisionFacts } from '../rules/decision-facts.ts';
import { type Interval, overlaps, toInstant } from '../time/time.ts';
import {
  type ReleaseReason,
  type ScheduleEvent,
  type ScheduleState,
  type NewClaim,
  claimOf,
  decidingTime,
  heldWithin,
  claimsForMoves,
} from './schedule-state.ts';

/**
 * `now`, `start`: epoch milliseconds. `busy`: what the host's calendars say, read before the command. `icsUid`: of the
 * booking's events in calendars, fixed here for life (I6). `decidedBy`: rules and busy times as they are recorded.
 */
export type HoldSlot = {
  readonly type: 'HoldSlot';
  readonly now: number;
  readonly bookingUid: string;
  readonly icsUid: string;
  readonly rules: SlotRules;
  readonly start: number;
  readonly lengthInMinutes: number;
  readonly busy: ReadonlyArray<Interval>;
  readonly decidedBy?: DecisionFacts;
};
/**
 * Takes a slot that was found bookable before, when it was asked for, and was not held since: a request that competes with
 * others is approved. Hours, notice and limits were looked at then; what others hold by now is looked at here.
 */
export type ClaimSlot = {
  readonly type: 'ClaimSlot';
  readonly now: number;
  readonly bookingUid: string;
  readonly icsUid: string;
  readonly eventTypeId: number;
  readonly slot: Slot;
};
/** For a booking that is to be moved: what it holds already does not stand in its way. `busy`: without its own event. */
export type HoldNewSlot = Omit<HoldSlot, 'type'> & { readonly type: 'HoldNewSlot'; readonly rescheduleId: string };

export type ScheduleCommand =
  | HoldSlot
  | HoldNewSlot
  | ClaimSlot
  | {
      readonly type: 'SettleReschedule';
      readonly now: number;
      readonly bookingUid: string;
      readonly rescheduleId: string;
      readonly moved: boolean;
    }
  | { readonly type: 'ConfirmSlot'; readonly now: number; readonly bookingUid: string }
  | {
      readonly type: 'ReleaseSlot';
      readonly now: number;
      readonly bookingUid: string;
      readonly reason: ReleaseReason;
      /** Only the hold of this instant, where a later one of the same booking must stay. */
      readonly heldAt?: string;
    };

type Taken = Pick<HoldNewSlot | HoldSlot | ClaimSlot, 'now' | 'bookingUid' | 'icsUid'> & {
  readonly eventTypeId: number;
  readonly rescheduleId?: string;
  readonly decidedBy?: DecisionFacts;
};

const held = (command: Taken, slot: Slot): ScheduleEvent => {
  const occurredAt = toInstant(command.now);
  const data = {
    bookingUid: command.bookingUid,
    icsUid: command.icsUid,
    eventTypeId: command.eventTypeId,
    start: toInstant(slot.start),
    end: toInstant(slot.end),
    claim: { start: toInstant(slot.claim.start), end: toInstant(slot.claim.end) },
    ...(command.decidedBy === undefined ? {} : { decidedBy: command.decidedBy }),
  };
  return command.rescheduleId === undefined
    ? { type: 'SlotHeld', occurredAt, data }
    : { type: 'NewSlotHeld', occurredAt, data: { ...data, rescheduleId: command.rescheduleId } };
};

const isHeldAlready = (schedule: ScheduleState, command: HoldSlot | HoldNewSlot): boolean =>
  command.type === 'HoldSlot'
    ? claimOf(schedule, command.bookingUid) !== undefined
    : newClaimOf(schedule, command) !== undefined;

const newClaimOf = (
  schedule: ScheduleState,
  wanted: { readonly bookingUid: string; readonly rescheduleId: string },
): NewClaim | undefined =>
  claimsForMoves(schedule, wanted.bookingUid).find(({ rescheduleId }) => rescheduleId === wanted.rescheduleId);

/** Held already by this booking, or for this move: success without an event. */
const hold = (
  schedule: ScheduleState,
  command: HoldSlot | HoldNewSlot,
): E.Either<SlotRefusal, ReadonlyArray<ScheduleEvent>> => {
  if (isHeldAlready(schedule, command)) return E.right([]);
  const { rules, start, lengthInMinutes } = command;
  const except = command.type === 'HoldNewSlot' ? { except: command.bookingUid } : {};
  const claims = heldWithin(schedule, claimsReach(rules, { start, end: start }, lengthInMinutes));
  return pipe(
    decideSlot(
      rules,
      { now: decidingTime(schedule, command.now), claims, busy: command.busy },
      { start, lengthInMinutes, ...except },
    ),
    E.map((slot) => [held({ ...command, eventTypeId: rules.eventType.id }, slot)]),
  );
};

/** Held already by this booking: success without an event. */
const claim = (schedule: ScheduleState, command: ClaimSlot): E.Either<SlotRefusal, ReadonlyArray<ScheduleEvent>> => {
  if (claimOf(schedule, command.bookingUid) !== undefined) return E.right([]);
  const isTaken = heldWithin(schedule, command.slot.claim).some((other) => overlaps(other.claim, command.slot.claim));
  return isTaken ? E.left({ code: 'slot_unavailable', cause: 'booking' }) : E.right([held(command, command.slot)]);
};

/**
 * What a command does to a host's schedule. A slot is taken by the same decision that offers it (I11), against the
 * claims of all event types of the host (I2). Only taking can be refused; the rest is "already so" at worst.
 */
export const decideSchedule = (
  schedule: ScheduleState,
  command: ScheduleCommand,
): E.Either<SlotRefusal, ReadonlyArray<ScheduleEvent>> => {
  const known = claimOf(schedule, command.bookingUid);
  const occurredAt = toInstant(command.now);
  const { bookingUid } = command;
  switch (command.type) {
    case 'HoldSlot':
    case 'HoldNewSlot':
      return hold(schedule, command);
    case 'ClaimSlot':
      return claim(schedule, command);
    case 'ConfirmSlot':
      return E.right(
        known === undefined || known.confirmed ? [] : [{ type: 'SlotConfirmed', occurredAt, data: { bookingUid } }],
      );
    case 'SettleReschedule': {
      const { rescheduleId, moved } = command;
      return E.right(
        newClaimOf(schedule, command) === undefined
          ? []
          : [{ type: moved ? 'SlotMoved' : 'NewSlotReleased', occurredAt, data: { bookingUid, rescheduleId } }],
      );
    }
    case 'ReleaseSlot':
      if (known !== undefined)
        return E.right(
          (command.heldAt ?? known.heldAt) === known.heldAt
            ? [{ type: 'SlotReleased', occurredAt, data: { bookingUid, reason: command.reason } }]
            : [],
        );
      // A request that competes with others holds no slot of its own, and may have been about to move.
      return E.right(
        (command.heldAt === undefined ? claimsForMoves(schedule, bookingUid) : []).map(({ rescheduleId }) => ({
          type: 'NewSlotReleased',
          occurredAt,
          data: { bookingUid, rescheduleId },
        })),
      );
  }
};
