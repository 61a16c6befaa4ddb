import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/interval.ts';
import type { KnownBooking } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent, BookingEventData } from './events/index.ts';
import type { BookingRejection } from './rejection.ts';

/** A node carries out an effect until this UTC instant; then another may. */
export type Lease = BookingEventData<'EffectLeased'>;

/** One calendar does one thing at a time for one booking, whatever the thing. */
export const calendarEffect = (calendarId: string): string => `calendar ${calendarId}`;
export const ROOM_EFFECT = 'room';
/** What one group has to say of one event. */
export const tellingEffect = (group: string, eventId: string): string => `${group} ${eventId}`;

/** The lease that keeps `node` from the effect now, epoch ms; null: nothing does. Its own lease is no hindrance. */
export const leaseElsewhere = (
  { leases }: { readonly leases: ReadonlyArray<Lease> },
  effect: string,
  node: string,
  now: number,
): Lease | null =>
  leases.find((lease) => lease.effect === effect && lease.node !== node && toEpochMs(lease.until) > now) ?? null;

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

type Leased = { readonly leases: ReadonlyArray<Lease> };

/** Those that ended before this one began are forgotten. */
export const withLease = <B extends Leased>(booking: B, lease: Lease, occurredAt: string): B => ({
  ...booking,
  leases: [
    ...booking.leases.filter(
      ({ effect, until }) => effect !== lease.effect && toEpochMs(until) > toEpochMs(occurredAt),
    ),
    lease,
  ],
});

/** The outcome of an effect ends its lease. */
export const withoutLease = <B extends Leased>(booking: B, effect: string): B =>
  booking.leases.some((lease) => lease.effect === effect)
    ? { ...booking, leases: booking.leases.filter((lease) => lease.effect !== effect) }
    : booking;
