import * as E from 'fp-ts/lib/Either.js';
import { leaseElsewhere, notificationEffect } from '../../domain/booking/lease.ts';
import type { RetryPolicy } from '../../domain/booking/commands.ts';
import { retryDelayMs } from '../../domain/booking/decide-calendar.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { LeasingDeps } from '../consumers/leasing.ts';
import { keepingLease, acquireLease, acquireLeaseBeyond, type LeasedEffect } from '../consumers/leasing.ts';
import type { NodePreference } from '../consumers/node-preference.ts';
import { turnFor } from '../loop-queue.ts';
import { verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { ConsumerGroup, Verdict } from '../ports/consumer-groups.ts';
import type { Channel, DeliveryDeps, Task } from './channel.ts';
import { busyRecipients, outcomeSoFar, sendAll } from './channel.ts';
import type { Recorded } from './subject.ts';

/** Bookings, or calendars, whose messages one channel sends at once. */
const MAX_IN_FLIGHT = 32;

export type NotifierDeps = DeliveryDeps &
  Omit<LeasingDeps, 'run'> & {
    readonly preference: NodePreference;
    readonly retry: RetryPolicy;
    readonly jitter: () => number;
  };

/**
 * A message that is to be tried again stays this node's: the lease goes on until then and one lease longer, so that the
 * others leave it alone, and take over if this node dies before. One that cannot be written costs an attempt too many.
 */
const keepUntilNextAttempt = async <About extends Recorded>(
  deps: NotifierDeps,
  { channel, delivery: { attempt } }: Task<About>,
  wanted: LeasedEffect,
  verdict: Verdict,
): Promise<Verdict> => {
  const { leasing, retry, jitter } = deps;
  if (verdict.type !== 'retry' || leasing === null) return verdict;
  const afterMs = verdict.afterMs ?? retryDelayMs(retry, attempt, jitter());
  await acquireLeaseBeyond({ ...deps, run: channel.subject.run })(wanted, afterMs);
  return { ...verdict, afterMs };
};

const sendUnderLease = async <About extends Recorded>(
  deps: NotifierDeps,
  task: Task<About>,
  about: About,
): Promise<Verdict> => {
  const { channel, id, delivery } = task;
  const { preference, clock } = deps;
  const causedBy = delivery.event.id;
  const leasing = { ...deps, run: channel.subject.run };
  const standByMs = preference.standByMs(id);
  const effect = notificationEffect(channel.group, causedBy);
  const later = (node: string, until: number): Verdict => ({
    type: 'defer',
    afterMs: Math.max(1, until - clock.now()) + preference.standByMs(id, node),
  });
  const known = channel.subject.stateOf(about);
  const wanted = { id, effect, known, causationId: causedBy };
  const held = leaseElsewhere(known, effect, deps.leasing?.node ?? '', clock.now());
  if (held !== null) return later(held.node, toEpochMs(held.until));
  const longerMs = standByMs > 0 ? preference.stillStandByMs(id, delivery.ageMs ?? 0) : 0;
  if (longerMs > 0 && delivery.replayed !== true) return { type: 'defer', afterMs: longerMs };
  const lease = await acquireLease(leasing)(wanted);
  if (lease.type === 'failed') return verdictOnFailure(lease.error);
  if (lease.type === 'elsewhere') return later(lease.node, lease.until);
  if (standByMs > 0) preference.tookOver(id);
  // Another node may have said it just before the lease was taken: the lease shows how things were then.
  const present = lease.state === null ? about : lease.state(about);
  const verdict = await keepingLease(leasing)(wanted, lease.until, (isHeld) =>
    sendAll(deps, { ...task, isHeld }, present),
  );
  return keepUntilNextAttempt(deps, task, wanted, verdict);
};

/**
 * Says what a channel has to say of each event, once, whatever the number of nodes: the node that sends has the lease. The
 * messages about one booking, or one calendar, come to each recipient in the order of the log, the next one only when the
 * outcome of the one before is in the log. A recipient who has to wait holds back nobody else. Where one process has the log
 * alone nothing is asked. At-least-once: after a crash between a receiver's answer and its outcome in the log the same
 * message, id included, goes out again.
 */
export const notifier = <About extends Recorded>(deps: NotifierDeps, channel: Channel<About>): ConsumerGroup => ({
  name: channel.group,
  accepts: ({ stream, type }) => channel.subject.idOf(stream) !== null && channel.subject.mayNotify(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  ordering: 'handler',
  maxInFlight: MAX_IN_FLIGHT,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: async (delivery) => {
    await turnFor(deps, delivery.event);
    const id = channel.subject.idOf(delivery.event.stream) ?? '';
    // The node that goes first has what it needs in memory, and the lease makes sure of it. Another looks first.
    const anew = deps.preference.standByMs(id) > 0 || (delivery.earlier?.length ?? 0) > 0;
    const read = await channel.subject.read(delivery.event, anew)();
    if (E.isLeft(read)) return verdictOnFailure(read.left);
    const about = read.right;
    const busy = await busyRecipients(channel, delivery, about);
    if (E.isLeft(busy)) return verdictOnFailure(busy.left);
    const task = { channel, id, delivery, busy: busy.right, isHeld: () => true };
    const messages = channel.messagesOf(about);
    const isOpen = E.isRight(messages) && messages.right.some((message) => outcomeSoFar(task, about, message) === null);
    return deps.leasing === null || !isOpen ? sendAll(deps, task, about) : sendUnderLease(deps, task, about);
  },
});
