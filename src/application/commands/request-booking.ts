import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { slotAt } from '../../domain/availability/slot.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { type HoldSlot, decideSchedule } from '../../domain/schedule/decide.ts';
import { type CalendarBusy, decisionFacts, rulesOf } from '../../domain/rules/decision-facts.ts';
import type { CalendarUnreadable } from '../calendars/host-calendars.ts';
import { readBusyToDecide } from '../calendars/note-calendars.ts';
import type { Calendar } from '../ports/calendar.ts';
import type { StoreError } from '../ports/event-store.ts';
import { scheduleStream } from './aggregate.ts';
import { type BookingRequest, isOfRequest } from './booking-request.ts';
import { isWorthAnotherTry, MAX_ATTEMPTS } from './command-bus.ts';
import { holdAndRequest, presentSchedule, type RequestBookingDeps } from './hold-and-request.ts';
import { type SlotRefused, withBusy } from './booking-request.ts';
import type { CommandContext } from './record.ts';

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

export type RequestBookingError =
  | StoreError
  | CalendarUnreadable
  | SlotRefused
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
  return isOfRequest(state.request, deps.identity.sha256, request.fingerprint)
    ? E.right({ uid: request.uid, booking: state, position, repeated: true })
    : E.left({ type: 'KeyReused' });
};

const holdCommand = (
  deps: RequestBookingDeps,
  request: BookingRequest,
  read: ReadonlyArray<CalendarBusy>,
): HoldSlot => ({
  type: 'HoldSlot',
  now: deps.clock.now(),
  bookingUid: request.uid,
  icsUid: makeIcsUid(request.uid, request.host.calendarIds, deps.calendars),
  rules: { host: request.host, eventType: request.eventType },
  start: request.start,
  lengthInMinutes: request.lengthInMinutes,
  busy: read.flatMap(({ busy }) => busy),
  decidedBy: decisionFacts(rulesOf(deps.identity.sha256, request.host).digest, read),
});

/** What the calendars say about the wanted time; asked only when our own schedule has nothing against it. */
const busyTimes = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  context: CommandContext,
  signal: AbortSignal,
): Promise<E.Either<RequestBookingError, ReadonlyArray<CalendarBusy>>> => {
  if (request.host.calendarIds.length === 0) return E.right([]);
  const schedule = await presentSchedule(deps, request.host.id);
  if (E.isLeft(schedule)) return schedule;
  const refused = decideSchedule(schedule.right.state, holdCommand(deps, request, []));
  if (E.isLeft(refused)) return E.left({ type: 'SlotRefused', refusal: refused.left });
  const wanted = slotAt(request.eventType, request.start, request.lengthInMinutes);
  return readBusyToDecide(deps)(request.host, schedule.right.state, wanted, context, signal)();
};

const decided = async (
  deps: RequestBookingDeps,
  request: BookingRequest,
  busy: ReadonlyArray<CalendarBusy>,
  context: CommandContext,
): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    const before = request.repeatable || attempt > 1 ? await earlier(deps, request) : null;
    if (before !== null) return before;
    const written = await holdAndRequest(deps, request, holdCommand(deps, request, busy), context);
    if (E.isRight(written)) return E.right({ ...written.right, repeated: false });
    if (!isWorthAnotherTry(written.left) || attempt === MAX_ATTEMPTS)
      return E.left(withBusy(busy, slotAt(request.eventType, request.start, request.lengthInMinutes))(written.left));
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
    const busy = await busyTimes(deps, request, context, signal);
    if (E.isLeft(busy)) return pipe(await earlierAfterRefusal(deps, request), (repeat) => repeat ?? busy);
    return deps.buses.queue(scheduleStream(request.host.id), () => decided(deps, request, busy.right, context));
  };

/** Two equal requests at once: the slower one finds the slot taken by the faster, which is its own booking (S24). */
const earlierAfterRefusal = (deps: RequestBookingDeps, request: BookingRequest): Promise<Result | null> =>
  request.repeatable ? earlier(deps, request) : Promise.resolve(null);
