import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { EventType } from '../../domain/bookable/event-type.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { slotAt, type SlotRules } from '../../domain/availability/slot.ts';
import { type BookingState, isAwaitingApproval, type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommandOf, BookingRejection, LeaseRequest } from '../../domain/booking/commands.ts';
import { holdsSlotUndecided, planApproval } from '../../domain/booking/approval.ts';
import { decideReschedule } from '../../domain/booking/decide-reschedule.ts';
import { followUp } from '../../domain/saga/follow-up.ts';
import { type HoldNewSlot, decideSchedule } from '../../domain/schedule/decide.ts';
import { claimOf, type ScheduleState } from '../../domain/schedule/schedule-state.ts';
import { type CalendarBusy, decisionFacts, rulesOf } from '../../domain/rules/decision-facts.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Calendars, CalendarUnreadable } from '../calendars/host-calendars.ts';
import { readBusyToDecide } from '../calendars/note-calendars.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import { bookingStream, scheduleStream } from './aggregate.ts';
import type { Report } from '../saga/effect-context.ts';
import type { BookingBuses } from './booking-buses.ts';
import { forgetBoth } from './hold-and-request.ts';
import { isWorthAnotherTry, MAX_ATTEMPTS } from './command-bus.ts';
import type { CommandContext } from './record.ts';
import { type SlotRefused, withBusy } from './booking-request.ts';

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

export type RescheduleBookingDeps = {
  readonly store: Pick<EventStore, 'appendInOrder'>;
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newSalt' | 'sha256'>;
  readonly report: Report;
  /** How long calendars are tried for a move, in milliseconds. */
  readonly allowanceMs: number;
  /** What this node takes a lease for along with it; see `leaseAlong` of a request. */
  readonly leaseAlong?: (uid: string) => LeaseRequest | undefined;
};

export type RescheduleBookingError =
  StoreError | CalendarUnreadable | SlotRefused | { readonly type: 'Refused'; readonly rejection: BookingRejection };

/** `repeated`: the move had been asked for before; nothing was changed. `position`: of the booking's last event. */
export type AskedReschedule = {
  readonly booking: KnownBooking;
  readonly position: number;
  readonly repeated: boolean;
};

type Result = E.Either<RescheduleBookingError, AskedReschedule>;

const refused = (rejection: BookingRejection): Result => E.left({ type: 'Refused', rejection });

/** A booking keeps its length when it is moved, also one that its event type does not offer any more. */
const rulesFor = ({ host, eventType }: RescheduleRequest, { request }: KnownBooking): SlotRules => ({
  host,
  eventType: { ...eventType, lengthOptions: [...eventType.lengthOptions, request.lengthInMinutes] },
});

const commandOf = (
  deps: RescheduleBookingDeps,
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

const holdOf = (
  deps: RescheduleBookingDeps,
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

/** What the calendars say about the wanted time, without the booking's own event; asked only when our own log has nothing against it. */
const busyTimes = async (
  deps: RescheduleBookingDeps,
  asked: RescheduleRequest,
  booking: KnownBooking,
  context: CommandContext,
  signal: AbortSignal,
): Promise<E.Either<RescheduleBookingError, ReadonlyArray<CalendarBusy>>> => {
  const schedule = await deps.buses.schedules.load(asked.host.id)();
  if (E.isLeft(schedule)) return schedule;
  const hold = decideSchedule(schedule.right.state, holdOf(deps, asked, booking, []));
  if (E.isLeft(hold)) return E.left({ type: 'SlotRefused', refusal: hold.left });
  const wanted = slotAt(asked.eventType, asked.start, booking.request.lengthInMinutes);
  return readBusyToDecide(deps)(asked.host, schedule.right.state, wanted, context, signal, asked.uid)();
};

/**
 * Whether the booking as it was moved is a request that competes with others, and so finds its new time free and does not
 * hold it. One that holds a slot already, since it is just being approved, holds the new one too.
 */
const competes = (moved: BookingState, schedule: ScheduleState, uid: string): boolean =>
  moved.phase === 'pending' &&
  isAwaitingApproval(moved) &&
  !holdsSlotUndecided(moved) &&
  claimOf(schedule, uid) === undefined;

/**
 * One try at holding the new time and asking for the move, as two appends in order: a move is never asked for without its
 * time. What the saga decides at once is written with it. The embedded engine commits both or none; elsewhere a hold
 * whose move never came is released later.
 */
const holdAndAsk = async (
  deps: RescheduleBookingDeps,
  asked: RescheduleRequest,
  busy: ReadonlyArray<CalendarBusy>,
  context: CommandContext,
): Promise<Result> => {
  const { bookings, schedules, bookingCache, scheduleCache } = deps.buses;
  const loaded = await bookings.load(asked.uid)();
  if (E.isLeft(loaded)) return loaded;
  const { state: booking, position } = loaded.right;
  if (booking.phase === 'none') return refused({ type: 'UnknownBooking' });
  const command = commandOf(deps, asked, booking);
  // Two tries under one key differ in time and salt, and so must the ids of what they write.
  const commandId = `${context.commandId}/${command.salt}`;
  const following = followUp(command.now, deps.leaseAlong?.(asked.uid));
  const moved = bookings.prepare(asked.uid, command, { ...context, commandId }, loaded.right, following);
  if (E.isLeft(moved)) return refused(moved.left.rejection);
  if (!moved.right.events.some(({ type }) => type === 'RescheduleRequested'))
    return E.right({ booking, position, repeated: true });
  const schedule = await schedules.load(asked.host.id)();
  if (E.isLeft(schedule)) return schedule;
  const hold = holdOf(deps, asked, booking, busy);
  const held = schedules.prepare(asked.host.id, hold, { ...context, commandId: `${commandId}/hold` }, schedule.right);
  if (E.isLeft(held)) {
    const wanted = slotAt(asked.eventType, asked.start, booking.request.lengthInMinutes);
    return E.left(withBusy(busy, wanted)({ type: 'SlotRefused', refusal: held.left.rejection }));
  }
  const holds = !competes(moved.right.written(position).state, schedule.right.state, asked.uid);
  const appended = await deps.store.appendInOrder([...(holds ? [held.right.append] : []), moved.right.append])();
  if (E.isLeft(appended)) {
    forgetBoth(deps.buses, asked.host.id, asked.uid);
    return appended;
  }
  const [slotAppended] = appended.right;
  const bookingAppended = appended.right.at(-1);
  if (holds && slotAppended !== undefined)
    scheduleCache.put(scheduleStream(asked.host.id), held.right.written(slotAppended.position));
  const after = moved.right.written(bookingAppended?.position ?? position);
  bookingCache.put(bookingStream(asked.uid), after);
  return after.state.phase === 'none'
    ? refused({ type: 'UnknownBooking' })
    : E.right({ booking: after.state, position: after.position, repeated: false });
};

/**
 * Asks for another time: the new one is held first, by the rule that offers slots, and the old one is held on to until the
 * saga has moved the booking. Refused without a trace where the booking cannot be moved or the time is not free. The same
 * `rescheduleId` again is answered from the log.
 */
export const rescheduleBooking =
  (deps: RescheduleBookingDeps) =>
  (
    asked: RescheduleRequest,
    context: CommandContext,
    signal: AbortSignal,
  ): TaskEither<RescheduleBookingError, AskedReschedule> =>
  async () => {
    const loaded = await deps.buses.bookings.load(asked.uid)();
    if (E.isLeft(loaded)) return loaded;
    const { state: booking, position } = loaded.right;
    if (booking.phase === 'none') return refused({ type: 'UnknownBooking' });
    const decided = decideReschedule(booking, commandOf(deps, asked, booking));
    if (E.isLeft(decided)) return refused(decided.left);
    if (decided.right.length === 0) return E.right({ booking, position, repeated: true });
    const busy = await busyTimes(deps, asked, booking, context, signal);
    if (E.isLeft(busy)) return busy;
    return deps.buses.queue(scheduleStream(asked.host.id), async () => {
      for (let attempt = 1; ; attempt += 1) {
        const result = await holdAndAsk(deps, asked, busy.right, context);
        if (E.isRight(result) || !isWorthAnotherTry(result.left) || attempt === MAX_ATTEMPTS) return result;
      }
    });
  };
