import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import { verdictOnFailure } from '../../application/consuming/verdict-on-failure.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../../application/ports/consumer-groups.ts';
import { tellingEffect } from '../../domain/booking/lease.ts';
import type { RetryPolicy } from '../../domain/booking/retry.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import { mayTell } from './plan-notifications.ts';
import type { Teller, TurnDeps } from './tell-in-turn.ts';
import { tellInTurn } from './tell-in-turn.ts';
import type { ToldEvent } from './told-booking.ts';
import { readToldBooking } from './told-booking.ts';

export type SecondLookDeps = TurnDeps & {
  readonly retry: RetryPolicy;
  readonly maxAttempts: number;
  /** Milliseconds after an event in which its message should have come. */
  readonly graceMs: number;
  readonly report: (problem: { readonly where: string; readonly reason: string }) => void;
};

/** When the group last had the message, epoch ms: each attempt leaves a lease. Null: it never had it. */
const lastHad = ({ story, recorded }: ToldEvent, group: string): number | null => {
  const effect = tellingEffect(group, recorded.id);
  const lease = story.findLast((event) => event.type === 'EffectLeased' && event.data.effect === effect);
  return lease === undefined ? null : toEpochMs(lease.occurredAt);
};

/** Epoch ms from which on the message counts as lost. While it is tried again, the next attempt comes within the cap. */
const lostAt = ({ retry, graceMs }: SecondLookDeps, told: ToldEvent, group: string): number => {
  const had = lastHad(told, group);
  return had === null ? toEpochMs(told.recorded.occurredAt) + graceMs : had + retry.capMs + graceMs;
};

/** What comes to nothing is for a third look; what was parked is in the booking's story, for operators. */
const afterTelling = ({ graceMs }: SecondLookDeps, verdict: Verdict): Verdict =>
  verdict.type === 'ack' || verdict.type === 'park' ? { type: 'ack' } : { type: 'defer', afterMs: graceMs };

const look = async (deps: SecondLookDeps, teller: Teller, delivery: Delivery): Promise<Verdict> => {
  const { event } = delivery;
  const { clock, graceMs } = deps;
  const early = toEpochMs(event.occurredAt) + graceMs - clock.now();
  if (early > 0) return { type: 'defer', afterMs: early };
  const booking = await readToldBooking(deps.store)(event)();
  if (E.isLeft(booking)) return verdictOnFailure(booking.left);
  if (!teller.isOpen(booking.right)) return { type: 'ack' };
  const wait = lostAt(deps, booking.right, teller.group) - clock.now();
  if (wait > 0) return { type: 'defer', afterMs: wait };
  deps.report({
    where: `consumer group ${teller.group}`,
    reason: `the message of ${event.type} ${event.id} never came`,
  });
  const isLast = clock.now() - toEpochMs(event.occurredAt) >= deps.patienceMs;
  return afterTelling(deps, await tellInTurn(deps)(teller, { event, attempt: isLast ? deps.maxAttempts : 1 }));
};

/**
 * Looks once more, from this node's own position in the log, whether people were told what they had to be told: a server
 * that loses a message of the group leaves nobody without word (I4). Whether it was lost is read in the booking's story.
 */
export const tellerSecondLook = (deps: SecondLookDeps, teller: Teller): ConsumerGroup => ({
  name: `${teller.group}-second-look`,
  accepts: ({ stream, type }) => bookingUidOf(stream) !== null && mayTell(type),
  startAt: 'now',
  keyOf: ({ position }) => String(position),
  maxInFlight: 16,
  maxAttempts: 10,
  backoffMs: (attempt) => deps.graceMs * 2 ** attempt,
  handle: (delivery) => look(deps, teller, delivery),
});
