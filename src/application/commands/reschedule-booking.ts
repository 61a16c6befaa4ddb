import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { slotAt } from '../../domain/availability/slot.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingRejection, LeaseRequest } from '../../domain/booking/commands.ts';
import { decideReschedule } from '../../domain/booking/decide-reschedule.ts';
import { followUp } from '../../domain/saga/follow-up.ts';
import { decideSchedule } from '../../domain/schedule/decide.ts';
import type { CalendarBusy } from '../../domain/rules/decision-facts.ts';
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
import { competes, slotHoldOf, rescheduleCommandOf, type RescheduleRequest } from './reschedule-request.ts';
import { type SlotRefused, withBusy } from './booking-request.ts';

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
  const hold = decideSchedule(schedule.right.state, slotHoldOf(deps, asked, booking, []));
  if (E.isLeft(hold)) return E.left({ type: 'SlotRefused', refusal: hold.left });
  const wanted = slotAt(asked.eventType, asked.start, booking.request.lengthInMinutes);
  return readBusyToDecide(deps)(asked.host, schedule.right.state, wanted, context, signal, asked.uid)();
};

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
  const command = rescheduleCommandOf(deps, asked, booking);
  // Two tries under one key differ in time and salt, and so must the ids of what they write.
  const commandId = `${context.commandId}/${command.salt}`;
  const following = followUp(command.now, deps.leaseAlong?.(asked.uid));
  const moved = bookings.prepare(asked.uid, command, { ...context, commandId }, loaded.right, following);
  if (E.isLeft(moved)) return refused(moved.left.rejection);
  if (!moved.right.events.some(({ type }) => type === 'RescheduleRequested'))
    return E.right({ booking, position, repeated: true });
  const schedule = await schedules.load(asked.host.id)();
  if (E.isLeft(schedule)) return schedule;
  const hold = slotHoldOf(deps, asked, booking, busy);
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
    const decided = decideReschedule(booking, rescheduleCommandOf(deps, asked, booking));
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
