import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import type { LeasingDeps } from '../../application/consumers/leasing.ts';
import { keepingLease, takeLease, uncounted } from '../../application/consumers/leasing.ts';
import type { Turns } from '../../application/consumers/turns.ts';
import { verdictOnFailure } from '../../application/consumers/verdict-on-failure.ts';
import type { Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { leaseElsewhere, tellingEffect } from '../../domain/booking/lease.ts';
import type { RetryPolicy } from '../../domain/booking/retry.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import type { ToldEvent } from './told-booking.ts';
import { readToldBooking } from './told-booking.ts';

export type TurnDeps = LeasingDeps & {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly turns: Turns;
  readonly retry: RetryPolicy;
  readonly jitter: () => number;
};

/** What a group has to say of an event. */
export type Teller = {
  readonly group: string;
  /** Whether `tell` would send something now. */
  readonly hasToSend: (told: ToldEvent, delivery: Delivery) => boolean;
  readonly tell: (told: ToldEvent, delivery: Delivery) => Promise<Verdict>;
};

/**
 * A message that is to be tried again stays this node's: the lease goes on until then and one lease longer, so that the
 * others leave it alone, and take over if this node dies before. One that cannot be written costs an attempt too many.
 */
const keepUntilNextAttempt = async (
  deps: TurnDeps,
  uid: string,
  effect: string,
  { event, attempt }: Delivery,
  verdict: Verdict,
): Promise<Verdict> => {
  const { leasing, retry, jitter } = deps;
  if (verdict.type !== 'retry' || leasing === null) return verdict;
  const afterMs = verdict.afterMs ?? retryDelayMs(retry, attempt, jitter());
  const longer = { ...deps, leasing: { ...leasing, leaseMs: afterMs + leasing.leaseMs } };
  await takeLease(uncounted(longer))(uid, effect, event.id);
  return { ...verdict, afterMs };
};

const tellUnderLease = async (
  deps: TurnDeps,
  teller: Teller,
  delivery: Delivery,
  present: KnownBooking,
): Promise<Verdict> => {
  const { event } = delivery;
  const uid = bookingUidOf(event.stream) ?? '';
  const standByMs = deps.turns.standByMs(uid);
  const effect = tellingEffect(teller.group, event.id);
  const later = (until: number): Verdict => ({
    type: 'defer',
    afterMs: Math.max(1, until - deps.clock.now()) + standByMs,
  });
  const held = leaseElsewhere(present, effect, deps.leasing?.node ?? '', deps.clock.now());
  if (held !== null) return later(toEpochMs(held.until));
  const longerMs = standByMs > 0 ? deps.turns.stillStandByMs(uid, delivery.ageMs ?? 0) : 0;
  if (longerMs > 0 && delivery.replayed !== true) return { type: 'defer', afterMs: longerMs };
  const lease = await takeLease(deps)(uid, effect, event.id);
  if (lease.type === 'failed') return verdictOnFailure(lease.error);
  if (lease.type === 'elsewhere') return later(lease.until);
  // Another node may have said it just before the lease was taken.
  const told = await readToldBooking(deps.store)(event)();
  if (E.isLeft(told)) return verdictOnFailure(told.left);
  if (standByMs > 0) deps.turns.tookOver(uid);
  const verdict = await keepingLease(deps)(uid, effect, event.id, () => teller.tell(told.right, delivery));
  return keepUntilNextAttempt(deps, uid, effect, delivery, verdict);
};

/**
 * Tells of one event, once, whatever the number of nodes: the node that tells has the lease. Every node has the events of
 * a booking in the order of the log, and goes on to the next one only when the outcome of this one is in the log. Where
 * one process has the log alone nothing is asked.
 */
export const tellInTurn =
  (deps: TurnDeps) =>
  async (teller: Teller, delivery: Delivery): Promise<Verdict> => {
    const told = await readToldBooking(deps.store)(delivery.event)();
    if (E.isLeft(told)) return verdictOnFailure(told.left);
    return deps.leasing === null || !teller.hasToSend(told.right, delivery)
      ? teller.tell(told.right, delivery)
      : tellUnderLease(deps, teller, delivery, told.right.present);
  };
