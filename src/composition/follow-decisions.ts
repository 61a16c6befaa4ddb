import * as E from 'fp-ts/lib/Either.js';
import type { DecisionWatch } from '../application/queries/await-decision.ts';
import { followLog } from '../application/consumers/follow.ts';
import { makeStopSignal } from '../application/consumers/waiting.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/effect-context.ts';

type Deps = {
  readonly store: Pick<EventStore, 'head' | 'subscribe'>;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly watch: Pick<DecisionWatch, 'seen' | 'missed'>;
  readonly report: Report;
};

export type DecisionFollower = {
  /** Why requests may not learn of a decision that was made; empty when all is well. */
  readonly troubles: () => ReadonlyArray<string>;
  readonly stop: () => Promise<void>;
};

/**
 * Feeds the decision watch from the present end of the log on. After a broken subscription another one continues where
 * it ended, with backoff; an end that cannot be read is read again.
 */
export const followDecisions = ({ store, clock, random, watch, report }: Deps): DecisionFollower => {
  const stop = makeStopSignal(clock);
  let position = 0;
  const { trouble, done } = followLog({
    store,
    clock,
    stop,
    random,
    prepare: async () => {
      const head = await store.head()();
      if (E.isLeft(head)) throw new Error(`the end of the log cannot be read: ${head.left.type}`);
      position = head.right;
      // Requests that waited before the end was known read their bookings.
      watch.missed();
    },
    after: () => position,
    onEvents: async (events) => {
      watch.seen(events);
      position = events.at(-1)?.position ?? position;
    },
    onProblem: (reason) => report({ where: 'decision watch', reason }),
  });

  return {
    troubles: () => {
      const reason = trouble();
      return reason === null ? [] : [`the decision watch does not follow the log: ${reason}`];
    },
    stop: async () => {
      stop.stop();
      await done;
    },
  };
};
