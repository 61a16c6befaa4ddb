import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { Changes } from './changes.ts';
import { type HandingOut, makeHandingOut } from './handing-out.ts';
import type { Lanes, Message } from './lanes.ts';
import { parkedMessage, waitingMessage } from './messages.ts';
import type { Progress } from './progress.ts';

export type Worker = Omit<HandingOut, 'armFor'>;

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly lanes: Lanes;
  readonly progress: Progress;
  readonly changes: Changes;
  readonly onProblem: (message: string) => void;
};

/** Hands messages out, and carries verdicts to the lanes and the progress. */
export const makeWorker = (deps: Dependencies): Worker => {
  const { group, clock, lanes, progress } = deps;
  const handingOut: HandingOut = makeHandingOut<Message>(deps, {
    ack: (message) => {
      progress.acked(message);
      lanes.settle(message, clock.now());
    },
    wait: (message, attempts, afterMs, reason) => {
      const dueAt = clock.now() + afterMs;
      const held: Message = { ...message, attempts, reason, dueAt, event: undefined, kept: true };
      const behind = lanes.hold(held, clock.now());
      progress.keep(waitingMessage(held));
      for (const each of behind) if (!each.kept) progress.keep(waitingMessage(each));
      handingOut.armFor(held.dueAt);
    },
    park: (message, attempts, reason, event) => {
      progress.park(parkedMessage(group.name, { ...message, attempts, reason }, event, clock.now()));
      lanes.settle(message, clock.now());
    },
  });
  return handingOut;
};
