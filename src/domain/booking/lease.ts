import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { KnownBooking } from './booking-state.ts';
import type { BookingCommandOf, BookingRejection } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events.ts';

/** A node carries out an effect until this UTC instant; then another may. */
export type Lease = BookingEventData<'EffectLeased'>;

/** `since`: when it was taken, by the clock of the node that took it. */
export type TakenLease = Lease & { readonly since: string };

/**
 * A lease counts from when it was taken until it ends. One from further in the future than it lasts was taken by a clock that was
 * ahead and is set right, or by a node whose clock is off by more than a lease: nobody would wait for that.
 */
const isHeld = ({ since, until }: TakenLease, now: number): boolean => {
  const [from, to] = [toEpochMs(since), toEpochMs(until)];
  return to > now && from - now <= to - from;
};

/** One calendar does one thing at a time for one booking, whatever the thing. */
export const calendarEffect = (calendarId: string): string => `calendar ${calendarId}`;
export const ROOM_EFFECT = 'room';
/** What one group has to say of one event. */
export const notificationEffect = (group: string, eventId: string): string => `${group} ${eventId}`;

/** The lease that keeps `node` from the effect now, epoch ms; null: nothing does. Its own lease is no hindrance. */
export const leaseElsewhere = (
  { leases }: { readonly leases: ReadonlyArray<TakenLease> },
  effect: string,
  node: string,
  now: number,
): TakenLease | null =>
  leases.find((lease) => lease.effect === effect && lease.node !== node && isHeld(lease, now)) ?? null;

/** Taken, or taken for longer by the node that has it. While another node has it: refused. */
export const leaseEffect = (
  booking: KnownBooking,
  { effect, lease: { node, until }, now }: Pick<BookingCommandOf<'LeaseEffect'>, 'effect' | 'lease' | 'now'>,
): E.Either<BookingRejection, ReadonlyArray<BookingEvent>> => {
  const other = leaseElsewhere(booking, effect, node, now);
  const data = { effect, node, until: toInstant(until) };
  return other === null
    ? E.right([{ type: 'EffectLeased', occurredAt: toInstant(now), data }])
    : E.left({ type: 'LeasedElsewhere', node: other.node, until: other.until });
};

type Leased = { readonly leases: ReadonlyArray<TakenLease> };

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
