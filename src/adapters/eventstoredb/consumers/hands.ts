import * as E from 'fp-ts/lib/Either.js';
import type { Verdict } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Changes } from '../../event-store/consumers/changes.ts';
import { READ_AGAIN_MS } from '../../event-store/consumers/worker.ts';
import { type Concluding, LONGEST_STAY_MS, type Message, makeConcluding } from './concluding.ts';

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

type Dependencies = Omit<Concluding, 'inHand' | 'armFor'> & {
  /** Position after which the group began. */
  readonly since: () => number;
  readonly store: Pick<EventStore, 'readAt'>;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** Carries messages to the handler, and its verdicts to the server or to the waiting room. */
export const makeHands = (deps: Dependencies): Hands => {
  const { group, since, store, clock, lanes, custody, changes, onProblem } = deps;
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
  const { conclude, putOff, wait, park } = makeConcluding({ ...deps, inHand: () => inHand, armFor });
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
    const keys = new Set(overdue.map(({ key }) => key));
    // With all that came behind it.
    const all = [...overdue, ...lanes.takeOut(({ key }) => keys.has(key), now)];
    for (const [key, messages] of Map.groupBy(all, (message) => message.key)) {
      const inOrder = messages.toSorted((a, b) => a.position - b.position);
      const dueAt = Math.max(now + READ_AGAIN_MS, ...messages.map((message) => message.dueAt));
      void putOff(inOrder, key, dueAt).then(changes.notify);
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
