import * as E from 'fp-ts/lib/Either.js';
import { outcomesOf } from '../../domain/booking/booking-state.ts';
import type { Leasing } from '../consumers/leasing.ts';
import { isOutage } from '../consumers/verdict-on-failure.ts';
import { type LoopQueue, turnFor } from '../loop-queue.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Delivery, Verdict } from '../ports/consumer-groups.ts';
import type { NotifierCommand, Recorded, Subject } from './subject.ts';

/** What came of one attempt. `refused`: trying again is pointless. `afterMs`: the wait that the receiver asked for. */
export type Attempted =
  | { readonly type: 'sent' }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string; readonly afterMs?: number };

/**
 * One message about one event to one recipient. `id`: under which its receiver knows a repeat. `needless`: it need not be sent,
 * as far as is known; it waits for its turn all the same, as an earlier message that is on its way may change that.
 */
export type NotificationMessage = {
  readonly notification: string;
  readonly recipient: string;
  readonly id: string;
  readonly needless?: boolean;
  readonly send: (attempt: number) => Promise<Attempted>;
};

/**
 * A way on which people, or programs, are notified. `group`: name of its consumer group, kept with its position.
 * `messagesOf`: what it has to say of an event, as of the present; Left: why it can reach nobody.
 */
export type Channel<About extends Recorded> = {
  readonly group: string;
  readonly kind: 'mail' | 'webhook';
  readonly subject: Subject<About>;
  readonly messagesOf: (about: About) => E.Either<string, ReadonlyArray<NotificationMessage>>;
};

export type DeliveryDeps = {
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly leasing: Leasing;
  /** Resolves when the next message may be looked at, and its text be made: one in each turn of the event loop, answers first. */
  readonly turn: LoopQueue;
  /** After so many attempts a message is parked. */
  readonly maxAttempts: number;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** Milliseconds until a message is looked at again that waits for an earlier one to its recipient, if nothing wakes it before. */
const BEHIND_MS = 300_000;

/** Milliseconds until a message is looked at again whose lease ran out before it was sent. */
const LEASE_LOST_MS = 100;

/**
 * What became of a message. What was `parked` is for an operator to send again. `behind`: an earlier message to the same
 * recipient has to go first. `late`: the lease ran out, which says nothing about the message and is no attempt.
 */
type Outcome =
  | { readonly type: 'sent' }
  | { readonly type: 'parked'; readonly reason: string }
  | { readonly type: 'again'; readonly reason: string; readonly afterMs?: number }
  | { readonly type: 'behind' | 'late' | 'needless' };

/**
 * One delivery of a channel: its event, and what it is about. `busy`: recipients whose earlier messages are still to be sent.
 * `isHeld`: whether this node still has its lease.
 */
export type Task<About extends Recorded> = {
  readonly channel: Channel<About>;
  readonly id: string;
  readonly delivery: Delivery;
  readonly busy: ReadonlySet<string>;
  readonly isHeld: () => boolean;
};

const keyOf = <About extends Recorded>(
  { kind }: Channel<About>,
  causedBy: string,
  { notification, recipient }: NotificationMessage,
) => ({
  causedBy,
  channel: kind,
  notification,
  recipient,
});

/** What the log says of it. What was sent is not sent again; what was given up waits for an operator. Null: it is to be sent. */
const outcomeInLog = <About extends Recorded>(
  task: Task<About>,
  about: About,
  message: NotificationMessage,
): Outcome | null => {
  const { channel, delivery } = task;
  const outcomes = outcomesOf(
    channel.subject.stateOf(about).notificationOutcomes,
    keyOf(channel, delivery.event.id, message),
  );
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
const record = async <About extends Recorded>(
  { identity, leasing, signal }: DeliveryDeps,
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
const send = async <About extends Recorded>(
  deps: DeliveryDeps,
  task: Task<About>,
  message: NotificationMessage,
): Promise<Outcome> => {
  const { attempt } = task.delivery;
  await turnFor(deps, task.delivery.event);
  // Another node may have said this since, and what comes after it.
  if (!task.isHeld()) return { type: 'late' };
  const sent = await task.channel.subject.gathering(task.id, () => message.send(attempt));
  if (sent.type === 'failed' && attempt < deps.maxAttempts) return { ...sent, type: 'again' };
  const key = keyOf(task.channel, task.delivery.event.id, message);
  const now = deps.clock.now();
  const unwritten = await record(
    deps,
    task,
    sent.type === 'sent'
      ? { type: 'RecordNotification', now, sent: { ...key, messageId: message.id } }
      : { type: 'ParkNotification', now, parked: { ...key, reason: sent.reason } },
  );
  if (unwritten !== null) return { type: 'again', reason: unwritten };
  return sent.type === 'sent' ? sent : { type: 'parked', reason: sent.reason };
};

type Settled = { readonly message: NotificationMessage; readonly outcome: Outcome };

const reasonsOf = (settled: ReadonlyArray<Settled>, type: Outcome['type']): string =>
  settled
    .flatMap(({ message: { notification, recipient }, outcome }) =>
      outcome.type === type && 'reason' in outcome ? [`${notification} to ${recipient}: ${outcome.reason}`] : [],
    )
    .join('; ');

/** One message that is to be tried again has the others looked at again: they are in the log by then. */
const verdictOn = (settled: ReadonlyArray<Settled>): Verdict => {
  const again = settled.flatMap(({ outcome }) => (outcome.type === 'again' ? [outcome] : []));
  const waits = again.flatMap(({ afterMs }) => afterMs ?? []);
  const behind = settled.some(({ outcome }) => outcome.type === 'behind');
  if (again.length > 0)
    return {
      type: 'retry',
      reason: reasonsOf(settled, 'again'),
      ...(waits.length === 0 ? {} : { afterMs: Math.max(...waits) }),
      ...(behind ? { behind } : {}),
    };
  if (settled.some(({ outcome }) => outcome.type === 'late')) return { type: 'defer', afterMs: LEASE_LOST_MS };
  if (behind) return { type: 'defer', afterMs: BEHIND_MS, behind };
  const parked = reasonsOf(settled, 'parked');
  return parked === '' ? { type: 'ack' } : { type: 'park', reason: parked };
};

/** What is known of a message before it is sent. Null: it can be sent now. */
export const outcomeSoFar = <About extends Recorded>(
  task: Task<About>,
  about: About,
  message: NotificationMessage,
): Outcome | null =>
  outcomeInLog(task, about, message) ??
  (task.busy.has(message.recipient) ? { type: 'behind' } : message.needless === true ? { type: 'needless' } : null);

/** The recipients of earlier events who are still to be told of those. */
export const busyRecipients = async <About extends Recorded>(
  channel: Channel<About>,
  { earlier = [] }: Delivery,
  about: About,
): Promise<E.Either<{ readonly type: string }, ReadonlySet<string>>> => {
  const busy = new Set<string>();
  for (const position of earlier) {
    const read = await channel.subject.around(about, position)();
    if (E.isLeft(read)) return read;
    if (read.right === null) continue;
    const messages = channel.messagesOf(read.right);
    const { notificationOutcomes } = channel.subject.stateOf(about);
    if (E.isRight(messages))
      for (const message of messages.right)
        if (outcomesOf(notificationOutcomes, keyOf(channel, read.right.recorded.id, message)).length === 0)
          busy.add(message.recipient);
  }
  return E.right(busy);
};

/** Each message on its own: what becomes of one recipient's is nothing to the others. */
export const sendAll = async <About extends Recorded>(
  deps: DeliveryDeps,
  task: Task<About>,
  about: About,
): Promise<Verdict> => {
  const messages = task.channel.messagesOf(about);
  if (E.isLeft(messages)) return { type: 'park', reason: messages.left };
  const settled: Settled[] = [];
  for (const message of messages.right) {
    const known = outcomeSoFar(task, about, message);
    settled.push({ message, outcome: known ?? (await send(deps, task, message)) });
  }
  return verdictOn(settled);
};
