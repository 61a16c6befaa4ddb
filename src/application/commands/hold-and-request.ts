import * as E from 'fp-ts/lib/Either.js';
import { type Slot, type SlotRefusal, slotAt } from '../../domain/availability/slot.ts';
import { type BookingState, type KnownBooking, noBooking } from '../../domain/booking/booking-state.ts';
import type { HoldSlot } from '../../domain/schedule/decide.ts';
import { type ScheduleEvent, type ScheduleState, claimOf } from '../../domain/schedule/schedule-state.ts';
import { intervalOf } from '../../domain/time/time.ts';
import { bookingStream, scheduleStream } from './aggregate.ts';
import { type Loaded, unloaded } from './loaded.ts';
import type { CommandContext } from './record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import type { BookingBuses } from './booking-buses.ts';
import { type BookingRequest, type SagaTimings, requestedData } from './booking-request.ts';
import type { Calendars } from '../calendars/host-calendars.ts';

export type RequestBookingDeps = {
  readonly store: Pick<EventStore, 'appendInOrder'>;
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt'>;
  readonly timings: SagaTimings;
};

/**
 * The schedule as this process knows it; whoever is faster from now on shows up as a revision conflict. Where others append
 * too it is read on first: a slot that was freed elsewhere must not be refused.
 */
export const presentSchedule = async (
  { buses }: Pick<RequestBookingDeps, 'buses'>,
  hostId: string,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> => {
  const known = buses.sharedLog ? undefined : buses.scheduleCache.get(scheduleStream(hostId));
  return known === undefined ? buses.schedules.load(hostId)() : E.right(known);
};

type Written = { readonly uid: string; readonly booking: KnownBooking; readonly position: number };
type WriteError =
  StoreError | { readonly type: 'SlotRefused'; readonly refusal: SlotRefusal } | { readonly type: 'KeyReused' };

/** An earlier try was given up, and its hold is about to be released: it must not be built upon. */
const stillHeld = (uid: string, { revision }: Loaded<BookingState>): StoreError => ({
  type: 'RevisionConflict',
  stream: bookingStream(uid),
  expected: 'no-stream',
  actual: revision,
});

/** What the request goes by: the slot, and the UID that was fixed when it was held. */
type Held = { readonly slot: Slot; readonly icsUid: string };

const heldSlot = (event: ScheduleEvent | undefined): Held | null =>
  event?.type === 'SlotHeld'
    ? { slot: { ...intervalOf(event.data), claim: intervalOf(event.data.claim) }, icsUid: event.data.icsUid }
    : null;

/**
 * One try at holding the slot and writing the request, as two appends in order: a request is never written without its
 * slot. The embedded engine commits both or none; elsewhere a hold whose request never came is released later.
 */
export const holdAndRequest = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  hold: HoldSlot,
  context: CommandContext,
): Promise<E.Either<WriteError, Written>> => {
  const { bookings, schedules, bookingCache, scheduleCache } = deps.buses;
  const schedule = await presentSchedule(deps, request.host.id);
  if (E.isLeft(schedule)) return schedule;
  const salt = deps.identity.newSalt();
  // Stores know a repeat by its ids alone. Two tries under one key differ in time and salt: with equal ids the slower one
  // would be told that what it made was written, and go on from that.
  const commandId = `${context.commandId}/${salt}`;
  const held = schedules.prepare(request.host.id, hold, { ...context, commandId: `${commandId}/hold` }, schedule.right);
  if (E.isLeft(held)) return E.left({ type: 'SlotRefused', refusal: held.left.rejection });
  const known = bookingCache.get(bookingStream(request.uid)) ?? unloaded(noBooking);
  if (known.revision !== 'no-stream' && held.right.events.length === 0) return E.left(stillHeld(request.uid, known));
  const hasHeld = heldSlot(held.right.events[0]) ?? heldBefore(schedule.right.state, request);
  if (hasHeld === null) return E.left({ type: 'KeyReused' });
  const { slot, icsUid } = hasHeld;
  const frozen = { now: hold.now, salt, icsUid, timings: deps.timings, calendars: deps.calendars };
  const command = { type: 'RequestBooking', now: hold.now, request: requestedData(request, slot, frozen) } as const;
  const booked = bookings.prepare(request.uid, command, { ...context, commandId }, known);
  if (E.isLeft(booked)) return E.left({ type: 'KeyReused' });
  const appended = await deps.store.appendInOrder([held.right.append, booked.right.append])();
  if (E.isLeft(appended)) return appended;
  const [slotAppended, bookingAppended] = appended.right;
  if (slotAppended !== undefined)
    scheduleCache.put(held.right.append.stream, held.right.written(slotAppended.position));
  const position = bookingAppended?.position ?? 0;
  const after = booked.right.written(position);
  bookingCache.put(bookingStream(request.uid), after);
  return after.state.phase === 'none'
    ? E.left({ type: 'Corrupt', reason: `the request of ${request.uid} left no booking` })
    : E.right({ uid: request.uid, booking: after.state, position });
};

/** A hold of this very booking that an earlier, interrupted try has left; null where that try was for another time. */
const heldBefore = (
  schedule: ScheduleState,
  { uid, eventType, start, lengthInMinutes }: BookingRequest,
): Held | null => {
  const held = claimOf(schedule, uid);
  const slot = slotAt(eventType, start, lengthInMinutes);
  const isSame = held?.claim.start === slot.claim.start && held?.claim.end === slot.claim.end;
  return isSame ? { slot, icsUid: held.icsUid } : null;
};
