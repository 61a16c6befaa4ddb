import type { EventStore } from '../../../application/ports/event-store.ts';
import type { Changes } from '../../event-store/consumers/changes.ts';
import { type HandingOut, makeHandingOut, READ_AGAIN_MS } from '../../event-store/consumers/handing-out.ts';
import { type Concluding, LONGEST_STAY_MS, type Message, makeConcluding } from './concluding.ts';

export type Hands = Omit<HandingOut, 'armFor' | 'pump'> & {
  /** Takes a message in, behind earlier ones of its key, and hands out what is ready, as far as `maxInFlight` allows. */
  readonly add: (message: Message) => void;
};

type Dependencies = Omit<Concluding, 'inHand' | 'armFor'> & {
  /** Position after which the group began. */
  readonly since: () => number;
  readonly store: Pick<EventStore, 'readAt'>;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
};

/** Hands messages out, and carries verdicts to the server, or to the waiting room. */
export const makeHands = (deps: Dependencies): Hands => {
  const { since, clock, lanes, custody, changes } = deps;
  const concluding = makeConcluding({
    ...deps,
    inHand: () => handingOut.inHand(),
    armFor: (due) => handingOut.armFor(due),
  });
  const sweep = (now: number): void => {
    const isOverdue = ({ position }: Message): boolean => now - custody.since(position) >= LONGEST_STAY_MS;
    const overdue = lanes.takeOut((each) => each.dueAt <= now && isOverdue(each), now);
    const keys = new Set(overdue.map(({ key }) => key));
    // With all that came behind it.
    const all = [...overdue, ...lanes.takeOut(({ key }) => keys.has(key), now)];
    for (const [key, messages] of Map.groupBy(all, (message) => message.key)) {
      const inOrder = messages.toSorted((a, b) => a.position - b.position);
      const dueAt = Math.max(now + READ_AGAIN_MS, ...messages.map((message) => message.dueAt));
      void concluding.putOff(inOrder, key, dueAt).then(changes.notify);
    }
    if (custody.count() > handingOut.inHand()) handingOut.armFor(now + LONGEST_STAY_MS / 4);
  };
  const handingOut: HandingOut = makeHandingOut<Message>(
    { ...deps, saying: () => ({ since: since() }), afterTick: sweep },
    concluding,
  );

  return {
    ...handingOut,
    add: (message) => {
      lanes.add(message, clock.now());
      handingOut.armFor(clock.now() + LONGEST_STAY_MS);
      handingOut.pump();
    },
  };
};
