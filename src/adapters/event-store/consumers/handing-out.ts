import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Changes } from './changes.ts';
import type { Laned, Lanes } from './lanes.ts';

/** Milliseconds until a message is looked at again that could not be read from the log. */
export const READ_AGAIN_MS = 1000;
/** A message that is put off for no time at all would hold the event loop for ever. */
export const LEAST_WAIT_MS = 1;

/** `event` is absent where it has to be read. `attempts`: counted so far. `reason`: what the last one said. */
export type Handed = Laned & {
  readonly attempts: number;
  readonly reason: string;
  readonly event: RecordedEvent | undefined;
};

/** What becomes of a message, where the group keeps what it knows of them. */
export type Means<M> = {
  readonly ack: (message: M) => void;
  readonly wait: (message: M, attempts: number, afterMs: number, reason: string) => void | Promise<void>;
  readonly park: (message: M, attempts: number, reason: string, event: Pick<RecordedEvent, 'stream' | 'type'>) => void;
};

export type HandingOut = {
  /** Hands out what is ready, as far as `maxInFlight` allows. */
  readonly pump: () => void;
  /** Makes what is due ready, hands it out, and arms the timer for the rest. */
  readonly tick: () => void;
  /** Has the lanes looked at by then, in epoch milliseconds. */
  readonly armFor: (due: number) => void;
  readonly inHand: () => number;
  /** Nothing in hand, ready, or due. */
  readonly isIdle: () => boolean;
  readonly stop: () => void;
};

type Dependencies<M extends Handed> = {
  readonly group: ConsumerGroup;
  readonly store: Pick<EventStore, 'readAt'>;
  readonly clock: Clock;
  readonly lanes: Lanes<M>;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
  /** What else is said with a delivery. */
  readonly saying?: () => Pick<Delivery, 'since'>;
  /** After what was due has been handed out, `now` in epoch milliseconds. */
  readonly afterTick?: (now: number) => void;
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Carries messages to the handler, and its verdicts to the means of the group. */
export const makeHandingOut = <M extends Handed>(
  { group, store, clock, lanes, changes, onProblem, saying, afterTick }: Dependencies<M>,
  means: Means<M>,
): HandingOut => {
  let inHand = 0;
  let stopped = false;
  let armed: number | undefined;
  let callOff = (): void => {};

  const armFor = (due: number): void => {
    if (stopped || (armed !== undefined && armed <= due)) return;
    callOff();
    armed = due;
    callOff = clock.at(due, tick);
  };

  const conclude = (message: M, event: RecordedEvent, verdict: Verdict): void | Promise<void> => {
    const attempt = message.attempts + 1;
    switch (verdict.type) {
      case 'ack':
        return means.ack(message);
      case 'defer':
        return means.wait(message, message.attempts, Math.max(verdict.afterMs, LEAST_WAIT_MS), message.reason);
      case 'park':
        return means.park(message, attempt, verdict.reason, event);
      case 'retry':
        if (attempt >= group.maxAttempts) return means.park(message, attempt, verdict.reason, event);
        return means.wait(message, attempt, verdict.afterMs ?? group.backoffMs(attempt), verdict.reason);
    }
  };
  const judge = async (event: RecordedEvent, attempt: number): Promise<Verdict> => {
    try {
      return await group.handle({ event, attempt, ...saying?.() });
    } catch (thrown) {
      return { type: 'retry', reason: messageOf(thrown) };
    }
  };
  const deliver = async (message: M): Promise<void> => {
    if (message.event !== undefined) {
      return conclude(message, message.event, await judge(message.event, message.attempts + 1));
    }
    const read = await store.readAt(message.position)();
    if (E.isLeft(read)) {
      onProblem(`the message at position ${message.position} cannot be read: ${read.left.type}`);
      return means.wait(message, message.attempts, READ_AGAIN_MS, message.reason);
    }
    const event = read.right;
    if (event === null) return means.park(message, message.attempts, 'it is not in the log', { stream: '', type: '' });
    return conclude({ ...message, event }, event, await judge(event, message.attempts + 1));
  };

  /** A fault of the group or of ours, not of its handler. It must not end the process, nor keep a place for ever. */
  const putOff = async (message: M, fault: unknown): Promise<void> => {
    onProblem(`the message at position ${message.position} met a fault: ${messageOf(fault)}`);
    await means.wait(message, message.attempts, READ_AGAIN_MS, messageOf(fault));
  };
  const work = async (message: M): Promise<void> => {
    try {
      await deliver(message).catch((fault: unknown) => putOff(message, fault));
    } catch (fault) {
      onProblem(`the message at position ${message.position} waits for the next start: ${messageOf(fault)}`);
    }
    inHand -= 1;
    pump();
    changes.notify();
  };
  const pump = (): void => {
    while (!stopped && inHand < group.maxInFlight) {
      const message = lanes.take();
      if (message === undefined) return;
      inHand += 1;
      void work(message);
    }
  };
  const tick = (): void => {
    if (stopped) return;
    callOff();
    armed = undefined;
    const now = clock.now();
    const next = lanes.wakeDue(now);
    if (next !== undefined) armFor(next);
    pump();
    afterTick?.(now);
    changes.notify();
  };

  return {
    pump,
    tick,
    armFor,
    inHand: () => inHand,
    isIdle: () => inHand === 0 && !lanes.somethingReady() && (armed === undefined || armed > clock.now()),
    stop: () => {
      stopped = true;
      callOff();
    },
  };
};
