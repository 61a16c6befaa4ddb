import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup, Verdict } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Changes } from '../../event-store/consumers/changes.ts';
import type { Lanes } from '../../event-store/consumers/lanes.ts';
import { LEAST_WAIT_MS, READ_AGAIN_MS } from '../../event-store/consumers/worker.ts';
import type { Custody } from './custody.ts';
import type { MessageRef } from './waiting-events.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** A message on this node. `event` is absent where it has to be read; `dueAt`: epoch milliseconds. */
export type Message = MessageRef & { readonly dueAt: number; readonly event: RecordedEvent | undefined };

/** Milliseconds: what is tried again sooner stays here, unacknowledged; what waits longer is put off in the log. */
export const SHORT_WAIT_MS = 10_000;

/** Milliseconds that a message stays here at most before its turn, or between two turns; half of the server's patience. */
export const LONGEST_STAY_MS = 60_000;

export type Hands = {
  /** Takes a message in, behind earlier ones of its key, and hands out what is ready, as far as `maxInFlight` allows. */
  readonly add: (message: Message) => void;
  /** Makes what is due ready, hands it out, puts off what stayed too long, and arms the timer for the rest. */
  readonly tick: () => void;
  readonly inHand: () => number;
  /** Nothing in hand, ready, or due. */
  readonly isIdle: () => boolean;
  readonly stop: () => void;
};

type Dependencies = {
  readonly group: ConsumerGroup;
  /** Position after which the group began. */
  readonly since: () => number;
  readonly store: Pick<EventStore, 'readAt'>;
  readonly clock: Clock;
  readonly lanes: Lanes<Message>;
  readonly custody: Custody;
  readonly room: WaitingRoom;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Carries messages to the handler, and its verdicts to the server or to the waiting room. */
export const makeHands = (deps: Dependencies): Hands => {
  const { group, since, store, clock, lanes, custody, room, changes, onProblem } = deps;
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
  /** Everything of the key that is here goes, in order, so that nothing of it is handled before its turn. */
  const putOff = async (first: ReadonlyArray<Message>, key: string, dueAt: number): Promise<void> => {
    let all = first;
    do {
      if (!(await room.putOff(all, dueAt))) return custody.drop(all);
      for (const { position } of all) custody.ack(position);
      all = lanes.takeOut((message) => message.key === key, clock.now());
    } while (all.length > 0);
  };

  const wait = async (message: Message, attempts: number, afterMs: number, reason: string): Promise<void> => {
    const dueAt = clock.now() + afterMs;
    const held: Message = { ...message, attempts, reason, dueAt };
    const isShort = afterMs <= SHORT_WAIT_MS && dueAt - custody.since(message.position) <= LONGEST_STAY_MS;
    if (custody.isLost(message.position)) {
      // The server hands it out again, here or elsewhere.
      custody.drop([message]);
      return lanes.settle(message, clock.now());
    }
    if (isShort && custody.count() - inHand <= group.maxInFlight) {
      lanes.hold(held, clock.now());
      return armFor(dueAt);
    }
    const behind = lanes.takeOut(({ key }) => key === message.key, clock.now());
    await putOff([held, ...behind], message.key, dueAt);
    lanes.settle(message, clock.now());
  };
  const park = (message: Message, attempts: number, reason: string, type: string): void => {
    custody.park({ ...message, attempts }, type, reason);
    lanes.settle(message, clock.now());
  };

  const conclude = async (message: Message, event: RecordedEvent, verdict: Verdict): Promise<void> => {
    const attempt = message.attempts + 1;
    switch (verdict.type) {
      case 'ack':
        custody.ack(message.position);
        return lanes.settle(message, clock.now());
      case 'defer':
        return wait(message, message.attempts, Math.max(verdict.afterMs, LEAST_WAIT_MS), message.reason);
      case 'park':
        return park(message, attempt, verdict.reason, event.type);
      case 'retry':
        if (attempt >= group.maxAttempts) return park(message, attempt, verdict.reason, event.type);
        return wait(message, attempt, verdict.afterMs ?? group.backoffMs(attempt), verdict.reason);
    }
  };
  const judge = async (event: RecordedEvent, attempt: number): Promise<Verdict> => {
    try {
      return await group.handle({ event, attempt, since: since() });
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
    if (event === null) return park(message, message.attempts, 'it is not in the log', '');
    return conclude({ ...message, event }, event, await judge(event, message.attempts + 1));
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
  const sweep = (now: number): void => {
    const isOverdue = ({ position }: Message): boolean => now - custody.since(position) >= LONGEST_STAY_MS;
    const overdue = lanes.takeOut((each) => each.dueAt <= now && isOverdue(each), now);
    for (const [key, messages] of Map.groupBy(overdue, (message) => message.key)) {
      void putOff(messages, key, now + READ_AGAIN_MS).then(changes.notify);
    }
    if (custody.count() > inHand) armFor(now + LONGEST_STAY_MS / 4);
  };
  const tick = (): void => {
    if (stopped) return;
    callOff();
    armed = undefined;
    const now = clock.now();
    const next = lanes.wakeDue(now);
    if (next !== undefined) armFor(next);
    pump();
    sweep(now);
    changes.notify();
  };

  return {
    add: (message) => {
      lanes.add(message, clock.now());
      armFor(clock.now() + LONGEST_STAY_MS);
      pump();
    },
    tick,
    inHand: () => inHand,
    isIdle: () => inHand === 0 && !lanes.somethingReady() && (armed === undefined || armed > clock.now()),
    stop: () => {
      stopped = true;
      callOff();
    },
  };
};
