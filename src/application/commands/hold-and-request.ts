import * as E from 'fp-ts/lib/Either.js';
import { type Slot, slotAt } from '../../domain/availability/slot.ts';
import { planApproval } from '../../domain/booking/approval.ts';
import { type BookingState, type KnownBooking, noBooking } from '../../domain/booking/booking-state.ts';
import type { LeaseRequest } from '../../domain/booking/commands.ts';
import type { DecisionFacts } from '../../domain/rules/decision-facts.ts';
import { followUp } from '../../domain/saga/follow-up.ts';
import { type HoldSlot, decideSchedule } from '../../domain/schedule/decide.ts';
import { type ScheduleEvent, type ScheduleState, claimOf } from '../../domain/schedule/schedule-state.ts';
import { intervalOf } from '../../domain/time/time.ts';
import type { Calendars } from '../calendars/host-calendars.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import type { Report } from '../saga/effect-context.ts';
import { bookingStream, scheduleStream } from './aggregate.ts';
import type { BookingBuses } from './booking-buses.ts';
import { type BookingRequest, type SagaTimings, requestedData } from './booking-request.ts';
import type { Prepared } from './command-bus.ts';
import { type Loaded, unloaded } from './loaded-stream.ts';
import type { CommandContext } from './record.ts';
import type { SlotRefused } from './booking-request.ts';

export type RequestBookingDeps = {
  readonly store: Pick<EventStore, 'appendInOrder'>;
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt' | 'sha256'>;
  readonly report: Report;
  readonly timings: SagaTimings;
  /** The lease that this node asks for together with the request; see `leaseAlong`. */
  readonly leaseAlong?: (uid: string) => LeaseRequest | undefined;
};

/** The schedule as this process knows it. Later changes by others show up as a revision conflict. */
const knownSchedule = async (
  { buses }: Pick<RequestBookingDeps, 'buses'>,
  hostId: string,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> => {
  const known = buses.scheduleCache.get(scheduleStream(hostId));
  return known === undefined ? buses.schedules.load(hostId)() : E.right(known);
};

/** Reads on where others append too: a slot that was freed elsewhere must not be refused. */
export const presentSchedule = (
  deps: Pick<RequestBookingDeps, 'buses'>,
  hostId: string,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> =>
  deps.buses.sharedLog ? deps.buses.schedules.load(hostId)() : knownSchedule(deps, hostId);

/**
 * A cached schedule is enough for a hold that is appended, since the revision checks it. A refusal, or a hold that is
 * there already, is an answer without an append and needs the schedule as it is now.
 */
const scheduleFor = async (
  deps: RequestBookingDeps,
  hostId: string,
  hold: HoldSlot,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> => {
  const known = await knownSchedule(deps, hostId);
  if (E.isLeft(known)) return known;
  const decided = decideSchedule(known.right.state, hold);
  return E.isRight(decided) && decided.right.length > 0 ? known : presentSchedule(deps, hostId);
};

type Written = { readonly uid: string; readonly booking: KnownBooking; readonly position: number };
export type WriteError = StoreError | SlotRefused | { readonly type: 'KeyReused' };

/** An earlier attempt was abandoned and its hold is about to be released: it must not be used. */
const stillHeld = (uid: string, { revision }: Loaded<BookingState>): StoreError => ({
  type: 'RevisionConflict',
  stream: bookingStream(uid),
  expected: 'no-stream',
  actual: revision,
});

/** The slot, and the UID that was fixed when it was held. */
type Held = { readonly slot: Slot; readonly icsUid: string };

const heldSlot = (event: ScheduleEvent | undefined): Held | null =>
  event?.type === 'SlotHeld'
    ? { slot: { ...intervalOf(event.data), claim: intervalOf(event.data.claim) }, icsUid: event.data.icsUid }
    : null;

/** After two appends that did not succeed: they may have been written all the same, and caches would never hear of it. */
export const forgetBoth = ({ bookingCache, scheduleCache }: BookingBuses, hostId: string, uid: string): void => {
  bookingCache.forget(bookingStream(uid));
  scheduleCache.forget(scheduleStream(hostId));
};

type Try = { readonly now: number; readonly salt: string; readonly context: CommandContext };
type PreparedHold = Prepared<ScheduleState, ScheduleEvent>;

/** Writes the request, and before it the hold if there is one to write: a request is never written without its slot. */
const append = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  { slot, icsUid }: Held,
  { now, salt, context }: Try,
  hold: PreparedHold | null,
  decidedBy: DecisionFacts | null,
): Promise<E.Either<WriteError, Written>> => {
  const { bookings, bookingCache, scheduleCache } = deps.buses;
  const before = bookingCache.get(bookingStream(request.uid)) ?? unloaded(noBooking);
  if (before.revision !== 'no-stream' && hold?.events.length === 0) return E.left(stillHeld(request.uid, before));
  const { sha256 } = deps.identity;
  const frozen = { now, salt, sha256, icsUid, timings: deps.timings, calendars: deps.calendars, decidedBy };
  const command = { type: 'RequestBooking', now, request: requestedData(request, slot, frozen) } as const;
  const following = followUp(now, deps.leaseAlong?.(request.uid));
  const booked = bookings.prepare(request.uid, command, context, before, following);
  if (E.isLeft(booked)) return E.left({ type: 'KeyReused' });
  const appended = await deps.store.appendInOrder([...(hold === null ? [] : [hold.append]), booked.right.append])();
  if (E.isLeft(appended)) {
    forgetBoth(deps.buses, request.host.id, request.uid);
    return appended;
  }
  const slotAppended = hold === null ? undefined : appended.right[0];
  if (hold !== null && slotAppended !== undefined)
    scheduleCache.put(hold.append.stream, hold.written(slotAppended.position));
  const position = appended.right.at(-1)?.position ?? 0;
  const after = booked.right.written(position);
  bookingCache.put(bookingStream(request.uid), after);
  return after.state.phase === 'none'
    ? E.left({ type: 'Corrupt', reason: `the request of ${request.uid} left no booking` })
    : E.right({ uid: request.uid, booking: after.state, position });
};

/**
 * One try at holding the slot and writing the request, as two appends in order. What the saga decides on the request at once
 * is written with it. The embedded engine commits both or none; elsewhere a hold whose request never came is released
 * later. A request that competes with others (`holdsSlot` false) must find its slot free, and holds nothing.
 */
export const holdAndRequest = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  hold: HoldSlot,
  context: CommandContext,
): Promise<E.Either<WriteError, Written>> => {
  const competes = planApproval(request.eventType, hold.now, request.start)?.holdsSlot === false;
  const schedule = competes
    ? await presentSchedule(deps, request.host.id)
    : await scheduleFor(deps, request.host.id, hold);
  if (E.isLeft(schedule)) return schedule;
  const salt = deps.identity.newSalt();
  // Stores know a repeat by its ids alone. Two tries under one key differ in time and salt: with equal ids the slower one
  // would be told that what it made was written, and go on from that.
  const commandId = `${context.commandId}/${salt}`;
  const own = { ...context, commandId: `${commandId}/hold` };
  const held = deps.buses.schedules.prepare(request.host.id, hold, own, schedule.right);
  if (E.isLeft(held)) return E.left({ type: 'SlotRefused', refusal: held.left.rejection });
  const found = heldSlot(held.right.events[0]) ?? heldBefore(schedule.right.state, request);
  if (found === null) return E.left({ type: 'KeyReused' });
  const attempt = { now: hold.now, salt, context: { ...context, commandId } };
  // What holds no time of its own says itself what it was decided by.
  return competes
    ? append(deps, request, found, attempt, null, hold.decidedBy ?? null)
    : append(deps, request, found, attempt, held.right, null);
};

/**
 * A hold of this booking that an earlier, interrupted attempt has left; null where that attempt was for another time.
 */
const heldBefore = (
  schedule: ScheduleState,
  { uid, eventType, start, lengthInMinutes }: BookingRequest,
): Held | null => {
  const held = claimOf(schedule, uid);
  const slot = slotAt(eventType, start, lengthInMinutes);
  const isSame = held?.claim.start === slot.claim.start && held?.claim.end === slot.claim.end;
  // With other buffers the same claim is that of another meeting.
  return isSame && held.start === slot.start ? { slot, icsUid: held.icsUid } : null;
};
