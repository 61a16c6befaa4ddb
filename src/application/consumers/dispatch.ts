import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup, Verdict } from '../ports/consumer-groups.ts';
import type { EventStore } from '../ports/event-store.ts';
import { parkedMessage, type WaitingMessage } from './consumer-state.ts';
import type { MessageQueues, QueuedMessage } from './message-queues.ts';
import { messageOf } from '../../domain/unknown.ts';
import type { Progress } from './progress.ts';
import type { Changes } from './waiting.ts';

/** Milliseconds until a message that could not be read from the log is read again. */
const READ_AGAIN_MS = 1000;
/** Milliseconds. Postponing a message by nothing would occupy the event loop for ever. */
const LEAST_WAIT_MS = 1;
/**
 * Milliseconds. A message that is postponed for no longer, and without a counted attempt, is not written to the consumer
 * state: after a restart it comes from the log again.
 */
const SHORT_WAIT_MS = 20_000;
/** Messages that may wait in memory in that way. */
export const MOST_STANDING_BY = 4_096;

export type Dispatcher = {
  /** Starts what is ready, as far as `maxInFlight` allows. */
  readonly pump: () => void;
  /** Makes what is due ready, starts it, and sets the timer for the rest. */
  readonly tick: () => void;
  /** Sets the timer: `tick` is called at this time (epoch milliseconds) at the latest. */
  readonly armFor: (due: number) => void;
  readonly inFlight: () => number;
  /** Nothing in flight, ready, or due. */
  readonly isIdle: () => boolean;
  readonly stop: () => void;
};

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly store: Pick<EventStore, 'readAt'>;
  readonly clock: Clock;
  readonly queues: MessageQueues;
  readonly progress: Progress;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
  /** A message that an operator had replayed is done. */
  readonly onReplayed: (position: number) => void;
};

/** The part of a message that the consumer state keeps. */
export const waitingMessage = ({
  event: _event,
  kept: _kept,
  takenAt: _takenAt,
  behind: _behind,
  ...waiting
}: QueuedMessage): WaitingMessage => waiting;

/** Gives messages to the handler and applies its verdicts to the queues and the progress. Never throws, loses no message. */
export const makeDispatcher = (deps: Dependencies): Dispatcher => {
  const { group, store, clock, queues, progress, changes, onProblem, onReplayed } = deps;
  let inFlight = 0;
  let stopped = false;
  let armed: number | undefined;
  let cancel = (): void => {};
  let latest = clock.now();

  const armFor = (due: number): void => {
    if (stopped || (armed !== undefined && armed <= due)) return;
    cancel();
    armed = due;
    cancel = clock.at(due, tick);
  };
  const wait = (message: QueuedMessage, attempts: number, afterMs: number, reason: string, behind = false): void => {
    const waitMs = Math.max(Math.ceil(afterMs), LEAST_WAIT_MS);
    const isCounted = attempts > message.attempts;
    const isShort = waitMs <= SHORT_WAIT_MS && queues.standingBy() < MOST_STANDING_BY;
    const kept = message.kept || isCounted || !isShort;
    const event = kept ? null : message.event;
    const postponed: QueuedMessage = {
      ...message,
      attempts,
      reason,
      dueAt: clock.now() + waitMs,
      waitMs,
      event,
      kept,
      behind,
    };
    const blocked = queues.postpone(postponed, clock.now());
    if (kept) progress.keep(waitingMessage(postponed));
    for (const each of blocked) if (!each.kept) progress.keep(waitingMessage(each));
    armFor(postponed.dueAt);
  };
  const park = (
    message: QueuedMessage,
    attempts: number,
    reason: string,
    event: Pick<RecordedEvent, 'stream' | 'type'>,
  ) => {
    progress.park(parkedMessage(group.name, { ...message, attempts, reason }, event, clock.now()));
    queues.settle(message, clock.now());
  };
  const ack = (message: QueuedMessage): void => {
    progress.acked(message);
    queues.settle(message, clock.now());
    if (message.replayed) onReplayed(message.position);
  };

  const applyVerdict = (message: QueuedMessage, event: RecordedEvent, verdict: Verdict): void => {
    const attempt = message.attempts + 1;
    switch (verdict.type) {
      case 'ack':
        return ack(message);
      case 'defer':
        return wait(message, message.attempts, verdict.afterMs, message.reason, verdict.behind);
      case 'park':
        return park(message, attempt, verdict.reason, event);
      case 'retry':
        if (attempt >= group.maxAttempts) return park(message, attempt, verdict.reason, event);
        return wait(message, attempt, verdict.afterMs ?? group.backoffMs(attempt), verdict.reason, verdict.behind);
    }
  };
  const callHandler = async (message: QueuedMessage, event: RecordedEvent): Promise<Verdict> => {
    const { attempts, replayed, takenAt } = message;
    try {
      const delivery = { event, attempt: attempts + 1, ageMs: clock.elapsed() - takenAt };
      const earlier = group.ordering === 'handler' ? queues.earlier(message) : [];
      return await group.handle({
        ...delivery,
        ...(replayed ? { replayed } : {}),
        ...(earlier.length > 0 ? { earlier } : {}),
      });
    } catch (thrown) {
      return { type: 'retry', reason: messageOf(thrown) };
    }
  };
  const deliver = async (message: QueuedMessage): Promise<void> => {
    const read = message.event === null ? await store.readAt(message.position)() : E.right(message.event);
    if (E.isLeft(read)) {
      onProblem(`the message at position ${message.position} cannot be read: ${read.left.type}`);
      return wait(message, message.attempts, READ_AGAIN_MS, message.reason);
    }
    const event = read.right;
    if (event === null) return park(message, message.attempts, 'it is not in the log', { stream: '', type: '' });
    const verdict = await callHandler(message, event);
    applyVerdict({ ...message, event }, event, verdict);
  };

  /** A fault in the handling of faults is reported, so that it does not end the process. */
  const fault = (thrown: unknown): void => onProblem(`a message was lost until the next start: ${messageOf(thrown)}`);
  /** A fault in the group's own rules (in its backoff, say) postpones this message and affects no other. */
  const work = async (message: QueuedMessage): Promise<void> => {
    try {
      await deliver(message);
    } catch (thrown) {
      onProblem(`the message at position ${message.position} could not be settled: ${messageOf(thrown)}`);
      wait(message, message.attempts, READ_AGAIN_MS, messageOf(thrown));
    } finally {
      inFlight -= 1;
    }
    pump();
    changes.notify();
  };
  const startReady = (): void => {
    while (!stopped && inFlight < group.maxInFlight) {
      const message = queues.startNext();
      if (message === undefined) return;
      inFlight += 1;
      work(message).catch(fault);
    }
  };
  const tick = (): void => {
    if (stopped) return;
    cancel();
    armed = undefined;
    const now = clock.now();
    if (now < latest) queues.clamp(now);
    latest = now;
    const next = queues.readyDue(now);
    if (next !== undefined) armFor(next);
    startReady();
    changes.notify();
  };
  const pump = (): void => (clock.now() < latest ? tick() : startReady());

  return {
    pump,
    tick,
    armFor,
    inFlight: () => inFlight,
    isIdle: () => inFlight === 0 && !queues.hasReady() && (armed === undefined || armed > clock.now()),
    stop: () => {
      stopped = true;
      cancel();
    },
  };
};
