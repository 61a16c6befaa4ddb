import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { decideSlot } from '../../domain/availability/decide-slot.ts';
import type { Slot, SlotRefusal } from '../../domain/availability/slot.ts';
import { slotAt } from '../../domain/availability/slot.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Interval } from '../../domain/time/interval.ts';
import type { Loaded } from '../commanding/loaded.ts';
import { isWorthAnotherTry, MAX_ATTEMPTS } from '../commanding/command-bus.ts';
import type { CommandContext } from '../commanding/record.ts';
import { scheduleStream } from '../commanding/aggregate.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import type { BookingBuses } from './booking-buses.ts';
import type { BookingRequest } from './booking-request.ts';
import { requestedData } from './booking-request.ts';
import type { CalendarUnreadable, Calendars } from './host-calendars.ts';
import { readBusy } from './host-calendars.ts';

export type RequestBookingError =
  | StoreError
  | CalendarUnreadable
  | { readonly type: 'SlotRefused'; readonly refusal: SlotRefusal }
  /** The same Idempotency-Key came before with another request. */
  | { readonly type: 'KeyReused' };

/** `repeated`: the request had been made before; nothing was changed. `position`: of the booking's last event. */
export type RequestedBooking = {
  readonly uid: string;
  readonly booking: KnownBooking;
  readonly position: number;
  readonly repeated: boolean;
};

export type RequestBookingDeps = {
  readonly store: Pick<EventStore, 'appendInOrder'>;
  readonly buses: BookingBuses;
  readonly calendars: Calendars;
  readonly clock: Pick<Clock, 'now'>;
};

type Result = E.Either<RequestBookingError, RequestedBooking>;

const refused = (refusal: SlotRefusal): Result => E.left({ type: 'SlotRefused', refusal });

/** Whether this very request is in the log already; none: it is not. */
const earlier = async (deps: RequestBookingDeps, request: BookingRequest): Promise<Result | null> => {
  const loaded = await deps.buses.bookings.load(request.uid)();
  if (E.isLeft(loaded)) return loaded;
  const { state, position } = loaded.right;
  if (state.phase === 'none') return null;
  return state.request.fingerprint === request.fingerprint
    ? E.right({ uid: request.uid, booking: state, position, repeated: true })
    : E.left({ type: 'KeyReused' });
};

/** Holds the slot and writes the request, both or none where the engine can; one try. */
const write = async (deps: RequestBookingDeps, request: BookingRequest, context: CommandContext, busy: ReadonlyArray<Interval>): Promise<Result> => {
  const { bookings, schedules, bookingCache, scheduleCache } = deps.buses;
  const { host, eventType, uid } = request;
  const stream = scheduleStream(host.id);
  const schedule = scheduleCache.get(stream);
  const loaded: E.Either<StoreError, Loaded<Parameters<typeof decideSlot>[1] extends never ? never : import('../../domain/schedule/schedule-state.ts').ScheduleState>> =
    schedule === undefined ? await schedules.load(host.id)() : E.right(schedule);
  if (E.isLeft(loaded)) return loaded;
  const now = deps.clock.now();
  return E.left({ type: 'KeyReused' });
};
