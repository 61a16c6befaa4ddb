import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { BookingState, KnownBooking } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection, LeaseRequest } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events.ts';

/** A node carries out an effect until this UTC instant; then another may. */
export type Lease = BookingEventData<'EffectLeased'>;

/** `since`: when it was taken, by the clock of the node that took it. */
export type RecordedLease = Lease & { readonly since: string };

/**
 * A lease counts from when it was taken until it ends. One from further in the future than it lasts was taken by a clock that was
 * ahead and is set right, or by a node whose clock is off by more than a lease: nobody would wait for that.
 */
const isHeld = ({ since, until }: RecordedLease, now: number): boolean => {
  const [from, to] = [toEpochMs(since), toEpochMs(until)];
  return to > now && from - now <= to - from;
};

/** All that is done in the world for one booking: one lease for several effects. */
export const ALL_EFFECTS = 'booking';
/** One calendar does one thing at a time for one booking, whatever the thing. */
export const calendarEffect = (calendarId: string): string => `calendar ${calendarId}`;
export const ROOM_EFFECT = 'room';
/** What one group has to say of one event. */
export const notificationEffect = (group: string, eventId: string): string => `${group} ${eventId}`;

type Leased = { readonly leases: ReadonlyArray<RecordedLease> };

/** Of any booking. */
export const leasesOf = (booking: BookingState): ReadonlyArray<RecordedLease> =>
  booking.phase === 'none' ? [] : booking.leases;

const covers = (lease: Lease, effect: string): boolean => lease.effect === effect || lease.effect === ALL_EFFECTS;

/** The lease that keeps `node` from the effect now, epoch ms; null: nothing does. Its own lease is no hindrance. */
export const leaseElsewhere = ({ leases }: Leased, effect: string, node: string, now: number): RecordedLease | null =>
  leases.find((lease) => covers(lease, effect) && lease.node !== node && isHeld(lease, now)) ?? null;

/** Until when `node` has the effect, or all of the booking, epoch ms; 0: it has it not. */
export const leasedUntil = ({ leases }: Leased, effect: string, node: string, now: number): number =>
  Math.max(
    0,
    ...leases
      .filter((lease) => covers(lease, effect) && lease.node === node && isHeld(lease, now))
      .map(({ until }) => toEpochMs(until)),
  );

/** Whether the node has the effect for more than half of the time that it wants it for: no need to ask for it again. */
export const hasLease = (booking: Leased, effect: string, { node, until }: LeaseRequest, now: number): boolean =>
  leasedUntil(booking, effect, node, now) - now > (until - now) / 2;

const leased = (effect: string, { node, until }: LeaseRequest, now: number): BookingEvent => ({
  type: 'EffectLeased',
  occurredAt: toInstant(now),
  data: { effect, node, until: toInstant(until) },
});

/**
 * Taken, or taken for longer by the node that has it: with the effect all that is done for the booking, unless it is
 * wanted `alone`. Success without an event where the node has it for long enough. While another node has it: refused.
 */
export const leaseEffect = (
  booking: KnownBooking,
  { effect, alone = false, lease, now }: Pick<BookingCommandOf<'LeaseEffect'>, 'effect' | 'alone' | 'lease' | 'now'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const other = leaseElsewhere(booking, effect, lease.node, now);
  if (other !== null) return E.left({ type: 'LeasedElsewhere', node: other.node, until: other.until });
  return E.right(hasLease(booking, effect, lease, now) ? [] : [leased(alone ? effect : ALL_EFFECTS, lease, now)]);
};

/** The lease for all of the booking; none where another node has it, or this one has it for long enough. */
export const leaseAll = (booking: KnownBooking, lease: LeaseRequest, now: number): ReadonlyArray<BookingEvent> =>
  leaseElsewhere(booking, ALL_EFFECTS, lease.node, now) !== null || hasLease(booking, ALL_EFFECTS, lease, now)
    ? []
    : [leased(ALL_EFFECTS, lease, now)];

/** Those that ended before this one began are forgotten. */
export const withLease = <B extends Leased>(booking: B, lease: Lease, occurredAt: string): B => ({
  ...booking,
  leases: [
    ...booking.leases.filter(
      ({ effect, until }) => effect !== lease.effect && toEpochMs(until) > toEpochMs(occurredAt),
    ),
    { ...lease, since: occurredAt },
  ],
});

/** The outcome of an effect ends its lease. */
export const withoutLease = <B extends Leased>(booking: B, effect: string): B =>
  booking.leases.some((lease) => lease.effect === effect)
    ? { ...booking, leases: booking.leases.filter((lease) => lease.effect !== effect) }
    : booking;
