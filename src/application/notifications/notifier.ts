import * as E from 'fp-ts/lib/Either.js';
import { leaseElsewhere, notificationEffect } from '../../domain/booking/lease.ts';
import { outcomesOf } from '../../domain/booking/booking-state.ts';
import type { RetryPolicy } from '../../domain/booking/commands.ts';
import { retryDelayMs } from '../../domain/booking/decide-calendar.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { type LeasingDeps, keepingLease, takeLease, uncounted } from '../consumers/leasing.ts';
import type { Turns } from '../consumers/turns.ts';
import { isOutage, verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../ports/consumer-groups.ts';
import type { NotifierCommand, Subject } from './subject.ts';

/** Bookings, or calendars, whose messages one channel sends at once. */
const MAX_IN_FLIGHT = 32;

/** What came of one attempt. `refused`: trying again is pointless. `afterMs`: the wait that the receiver asked for. */
export type Attempted =
  | { readonly type: 'sent' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string; readonly afterMs?: number };

/** One message about one event to one recipient. `id`: under which its receiver knows a repeat. */
export type NotificationMessage = {
  readonly notification: string;
  readonly recipient: string;
  readonly id: string;
  readonly send: (attempt: number) => Promise<Attempted>;
};

/**
 * A way on which people, or programs, are notified. `group`: name of its consumer group, kept with its position.
 * `messagesOf`: what it has to say of an event, as of the present; Left: why it can reach nobody.
 */
export type Channel<About> = {
  readonly group: string;
  readonly kind: 'mail' | 'webhook';
  readonly subject: Subject<About>;
  readonly messagesOf: (about: About) => E.Either<string, ReadonlyArray<NotificationMessage>>;
};

export type NotifierDeps = Omit<LeasingDeps, 'run'> & {
  readonly turns: Turns;
  readonly retry: RetryPolicy;
  readonly maxAttempts: number;
  readonly jitter: () => number;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** What became of a message. What was `parked` is for an operator to send again. */
type Outcome =
  | { readonly type: 'sent' }
  | { readonly type: 'parked'; readonly reason: string }
  | { readonly type: 'again'; readonly reason: string; readonly afterMs?: number };

/** One delivery of a channel: its event, and what it is about. */
type Task<About> = { readonly channel: Channel<About>; readonly id: string; readonly delivery: Delivery };

const telling = <About>({ channel, delivery }: Task<About>, { notification, recipient }: NotificationMessage) => ({
  causedBy: delivery.event.id,
  channel: channel.kind,
  notification,
  recipient,
});

/** What the log says of it. What was sent is not sent again; what was given up waits for an operator. Null: it is to be sent. */
const outcomeInLog = <About>(task: Task<About>, about: About, message: NotificationMessage): Outcome | null => {
  const { channel, delivery } = task;
  const outcomes = outcomesOf(channel.subject.told(about).said, telling(task, message));
  if (outcomes.includes('sent')) return { type: 'sent' };
  return outcomes.length > 0 && delivery.replayed !== true ? { type: 'parked', reason: 'given up before' } : null;
};

/**
 * How often writing an outcome is tried where several nodes share the log: it may be away for as long as its leader changes.
 * Each try takes the time limit of the log's adapter, about a second. The message is out: without its outcome in the
 * log it would be sent again.
 */
export const RECORD_TRIES = 20;

/** Writes an outcome to the log. Answers why it could not be written, null when it was. */
const record = async <About>(
  { identity, leasing, signal }: NotifierDeps,
  { channel, id, delivery }: Task<About>,
  command: NotifierCommand,
): Promise<string | null> => {
  const context = {
    commandId: identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: id,
    causationId: delivery.event.id,
  } as const;
  const tries = leasing === null ? 1 : RECORD_TRIES;
  for (let attempt = 1; ; attempt += 1) {
    const recorded = await channel.subject.run(id, command, context)();
    if (E.isRight(recorded)) return null;
    if (signal.aborted || attempt >= tries || !isOutage(recorded.left)) return JSON.stringify(recorded.left);
  }
};

/** Sends a message and writes down what came of it, unless it is to be tried again. */
const send = async <About>(deps: NotifierDeps, task: Task<About>, message: NotificationMessage): Promise<Outcome> => {
  const { attempt } = task.delivery;
  const sent = await message.send(attempt);
  if (sent.type === 'failed' && attempt < deps.maxAttempts) return { ...sent, type: 'again' };
  const said = telling(task, message);
  const now = deps.clock.now();
  const unwritten = await record(
    deps,
    task,
    sent.type === 'sent'
      ? { type: 'RecordNotification', now, sent: { ...said, messageId: message.id } }
      : { type: 'ParkNotification', now, parked: { ...said, reason: sent.reason } },
  );
  if (unwritten !== null) return { type: 'again', reason: unwritten };
  return sent.type === 'sent' ? sent : { type: 'parked', reason: sent.reason };
};

type Settled = { readonly message: NotificationMessage; readonly outcome: Outcome };

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
const sendAll = async <About>(deps: NotifierDeps, task: Task<About>, about: About): Promise<Verdict> => {
  const messages = task.channel.messagesOf(about);
  if (E.isLeft(messages)) return { type: 'park', reason: messages.left };
  const settled: Settled[] = [];
  for (const message of messages.right) {
    const known = outcomeInLog(task, about, message);
    settled.push({ message, outcome: known ?? (await send(deps, task, message)) });
  }
  return verdictOn(settled);
};

/**
 * A message that is to be tried again stays this node's: the lease goes on until then and one lease longer, so that the
 * others leave it alone, and take over if this node dies before. One that cannot be written costs an attempt too many.
 */
const keepUntilNextAttempt = async <About>(
  deps: NotifierDeps,
  { channel, id, delivery: { event, attempt } }: Task<About>,
  effect: string,
  verdict: Verdict,
): Promise<Verdict> => {
  const { leasing, retry, jitter } = deps;
  if (verdict.type !== 'retry' || leasing === null) return verdict;
  const afterMs = verdict.afterMs ?? retryDelayMs(retry, attempt, jitter());
  await takeLease(uncounted({ ...deps, run: channel.subject.run }))(id, effect, event.id, afterMs);
  return { ...verdict, afterMs };
};

const sendUnderLease = async <About>(deps: NotifierDeps, task: Task<About>, about: About): Promise<Verdict> => {
  const { channel, id, delivery } = task;
  const { turns, clock } = deps;
  const causedBy = delivery.event.id;
  const leasing = { ...deps, run: channel.subject.run };
  const standByMs = turns.standByMs(id);
  const effect = notificationEffect(channel.group, causedBy);
  const later = (node: string, until: number): Verdict => ({
    type: 'defer',
    afterMs: Math.max(1, until - clock.now()) + turns.standByMs(id, node),
  });
  const held = leaseElsewhere(channel.subject.told(about), effect, deps.leasing?.node ?? '', clock.now());
  if (held !== null) return later(held.node, toEpochMs(held.until));
  const longerMs = standByMs > 0 ? turns.stillStandByMs(id, delivery.ageMs ?? 0) : 0;
  if (longerMs > 0 && delivery.replayed !== true) return { type: 'defer', afterMs: longerMs };
  const lease = await takeLease(leasing)(id, effect, causedBy);
  if (lease.type === 'failed') return verdictOnFailure(lease.error);
  if (lease.type === 'elsewhere') return later(lease.node, lease.until);
  if (standByMs > 0) turns.tookOver(id);
  // Another node may have said it just before the lease was taken: the lease shows how things were then.
  const present = lease.state === null ? about : lease.state(about);
  const verdict = await keepingLease(leasing)(id, effect, causedBy, () => sendAll(deps, task, present));
  return keepUntilNextAttempt(deps, task, effect, verdict);
};

/**
 * Says what a channel has to say of each event, once, whatever the number of nodes: the node that sends has the lease. The
 * events of one booking, or of one calendar, come in the order of the log, and the next one only when the outcome of this
 * one is in the log. Where one process has the log alone nothing is asked. At-least-once: after a crash between a
 * receiver's answer and its outcome in the log the same message, id included, goes out again.
 */
export const notifier = <About>(deps: NotifierDeps, channel: Channel<About>): ConsumerGroup => ({
  name: channel.group,
  accepts: ({ stream, type }) => channel.subject.idOf(stream) !== null && channel.subject.mayNotify(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: MAX_IN_FLIGHT,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: async (delivery) => {
    const read = await channel.subject.read(delivery.event)();
    if (E.isLeft(read)) return verdictOnFailure(read.left);
    const about = read.right;
    const task = { channel, id: channel.subject.idOf(delivery.event.stream) ?? '', delivery };
    const messages = channel.messagesOf(about);
    const isOpen = E.isRight(messages) && messages.right.some((message) => outcomeInLog(task, about, message) === null);
    return deps.leasing === null || !isOpen ? sendAll(deps, task, about) : sendUnderLease(deps, task, about);
  },
});
