import * as E from 'fp-ts/lib/Either.js';
import { decodeScheduleEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toEpochMs, backoffMs } from '../../domain/time/time.ts';
import { bookingStream, scheduleHostOf } from './aggregate.ts';
import { verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup, Verdict } from '../ports/consumer-groups.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import type { BookingBuses } from './booking-buses.ts';

/**
 * Milliseconds. A hold and its request are written one right after the other: a hold of this age without a request
 * stays without one.
 */
export const ABANDONED_AFTER_MS = 60_000;

/**
 * Milliseconds until a hold without a request is checked again. A node may be between the two appends, so a new hold is
 * left alone for a second, and each further check waits as long as all before together.
 */
const untilNextLook = (ageMs: number): number => Math.max(1_000, ageMs);

type Deps = {
  readonly buses: BookingBuses;
  readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
};

/**
 * How long ago an event was written, in milliseconds: by its own time, or, where that is in the future, since it was
 * first seen.
 */
type Ages = { readonly of: (recorded: RecordedEvent) => number; readonly forget: (recorded: RecordedEvent) => void };

const makeAges = (clock: Deps['clock']): Ages => {
  const firstSeen = new Map<string, number>();
  return {
    of: ({ id, occurredAt }) => {
      const age = clock.now() - toEpochMs(occurredAt);
      if (age < 0 && !firstSeen.has(id)) firstSeen.set(id, clock.elapsed());
      const seen = firstSeen.get(id);
      return seen === undefined ? age : Math.max(age, clock.elapsed() - seen);
    },
    forget: ({ id }) => void firstSeen.delete(id),
  };
};

type Held<T extends ScheduleEvent['type']> = Extract<ScheduleEvent, { readonly type: T }>['data'];

/** The same for a time that was held for a move: the booking knows of every move that was asked for. */
const keepForMove = async (
  { buses, clock, identity }: Deps,
  ages: Ages,
  recorded: RecordedEvent,
  { bookingUid, rescheduleId }: Held<'NewSlotHeld'>,
): Promise<Verdict> => {
  const ageMs = ages.of(recorded);
  if (ageMs < untilNextLook(0)) return { type: 'defer', afterMs: untilNextLook(0) - ageMs };
  const booking = await buses.bookings.load(bookingUid)();
  if (E.isLeft(booking)) return verdictOnFailure(booking.left);
  const { state } = booking.right;
  if (state.phase === 'none') return { type: 'ack' };
  const isAskedFor = state.reschedule?.id === rescheduleId || state.reschedules.some(({ id }) => id === rescheduleId);
  if (isAskedFor) return { type: 'ack' };
  if (ageMs < ABANDONED_AFTER_MS)
    return { type: 'defer', afterMs: Math.min(ABANDONED_AFTER_MS - ageMs, untilNextLook(ageMs)) };
  const now = clock.now();
  const context = {
    commandId: identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: bookingUid,
    causationId: recorded.id,
  } as const;
  // First, so that a request that is still on its way is refused. Once it is in the booking the saga releases the time
  // too, should this not come to it.
  const abandoned = await buses.bookings.execute(
    bookingUid,
    { type: 'AbandonReschedule', rescheduleId, now },
    context,
  )();
  if (E.isLeft(abandoned)) return verdictOnFailure(abandoned.left);
  if (abandoned.right.events.length === 0) return { type: 'ack' };
  const release = { type: 'SettleReschedule', now, bookingUid, rescheduleId, moved: false } as const;
  const own = { ...context, commandId: identity.newCommandId() };
  const released = await buses.schedules.execute(scheduleHostOf(recorded.stream) ?? '', release, own)();
  return E.isRight(released) ? { type: 'ack' } : verdictOnFailure(released.left);
};

const keep = async (deps: Deps, ages: Ages, recorded: RecordedEvent): Promise<Verdict> => {
  const { buses, clock, identity } = deps;
  const decoded = decodeScheduleEvent(recorded);
  if (E.isLeft(decoded)) return { type: 'park', reason: decoded.left.reason };
  if (decoded.right.type === 'NewSlotHeld') return keepForMove(deps, ages, recorded, decoded.right.data);
  if (decoded.right.type !== 'SlotHeld') return { type: 'ack' };
  const { bookingUid } = decoded.right.data;
  if (buses.bookingCache.get(bookingStream(bookingUid)) !== undefined) return { type: 'ack' };
  const freshMs = untilNextLook(0) - ages.of(recorded);
  if (freshMs > 0) return { type: 'defer', afterMs: freshMs };
  const booking = await buses.bookings.load(bookingUid)();
  // Only a stream with events can be damaged, or of a newer program: then the request was written.
  if (E.isLeft(booking)) return booking.left.type === 'Corrupt' ? { type: 'ack' } : verdictOnFailure(booking.left);
  if (booking.right.state.phase !== 'none') return { type: 'ack' };
  const now = clock.now();
  const ageMs = ages.of(recorded);
  if (ageMs < ABANDONED_AFTER_MS)
    return { type: 'defer', afterMs: Math.min(ABANDONED_AFTER_MS - ageMs, untilNextLook(ageMs)) };
  const context = {
    commandId: identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: bookingUid,
    causationId: recorded.id,
  } as const;
  // The booking first, so that a request that is still on its way is refused: its slot may belong to another booking by
  // then.
  const abandoned = await buses.bookings.execute(bookingUid, { type: 'AbandonRequest', now }, context)();
  if (E.isLeft(abandoned)) return verdictOnFailure(abandoned.left);
  if (abandoned.right.state.phase !== 'none') return { type: 'ack' };
  const { occurredAt: heldAt } = recorded;
  const release = { type: 'ReleaseSlot', now, bookingUid, reason: 'never_requested', heldAt } as const;
  const own = { ...context, commandId: identity.newCommandId() };
  const released = await buses.schedules.execute(scheduleHostOf(recorded.stream) ?? '', release, own)();
  return E.isRight(released) ? { type: 'ack' } : verdictOnFailure(released.left);
};

/**
 * Releases slots whose booking request was never written. That happens only where an engine cannot write both at once
 * and stopped in between.
 */
export const abandonedHoldCleanup = (deps: Deps): ConsumerGroup => {
  const ages = makeAges(deps.clock);
  return {
    // A stored name: positions are kept under it.
    name: 'hold-keeper',
    accepts: ({ type }) => type === 'SlotHeld' || type === 'NewSlotHeld',
    startAt: 'beginning',
    keyOf: ({ position }) => String(position),
    maxInFlight: 64,
    maxAttempts: 10,
    backoffMs: (attempt) => backoffMs(1_000, 60_000, attempt),
    handle: async ({ event }) => {
      const verdict = await keep(deps, ages, event);
      if (verdict.type === 'ack' || verdict.type === 'park') ages.forget(event);
      return verdict;
    },
  };
};
