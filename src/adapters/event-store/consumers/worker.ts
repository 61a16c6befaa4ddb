import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup, Verdict } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Changes } from './changes.ts';
import type { Lanes, Message } from './lanes.ts';
import { parkedMessage, waitingMessage } from './messages.ts';
import type { Progress } from './progress.ts';

/** Milliseconds until a message is looked at again that could not be read from the log. */
export const READ_AGAIN_MS = 1000;
/** A message that is put off for no time at all would hold the event loop for ever. */
export const LEAST_WAIT_MS = 1;

export type Worker = {
  /** Hands out what is ready, as far as `maxInFlight` allows. */
  readonly pump: () => void;
  /** Makes what is due ready, hands it out, and arms the timer for the rest. */
  readonly tick: () => void;
  readonly inHand: () => number;
  /** Nothing in hand, ready, or due. */
  readonly isIdle: () => boolean;
  readonly stop: () => void;
};

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly lanes: Lanes;
  readonly progress: Progress;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Carries messages to the handler and its verdicts to the lanes and the progress. */
export const makeWorker = ({ group, store, clock, lanes, progress, changes, onProblem }: Dependencies): Worker => {
  let inHand = 0;
  let stopped = false;
  let armed: number | undefined;
  let callOff = (): void => {};

  const armFor = (due: number): void => {
    if (armed !== undefined && armed <= due) return;
    callOff();
    armed = due;
    callOff = clock.at(due, tick);
  };

  const wait = (message: Message, attempts: number, afterMs: number, reason: string): void => {
    const held: Message = { ...message, attempts, reason, dueAt: clock.now() + afterMs, event: undefined, kept: true };
    const behind = lanes.hold(held, clock.now());
    progress.keep(waitingMessage(held));
    for (const each of behind) if (!each.kept) progress.keep(waitingMessage(each));
    armFor(held.dueAt);
  };
  const park = (message: Message, attempts: number, reason: string, event: Pick<RecordedEvent, 'stream' | 'type'>) => {
    progress.park(parkedMessage(group.name, { ...message, attempts, reason }, event, clock.now()));
    lanes.settle(message, clock.now());
  };

  const conclude = (message: Message, event: RecordedEvent, verdict: Verdict): void => {
    const attempt = message.attempts + 1;
    switch (verdict.type) {
      case 'ack':
        progress.acked(message);
        lanes.settle(message, clock.now());
        break;
      case 'defer':
        wait(message, message.attempts, Math.max(verdict.afterMs, LEAST_WAIT_MS), message.reason);
        break;
      case 'park':
        park(message, attempt, verdict.reason, event);
        break;
      case 'retry':
        if (attempt >= group.maxAttempts) park(message, attempt, verdict.reason, event);
        else wait(message, attempt, verdict.afterMs ?? group.backoffMs(attempt), verdict.reason);
    }
  };

  const judge = async (event: RecordedEvent, attempt: number): Promise<Verdict> => {
    try {
      return await group.handle({ event, attempt });
    } catch (thrown) {
      return { type: 'retry', reason: messageOf(thrown) };
    }
  };

  const deliver = async (message: Message): Promise<void> => {
    if (message.event !== undefined) {
      return conclude(message, message.event, await judge(message.event, message.attempts + 1));
    }
    const read = await store.readAt(message.position)();
    if (E.isLeft(read)) {
      onProblem(`the message at position ${message.position} cannot be read: ${read.left.type}`);
      return wait(message, message.attempts, READ_AGAIN_MS, message.reason);
    }
    const event = read.right;
    if (event === null) {
      return park(message, message.attempts, 'it is not in the log', { stream: '', type: '' });
    }
    return conclude(message, event, await judge(event, message.attempts + 1));
  };

  const work = async (message: Message): Promise<void> => {
    await deliver(message);
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
    const next = lanes.wakeDue(clock.now());
    if (next !== undefined) armFor(next);
    pump();
    changes.notify();
  };

  return {
    pump,
    tick,
    inHand: () => inHand,
    isIdle: () => inHand === 0 && !lanes.somethingReady() && (armed === undefined || armed > clock.now()),
    stop: () => {
      stopped = true;
      callOff();
    },
  };
};
