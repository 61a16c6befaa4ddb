import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommand } from '../../domain/booking/commands.ts';
import { leasesOf } from '../../domain/booking/lease.ts';
import type { Effect, SettledReschedule } from '../../domain/saga/effect.ts';
import { type DecisionEffect, type SlotEffect, isCall } from '../../domain/saga/follow-up.ts';
import { react } from '../../domain/saga/react.ts';
import type { ScheduleCommand } from '../../domain/schedule/decide.ts';
import { claimOf, claimsForMoves } from '../../domain/schedule/schedule-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { scheduleStream } from '../commands/aggregate.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { keepingLease, leaseRequest, type RunOn, acquireLease } from '../consumers/leasing.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import { runConfirmation, runDecoration } from './change-calendar.ts';
import {
  type EffectContext,
  type EffectOutcome,
  type SagaDeps,
  runCommand,
  outcomeOf,
  reportRefusal,
  keyOf,
} from './effect-context.ts';
import { followCalendarEvent, isBackInCalendar } from './follow-calendar.ts';
import { runCalendarMove } from './move-calendar.ts';
import { runRemoval } from './remove-from-calendar.ts';
import { runCalendarWrite } from './write-calendar.ts';

const dueOf = ({ at }: Effect): { readonly dueMs?: number } => (at === null ? {} : { dueMs: toEpochMs(at) });

const commandOf = ({ clock, identity }: SagaDeps, effect: DecisionEffect): BookingCommand => {
  const now = clock.now();
  switch (effect.type) {
    case 'CancelForDifference':
      return { type: 'CancelForDifference', salt: identity.newSalt(), now };
    case 'Accept':
      return { type: 'AcceptBooking', now };
    case 'LeavePending':
      return { type: 'LeavePending', reason: effect.reason, now };
    case 'RemindOfApproval':
      return { type: 'RemindOfApproval', number: effect.number, now };
    case 'Expire':
      return { type: 'ExpireBooking', reason: effect.reason, now, ...dueOf(effect) };
    case 'CompleteReschedule':
      return { type: 'CompleteReschedule', now };
    case 'FailReschedule':
      return { type: 'FailReschedule', reason: effect.reason, now, ...dueOf(effect) };
  }
};

/** Writes what the saga decided about the booking itself. */
const decideBooking =
  (deps: SagaDeps) =>
  async (context: EffectContext, effect: DecisionEffect): Promise<EffectOutcome> => {
    // What was put back settles it: then there is nothing to cancel, and the fact of that is looked at next.
    if (effect.type === 'CancelForDifference' && (await isBackInCalendar(deps)(context))) return 'done';
    return outcomeOf(await runCommand(deps)(context, commandOf(deps, effect)));
  };

/** Once confirmed a slot stays so until it is released, so what this process remembers of that needs no look at the log. */
const isConfirmed = ({ buses }: SagaDeps, hostId: string, uid: string): boolean => {
  const known = buses.scheduleCache.get(scheduleStream(hostId));
  return known !== undefined && claimOf(known.state, uid)?.confirmed === true;
};

/** Nothing is held for moves that have ended, as far as this process remembers: settled once, so for good. */
const isSettled = (
  { buses }: SagaDeps,
  hostId: string,
  uid: string,
  ended: ReadonlyArray<SettledReschedule>,
): boolean => {
  const known = buses.scheduleCache.get(scheduleStream(hostId));
  if (known === undefined) return false;
  const held = new Set(claimsForMoves(known.state, uid).map(({ rescheduleId }) => rescheduleId));
  return !ended.some(({ rescheduleId }) => held.has(rescheduleId));
};

/** What the schedule is to be told; nothing where it is known to know. */
const slotCommands = (
  deps: SagaDeps,
  hostId: string,
  uid: string,
  effect: SlotEffect,
): ReadonlyArray<ScheduleCommand> => {
  const now = deps.clock.now();
  switch (effect.type) {
    case 'ConfirmSlot':
      return isConfirmed(deps, hostId, uid) ? [] : [{ type: 'ConfirmSlot', now, bookingUid: uid }];
    case 'SettleReschedules':
      return isSettled(deps, hostId, uid, effect.ended)
        ? []
        : effect.ended.map((ended) => ({ type: 'SettleReschedule', now, bookingUid: uid, ...ended }));
    case 'ReleaseSlot':
      return [{ type: 'ReleaseSlot', now, bookingUid: uid, reason: effect.reason }];
  }
};

/** Tells the host's schedule what became of the slot; already so is fine. */
const settleSlot =
  (deps: SagaDeps) =>
  async ({ uid, booking, context }: EffectContext, effect: SlotEffect): Promise<EffectOutcome> => {
    const { hostId } = booking.request;
    for (const wanted of slotCommands(deps, hostId, uid, effect)) {
      const own = { ...context, commandId: deps.identity.newCommandId() };
      const settled = await deps.buses.schedules.execute(hostId, wanted, own)();
      if (E.isRight(settled)) continue;
      deps.report({ where: `saga ${effect.type} of ${uid}`, reason: JSON.stringify(settled.left) });
      return isOutage(settled.left) ? 'unavailable' : 'failed';
    }
    return 'done';
  };

/**
 * Makes the video room, before the calendars are written, so that their text holds a link that works. When the provider
 * gives none, the event type's fallback link stands in and is said to; without one the booking goes on without a link.
 */
const makeRoom =
  (deps: SagaDeps) =>
  async (context: EffectContext): Promise<EffectOutcome> => {
    const wanted = context.booking.request.room;
    if (wanted === null) return 'done';
    const { provider, requestId, fallbackLink } = wanted;
    const conferencing = deps.conferencing.get(provider);
    const made =
      conferencing === undefined
        ? E.left({ message: `No video provider is called ${provider}.` })
        : await conferencing.createRoom({ requestId, title: context.booking.request.title }, context.signal)();
    if (E.isLeft(made) && context.signal.aborted) return 'done';
    const now = deps.clock.now();
    const ready = (roomId: string | null, url: string, fallback: boolean) =>
      runCommand(deps)(context, { type: 'RecordRoom', room: { provider, roomId, url, fallback }, now });
    if (E.isRight(made)) return outcomeOf(await ready(made.right.roomId, made.right.url, false));
    deps.report({ where: `video room of ${context.uid}`, reason: made.left.message });
    const recorded =
      fallbackLink === null
        ? await runCommand(deps)(context, { type: 'RecordRoomFailure', provider, message: made.left.message, now })
        : await ready(null, fallbackLink, true);
    return outcomeOf(recorded);
  };

/** The start of a write or a move in a calendar takes the lease along, in one append. */
const bringsItsLease = ({ type }: Effect): boolean => type === 'WriteCalendar' || type === 'MoveCalendarEvent';

const attemptOf = (effect: Effect): number => ('attempt' in effect ? effect.attempt : 0);

/** Whether the booking, read again, still asks for the effect. */
const isStillDue = (booking: KnownBooking, effect: Effect): boolean =>
  react(booking).some(
    (wanted) =>
      wanted.type === effect.type && keyOf(wanted) === keyOf(effect) && attemptOf(wanted) === attemptOf(effect),
  );

const runOn =
  ({ bookings }: Pick<BookingBuses, 'bookings'>): RunOn<BookingCommand, BookingState> =>
  (uid, command, context) =>
    pipe(
      bookings.execute(uid, command, context),
      TE.map(({ state }) => ({ state, leases: leasesOf(state) })),
    );

/**
 * Carries a call out under its lease. While another node has it there is nothing to do: that node writes the outcome. It
 * may just have written it, so the booking is looked at again, as it was when the lease was taken.
 */
const underLease =
  (deps: SagaDeps) =>
  async (
    context: EffectContext,
    effect: Effect,
    call: (present: EffectContext) => Promise<EffectOutcome>,
  ): Promise<EffectOutcome> => {
    const leasing = { ...deps, run: runOn(deps.buses) };
    const { uid: id, booking: known, context: cause } = context;
    const wanted = { id, effect: keyOf(effect), known, causationId: cause.causationId };
    const lease = bringsItsLease(effect)
      ? ({ type: 'taken', state: null, until: leaseRequest(deps)?.until ?? 0 } as const)
      : await acquireLease(leasing)(wanted);
    switch (lease.type) {
      case 'taken': {
        const booking = lease.state?.phase === 'none' ? null : lease.state;
        if (booking !== null && !isStillDue(booking, effect)) return 'done';
        const present = booking === null ? context : { ...context, booking };
        return keepingLease(leasing)(wanted, lease.until, () => call(present));
      }
      case 'elsewhere':
        return 'done';
      case 'failed':
        return reportRefusal(deps)(context, 'LeaseEffect', lease.error);
    }
  };

const carryOut =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> => {
    switch (effect.type) {
      case 'MakeRoom':
        return makeRoom(deps)(context);
      case 'WriteCalendar':
      case 'ResolveCalendarWrite':
        return runCalendarWrite(deps)(context, effect);
      case 'MoveCalendarEvent':
      case 'ResolveCalendarMove':
        return runCalendarMove(deps)(context, effect);
      case 'ConfirmCalendarEvent':
        return runConfirmation(deps)(context, effect);
      case 'DecorateCalendarEvent':
        return runDecoration(deps)(context, effect);
      case 'RemoveFromCalendar':
        return runRemoval(deps)(context, effect);
      case 'FollowCalendarEvent':
        return followCalendarEvent(deps)(context, effect);
      case 'Accept':
      case 'LeavePending':
      case 'RemindOfApproval':
      case 'Expire':
      case 'CompleteReschedule':
      case 'FailReschedule':
      case 'CancelForDifference':
        return decideBooking(deps)(context, effect);
      case 'ConfirmSlot':
      case 'SettleReschedules':
      case 'ReleaseSlot':
        return settleSlot(deps)(context, effect);
    }
  };

/** Carries one effect out and writes down what came of it. Never throws for what the world does. */
export const perform =
  (deps: SagaDeps) =>
  (context: EffectContext, effect: Effect): Promise<EffectOutcome> =>
    isCall(effect)
      ? underLease(deps)(context, effect, (present) => carryOut(deps)(present, effect))
      : carryOut(deps)(context, effect);
