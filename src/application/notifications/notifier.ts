import * as E from 'fp-ts/lib/Either.js';
import { leaseElsewhere, notificationEffect } from '../../domain/booking/lease.ts';
import type { RetryPolicy } from '../../domain/booking/commands.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { LeasingDeps } from '../consumers/leasing.ts';
import { keepingLease, takeLease, uncounted } from '../consumers/leasing.ts';
import type { Turns } from '../consumers/turns.ts';
import { verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../ports/consumer-groups.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { BookingAround } from './booking-around.ts';
import { readBookingAround } from './booking-around.ts';
import { mayNotify } from './plan.ts';
import type { RecordOutcomeDeps } from './record-outcome.ts';
import { recordParked, recordSent } from './record-outcome.ts';

/** Bookings whose messages one channel sends at once. */
const MAX_IN_FLIGHT = 32;

/** What came of one attempt. `refused`: trying again is pointless. `afterMs`: the wait that the receiver asked for. */
export type Attempted =
  | { readonly type: 'sent' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string; readonly afterMs?: number };

/** One message about one event to one recipient. `id`: under which its receiver knows a repeat. */
export type Message = {
  readonly notification: string;
  readonly recipient: string;
  readonly id: string;
  readonly send: (attempt: number) => Promise<Attempted>;
};

/**
 * A way on which people, or programs, are notified. `group`: name of its consumer group, kept with its position.
 * `messagesOf`: what it has to say of an event, as of the present; Left: why it can reach nobody.
 */
export type Channel = {
  readonly group: string;
  readonly kind: 'mail' | 'webhook';
  readonly messagesOf: (around: BookingAround) => E.Either<string, ReadonlyArray<Message>>;
};

export type NotifierDeps = RecordOutcomeDeps &
  LeasingDeps & {
    readonly store: Pick<EventStore, 'readStream'>;
    readonly turns: Turns;
    readonly retry: RetryPolicy;
    readonly maxAttempts: number;
    readonly jitter: () => number;
  };

/** What became of a message. What was `parked` is for an operator to send again. */
type Outcome =
  | { readonly type: 'sent' }
  | { readonly type: 'parked'; readonly reason: string }
  | { readonly type: 'again'; readonly reason: string; readonly afterMs?: number };

/** What the log says of it. What was sent is not sent again; what was given up waits for an operator. Null: it is to be sent. */
const outcomeInLog = (
  channel: Channel,
  { present, recorded }: BookingAround,
  message: Message,
  { replayed }: Delivery,
): Outcome | null => {
  const said = present.said.filter(
    ({ channel: kind, causedBy, notification, recipient }) =>
      kind === channel.kind &&
      causedBy === recorded.id &&
      notification === message.notification &&
      recipient === message.recipient,
  );
  if (said.some(({ outcome }) => outcome === 'sent')) return { type: 'sent' };
  return said.length > 0 && replayed !== true ? { type: 'parked', reason: 'given up before' } : null;
};

/** Sends a message and writes down what came of it, unless it is to be tried again. */
const send = async (
  deps: NotifierDeps,
  { kind: channel }: Channel,
  { event, attempt }: Delivery,
  { id, notification, recipient, send: attemptOnce }: Message,
): Promise<Outcome> => {
  const uid = bookingUidOf(event.stream) ?? '';
  const said = { causedBy: event.id, channel, notification, recipient };
  const sent = await attemptOnce(attempt);
  if (sent.type === 'failed' && attempt < deps.maxAttempts) return { ...sent, type: 'again' };
  const unwritten =
    sent.type === 'sent'
      ? await recordSent(deps)(uid, { ...said, messageId: id })
      : await recordParked(deps)(uid, { ...said, reason: sent.reason });
  if (unwritten !== null) return { type: 'again', reason: unwritten };
  return sent.type === 'sent' ? sent : { type: 'parked', reason: sent.reason };
};

type Settled = { readonly message: Message; readonly outcome: Outcome };

const reasonsOf = (settled: ReadonlyArray<Settled>, type: Outcome['type']): string =>
  settled
    .flatMap(({ message: { notification, recipient }, outcome }) =>
      outcome.type === type && outcome.type !== 'sent' ? [`${notification} to ${recipient}: ${outcome.reason}`] : [],
    )
    .join('; ');

/** One message that is to be tried again has the others looked at again: they are in the log by then. */
const verdictOn = (settled: ReadonlyArray<Settled>): Verdict => {
  const again = settled.flatMap(({ outcome }) => (outcome.type === 'again' ? [outcome] : []));
  const waits = again.flatMap(({ afterMs }) => afterMs ?? []);
  if (again.length > 0)
    return {
      type: 'retry',
      reason: reasonsOf(settled, 'again'),
      ...(waits.length === 0 ? {} : { afterMs: Math.max(...waits) }),
    };
  const parked = reasonsOf(settled, 'parked');
  return parked === '' ? { type: 'ack' } : { type: 'park', reason: parked };
};

/** Each message on its own: what becomes of one recipient's is nothing to the others. */
const sendAll = async (
  deps: NotifierDeps,
  channel: Channel,
  around: BookingAround,
  delivery: Delivery,
): Promise<Verdict> => {
  const messages = channel.messagesOf(around);
  if (E.isLeft(messages)) return { type: 'park', reason: messages.left };
  const settled: Settled[] = [];
  for (const message of messages.right) {
    const known = outcomeInLog(channel, around, message, delivery);
    settled.push({ message, outcome: known ?? (await send(deps, channel, delivery, message)) });
  }
  return verdictOn(settled);
};

/**
 * A message that is to be tried again stays this node's: the lease goes on until then and one lease longer, so that the
 * others leave it alone, and take over if this node dies before. One that cannot be written costs an attempt too many.
 */
const keepUntilNextAttempt = async (
  deps: NotifierDeps,
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

const sendUnderLease = async (
  deps: NotifierDeps,
  channel: Channel,
  around: BookingAround,
  delivery: Delivery,
): Promise<Verdict> => {
  const { uid, recorded } = around;
  const standByMs = deps.turns.standByMs(uid);
  const effect = notificationEffect(channel.group, recorded.id);
  const later = (until: number): Verdict => ({
    type: 'defer',
    afterMs: Math.max(1, until - deps.clock.now()) + standByMs,
  });
  const held = leaseElsewhere(around.present, effect, deps.leasing?.node ?? '', deps.clock.now());
  if (held !== null) return later(toEpochMs(held.until));
  const longerMs = standByMs > 0 ? deps.turns.stillStandByMs(uid, delivery.ageMs ?? 0) : 0;
  if (longerMs > 0 && delivery.replayed !== true) return { type: 'defer', afterMs: longerMs };
  const lease = await takeLease(deps)(uid, effect, recorded.id);
  if (lease.type === 'failed') return verdictOnFailure(lease.error);
  if (lease.type === 'elsewhere') return later(lease.until);
  if (standByMs > 0) deps.turns.tookOver(uid);
  // Another node may have said it just before the lease was taken: the lease shows the booking as it was then.
  const present = lease.booking === null || lease.booking.phase === 'none' ? around.present : lease.booking;
  const verdict = await keepingLease(deps)(uid, effect, recorded.id, () =>
    sendAll(deps, channel, { ...around, present }, delivery),
  );
  return keepUntilNextAttempt(deps, uid, effect, delivery, verdict);
};

/**
 * Says what a channel has to say of each event, once, whatever the number of nodes: the node that sends has the lease. A
 * booking's events come in the order of the log, and the next one only when the outcome of this one is in the log. Where
 * one process has the log alone nothing is asked. At-least-once: after a crash between a receiver's answer and its outcome in the log the same message,
 * id included, goes out again.
 */
export const notifier = (deps: NotifierDeps, channel: Channel): ConsumerGroup => ({
  name: channel.group,
  accepts: ({ stream, type }) => bookingUidOf(stream) !== null && mayNotify(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: MAX_IN_FLIGHT,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: async (delivery) => {
    const around = await readBookingAround(deps.store)(delivery.event)();
    if (E.isLeft(around)) return verdictOnFailure(around.left);
    const messages = channel.messagesOf(around.right);
    const isOpen =
      E.isRight(messages) &&
      messages.right.some((message) => outcomeInLog(channel, around.right, message, delivery) === null);
    return deps.leasing === null || !isOpen
      ? sendAll(deps, channel, around.right, delivery)
      : sendUnderLease(deps, channel, around.right, delivery);
  },
});
