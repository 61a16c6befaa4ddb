import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type Slot, type SlotRefusal, slotAt } from '../../domain/availability/slot.ts';
import { type BookingState, type KnownBooking, noBooking } from '../../domain/booking/booking-state.ts';
import type { LeaseRequest } from '../../domain/booking/commands.ts';
import { followUp } from '../../domain/saga/follow-up.ts';
import { type HoldSlot, decideSchedule } from '../../domain/schedule/decide.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { type ScheduleState, claimOf } from '../../domain/schedule/schedule-state.ts';
import { intervalOf, type Interval } from '../../domain/time/time.ts';
import { type Calendars, readHostBusy, type CalendarUnreadable } from '../calendars/host-calendars.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import { bookingStream, scheduleStream } from './aggregate.ts';
import type { BookingBuses } from './booking-buses.ts';
import { type BookingRequest, type SagaTimings, requestedData } from './booking-request.ts';
import { isWorthAnotherTry, MAX_ATTEMPTS } from './command-bus.ts';
import type { CommandContext } from './record.ts';
import { type Loaded, unloaded } from './loaded-stream.ts';

/**
 * UID of RFC 5545 of a new booking: one for life, in every mail and every calendar (I6). Where a calendar of the host gives
 * its events UIDs of its own (Google), the booking takes the one that it will give, so that the mailed invitation and the
 * calendar's event are one entry to whoever has both. Asked once, for a new booking; later the log says it.
 */
const makeIcsUid = (
  bookingUid: string,
  calendarIds: ReadonlyArray<string>,
  calendars: ReadonlyMap<string, Pick<Calendar, 'uidGiven'>>,
): string => {
  const given = calendarIds.flatMap((id) => calendars.get(id)?.uidGiven?.(bookingUid) ?? []);
  return given[0] ?? `${bookingUid}@holdfast`;
};

export type RequestBookingDeps = {
  readonly store: Pick<EventStore, 'appendInOrder'>;
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt'>;
  readonly timings: SagaTimings;
  /** What this node takes a lease for along with the request; see `leaseAlong`. */
  readonly leaseAlong?: (uid: string) => LeaseRequest | undefined;
};

/** The schedule as this process knows it: whoever is faster from now on shows up as a revision conflict. */
const knownSchedule = async (
  { buses }: Pick<RequestBookingDeps, 'buses'>,
  hostId: string,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> => {
  const known = buses.scheduleCache.get(scheduleStream(hostId));
  return known === undefined ? buses.schedules.load(hostId)() : E.right(known);
};

/** Read on where others append too: a slot that was freed elsewhere must not be refused. */
const presentSchedule = (
  deps: Pick<RequestBookingDeps, 'buses'>,
  hostId: string,
): Promise<E.Either<StoreError, Loaded<ScheduleState>>> =>
  deps.buses.sharedLog ? deps.buses.schedules.load(hostId)() : knownSchedule(deps, hostId);

/**
 * What is known is enough for a hold that will be appended, and checked by the revision. A refusal, and a hold that is there
 * already, are answers without an append: they hold for the schedule as it is now.
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
 * slot. What the saga decides on the request at once is written with it. The embedded engine commits both or none; elsewhere a hold whose request never came is released later.
 */
const holdAndRequest = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  hold: HoldSlot,
  context: CommandContext,
): Promise<E.Either<WriteError, Written>> => {
  const { bookings, schedules, bookingCache, scheduleCache } = deps.buses;
  const schedule = await scheduleFor(deps, request.host.id, hold);
  if (E.isLeft(schedule)) return schedule;
  const salt = deps.identity.newSalt();
  // Stores know a repeat by its ids alone. Two tries under one key differ in time and salt: with equal ids the slower one
  // would be told that what it made was written, and go on from that.
  const commandId = `${context.commandId}/${salt}`;
  const held = schedules.prepare(request.host.id, hold, { ...context, commandId: `${commandId}/hold` }, schedule.right);
  if (E.isLeft(held)) return E.left({ type: 'SlotRefused', refusal: held.left.rejection });
  const before = bookingCache.get(bookingStream(request.uid)) ?? unloaded(noBooking);
  if (before.revision !== 'no-stream' && held.right.events.length === 0) return E.left(stillHeld(request.uid, before));
  const hasHeld = heldSlot(held.right.events[0]) ?? heldBefore(schedule.right.state, request);
  if (hasHeld === null) return E.left({ type: 'KeyReused' });
  const { slot, icsUid } = hasHeld;
  const frozen = { now: hold.now, salt, icsUid, timings: deps.timings, calendars: deps.calendars };
  const command = { type: 'RequestBooking', now: hold.now, request: requestedData(request, slot, frozen) } as const;
  const following = followUp(hold.now, deps.leaseAlong?.(request.uid));
  const booked = bookings.prepare(request.uid, command, { ...context, commandId }, before, following);
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

export type RequestBookingError =
  | StoreError
  | CalendarUnreadable
  | { readonly type: 'SlotRefused'; readonly refusal: SlotRefusal }
  /** The same Idempotency-Key came before with another request. */
  | { readonly type: 'KeyReused' };

/** `repeated`: the request had been made before; nothing was changed. `position`: of the booking's last event. */
type RequestedBooking = {
  readonly uid: string;
  readonly booking: KnownBooking;
  readonly position: number;
  readonly repeated: boolean;
};

type Result = E.Either<RequestBookingError, RequestedBooking>;

/** Whether this very request is in the log already; null: it is not. */
const earlier = async (deps: RequestBookingDeps, request: BookingRequest): Promise<Result | null> => {
  const loaded = await deps.buses.bookings.load(request.uid)();
  if (E.isLeft(loaded)) return loaded;
  const { state, position } = loaded.right;
  if (state.phase === 'none') return null;
  return state.request.fingerprint === request.fingerprint
    ? E.right({ uid: request.uid, booking: state, position, repeated: true })
    : E.left({ type: 'KeyReused' });
};

const holdCommand = (deps: RequestBookingDeps, request: BookingRequest, busy: ReadonlyArray<Interval>): HoldSlot => ({
  type: 'HoldSlot',
  now: deps.clock.now(),
  bookingUid: request.uid,
  icsUid: makeIcsUid(request.uid, request.host.calendarIds, deps.calendars),
  rules: { host: request.host, eventType: request.eventType },
  start: request.start,
  lengthInMinutes: request.lengthInMinutes,
  busy,
});

/** What the calendars say about the wanted time; asked only when our own schedule has nothing against it. */
const busyTimes = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  signal: AbortSignal,
): Promise<E.Either<RequestBookingError, ReadonlyArray<Interval>>> => {
  if (request.host.calendarIds.length === 0) return E.right([]);
  const schedule = await presentSchedule(deps, request.host.id);
  if (E.isLeft(schedule)) return schedule;
  const refused = decideSchedule(schedule.right.state, holdCommand(deps, request, []));
  if (E.isLeft(refused)) return E.left({ type: 'SlotRefused', refusal: refused.left });
  const { claim } = slotAt(request.eventType, request.start, request.lengthInMinutes);
  return readHostBusy(deps.calendars)(request.host, schedule.right.state, claim, signal)();
};

const decided = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  busy: ReadonlyArray<Interval>,
  context: CommandContext,
): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    const before = request.repeatable || attempt > 1 ? await earlier(deps, request) : null;
    if (before !== null) return before;
    const written = await holdAndRequest(deps, request, holdCommand(deps, request, busy), context);
    if (E.isRight(written)) return E.right({ ...written.right, repeated: false });
    if (!isWorthAnotherTry(written.left) || attempt === MAX_ATTEMPTS) return written;
    const refreshed = await deps.buses.schedules.load(request.host.id)();
    if (E.isLeft(refreshed)) return refreshed;
  }
};

/**
 * Takes a booking request: reads the host's calendars (failing closed), decides by the rule that offers slots, and makes
 * the held slot and `BookingRequested` durable. The saga does the rest. The same request again, under the same
 * Idempotency-Key, is answered from the log. Requests for one host are decided one after the other.
 */
export const requestBooking =
  (deps: RequestBookingDeps) =>
  (
    request: BookingRequest,
    context: CommandContext,
    signal: AbortSignal,
  ): TaskEither<RequestBookingError, RequestedBooking> =>
  async () => {
    const before = request.repeatable ? await earlier(deps, request) : null;
    if (before !== null) return before;
    const busy = await busyTimes(deps, request, signal);
    if (E.isLeft(busy)) return pipe(await earlierAfterRefusal(deps, request), (repeat) => repeat ?? busy);
    return deps.buses.queue(scheduleStream(request.host.id), () => decided(deps, request, busy.right, context));
  };

/** Two equal requests at once: the slower one finds the slot taken by the faster, which is its own booking (S24). */
const earlierAfterRefusal = (deps: RequestBookingDeps, request: BookingRequest): Promise<Result | null> =>
  request.repeatable ? earlier(deps, request) : Promise.resolve(null);
