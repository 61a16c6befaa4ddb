import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup, Verdict } from '../ports/consumer-groups.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { KeyedParkedMessage, WaitingMessage } from './consumer-state.ts';
import type { Lanes, LaneMessage } from './lanes.ts';
import { messageOf } from '../../domain/unknown.ts';
import type { Progress } from './progress.ts';
import type { Changes } from './waiting.ts';

/** Milliseconds until a message is looked at again that could not be read from the log. */
const READ_AGAIN_MS = 1000;
/** A message that is put off for no time at all would hold the event loop for ever. */
const LEAST_WAIT_MS = 1;
/**
 * A message that is put off for no longer than this (milliseconds), without an attempt to be counted, is not written to
 * the consumer state: after a restart it comes from the log again. So many at most.
 */
const SHORT_WAIT_MS = 20_000;
export const MOST_STANDING_BY = 4_096;

export type Dispatcher = {
  /** Hands out what is ready, as far as `maxInFlight` allows. */
  readonly pump: () => void;
  /** Makes what is due ready, hands it out, and arms the timer for the rest. */
  readonly tick: () => void;
  /** Has the lanes looked at by then, in epoch milliseconds. */
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
  readonly lanes: Lanes;
  readonly progress: Progress;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
  /** A message that an operator had asked for again is done. */
  readonly onReplayed: (position: number) => void;
};

/** As it is shown to the operator; `parkedAt` in epoch milliseconds. */
export const parkedMessage = (
  group: string,
  { position, key, attempts, reason, replayed }: Omit<WaitingMessage, 'dueAt' | 'waitMs'>,
  { stream, type }: Pick<RecordedEvent, 'stream' | 'type'>,
  parkedAt: number,
): KeyedParkedMessage => ({
  group,
  position,
  key,
  stream,
  type,
  attempts,
  reason,
  replayed,
  parkedAt: toInstant(parkedAt),
});

/** What the consumer state keeps of a message in memory. */
export const waitingMessage = ({
  event: _event,
  kept: _kept,
  takenAt: _takenAt,
  behind: _behind,
  ...waiting
}: LaneMessage): WaitingMessage => waiting;

/** Carries messages to the handler, and its verdicts to the lanes and the progress. Never throws, and loses no message. */
export const makeDispatcher = (deps: Dependencies): Dispatcher => {
  const { group, store, clock, lanes, progress, changes, onProblem, onReplayed } = deps;
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
  const wait = (message: LaneMessage, attempts: number, afterMs: number, reason: string, behind = false): void => {
    const waitMs = Math.max(Math.ceil(afterMs), LEAST_WAIT_MS);
    const isCounted = attempts > message.attempts;
    const isShort = waitMs <= SHORT_WAIT_MS && lanes.standingBy() < MOST_STANDING_BY;
    const kept = message.kept || isCounted || !isShort;
    const event = kept ? undefined : message.event;
    const held: LaneMessage = {
      ...message,
      attempts,
      reason,
      dueAt: clock.now() + waitMs,
      waitMs,
      event,
      kept,
      behind,
    };
    const heldBack = lanes.hold(held, clock.now());
    if (kept) progress.keep(waitingMessage(held));
    for (const each of heldBack) if (!each.kept) progress.keep(waitingMessage(each));
    armFor(held.dueAt);
  };
  const park = (
    message: LaneMessage,
    attempts: number,
    reason: string,
    event: Pick<RecordedEvent, 'stream' | 'type'>,
  ) => {
    progress.park(parkedMessage(group.name, { ...message, attempts, reason }, event, clock.now()));
    lanes.settle(message, clock.now());
  };
  const ack = (message: LaneMessage): void => {
    progress.acked(message);
    lanes.settle(message, clock.now());
    if (message.replayed) onReplayed(message.position);
  };

  const conclude = (message: LaneMessage, event: RecordedEvent, verdict: Verdict): void => {
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
  const judge = async (message: LaneMessage, event: RecordedEvent): Promise<Verdict> => {
    const { attempts, replayed, takenAt } = message;
    try {
      const delivery = { event, attempt: attempts + 1, ageMs: clock.elapsed() - takenAt };
      const earlier = group.ordering === 'handler' ? lanes.earlier(message) : [];
      return await group.handle({
        ...delivery,
        ...(replayed ? { replayed } : {}),
        ...(earlier.length > 0 ? { earlier } : {}),
      });
    } catch (thrown) {
      return { type: 'retry', reason: messageOf(thrown) };
    }
  };
  const deliver = async (message: LaneMessage): Promise<void> => {
    const read = message.event === undefined ? await store.readAt(message.position)() : E.right(message.event);
    if (E.isLeft(read)) {
      onProblem(`the message at position ${message.position} cannot be read: ${read.left.type}`);
      return wait(message, message.attempts, READ_AGAIN_MS, message.reason);
    }
    const event = read.right;
    if (event === null) return park(message, message.attempts, 'it is not in the log', { stream: '', type: '' });
    const verdict = await judge(message, event);
    conclude({ ...message, event }, event, verdict);
  };

  /** What even the handling of faults could not hold: said, so that it does not end the process. */
  const fault = (thrown: unknown): void => onProblem(`a message was lost until the next start: ${messageOf(thrown)}`);
  /** A fault of the group's own rules, of its backoff say, costs the message a wait, and nobody else anything. */
  const work = async (message: LaneMessage): Promise<void> => {
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
  const handOut = (): void => {
    while (!stopped && inFlight < group.maxInFlight) {
      const message = lanes.take();
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
    if (now < latest) lanes.clamp(now);
    latest = now;
    const next = lanes.wakeDue(now);
    if (next !== undefined) armFor(next);
    handOut();
    changes.notify();
  };
  const pump = (): void => (clock.now() < latest ? tick() : handOut());

  return {
    pump,
    tick,
    armFor,
    inFlight: () => inFlight,
    isIdle: () => inFlight === 0 && !lanes.somethingReady() && (armed === undefined || armed > clock.now()),
    stop: () => {
      stopped = true;
      cancel();
    },
  };
};
