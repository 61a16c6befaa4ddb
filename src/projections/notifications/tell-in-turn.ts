import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import { verdictOnFailure } from '../../application/consuming/verdict-on-failure.ts';
import type { Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { LeasingDeps } from '../../application/consuming/leasing.ts';
import { keepingLease, takeLease } from '../../application/consuming/leasing.ts';
import { tellingEffect } from '../../domain/booking/lease.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import type { ToldBooking, ToldEvent } from './told-booking.ts';
import { readToldBooking } from './told-booking.ts';

export type TurnDeps = LeasingDeps & {
  readonly store: Pick<EventStore, 'readStream'>;
  /** Milliseconds after an event for which what is earlier is waited for; longer than anything is tried. */
  readonly patienceMs: number;
};

/** Milliseconds until what another node is at is looked at again; it mostly takes a second. */
const LOOK_AFTER_OTHERS_MS = 5_000;
const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 300_000;

/** Waits a quarter of the time that was waited already: what is settled soon is seen soon, what takes hours costs little. */
const untilItsTurn = (waitedMs: number): Verdict => ({
  type: 'defer',
  afterMs: Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, Math.floor(waitedMs / 4))),
});

/** What a group has to say of events; `event` is the one that the delivery brings, or an earlier one of the booking. */
export type Teller = {
  readonly group: string;
  /** Whether anything of the event has come to no end yet, neither sent nor given up. */
  readonly isOpen: (told: ToldEvent) => boolean;
  /** Whether `tell` would send something now. */
  readonly hasToSend: (booking: ToldBooking, delivery: Delivery) => boolean;
  readonly tell: (booking: ToldBooking, delivery: Delivery) => Promise<Verdict>;
};

const tellUnderLease = async (deps: TurnDeps, teller: Teller, delivery: Delivery): Promise<Verdict> => {
  const { event } = delivery;
  const uid = bookingUidOf(event.stream) ?? '';
  const effect = tellingEffect(teller.group, event.id);
  const lease = await takeLease(deps)(uid, effect, event.id);
  if (lease.type === 'failed') return verdictOnFailure(lease.error);
  if (lease.type === 'elsewhere')
    return { type: 'defer', afterMs: Math.max(1, Math.min(lease.until - deps.clock.now(), LOOK_AFTER_OTHERS_MS)) };
  // Another node may have said it just before the lease was taken.
  const booking = await readToldBooking(deps.store)(event, delivery.since)();
  if (E.isLeft(booking)) return verdictOnFailure(booking.left);
  return keepingLease(deps)(uid, effect, event.id, () => teller.tell(booking.right, delivery));
};

/**
 * Tells of one event, once and in turn, whatever the number of nodes: what the group had to say of earlier events of the
 * booking is settled first, and the node that tells has the lease. Where one process has the log alone both are so
 * by construction, and nothing is asked.
 */
export const tellInTurn =
  (deps: TurnDeps) =>
  async (teller: Teller, delivery: Delivery): Promise<Verdict> => {
    const { event, since } = delivery;
    const booking = await readToldBooking(deps.store)(event, since)();
    if (E.isLeft(booking)) return verdictOnFailure(booking.left);
    const waited = deps.clock.now() - toEpochMs(event.occurredAt);
    if (waited < deps.patienceMs && booking.right.earlier.some(teller.isOpen)) return untilItsTurn(waited);
    return deps.leasing === null || !teller.hasToSend(booking.right, delivery)
      ? teller.tell(booking.right, delivery)
      : tellUnderLease(deps, teller, delivery);
  };
