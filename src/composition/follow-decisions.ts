import * as E from 'fp-ts/lib/Either.js';
import { backoffWithJitter } from '../adapters/event-store/consumers/backoff.ts';
import { follow } from '../adapters/event-store/consumers/follow.ts';
import { makeStopSignal } from '../adapters/event-store/consumers/stop-signal.ts';
import type { DecisionWatch } from '../application/booking/await-decision.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { Report } from '../application/saga/saga-deps.ts';

/** Milliseconds that a subscription has to hold until it counts as sound where no event comes to prove it. */
export const STEADY_MS = 2_000;

type Deps = {
  readonly store: Pick<EventStore, 'head' | 'subscribe'>;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  readonly watch: Pick<DecisionWatch, 'seen' | 'missed'>;
  readonly report: Report;
};

export type DecisionFollower = {
  /** Why requests may wait in vain for a decision that was made; empty when all is well. */
  readonly troubles: () => ReadonlyArray<string>;
  readonly stop: () => Promise<void>;
};

/**
 * Feeds the decision watch from the log, from its present end on. A subscription that breaks is followed by another one
 * from where it ended, with backoff; an end that cannot be read is asked for again.
 */
export const followDecisions = ({ store, clock, random, watch, report }: Deps): DecisionFollower => {
  const stop = makeStopSignal(clock);
  let trouble: string | null = null;
  let position = 0;
  let forgetTrial = (): void => undefined;

  const onProblem = (reason: string): void => {
    forgetTrial();
    trouble = reason;
    report({ where: 'decision watch', reason });
  };
  const isWell = (): void => {
    forgetTrial();
    trouble = null;
  };
  /** Asked once for each subscription: from now on it has to hold. */
  const after = (): number => {
    if (trouble !== null) forgetTrial = clock.at(clock.now() + STEADY_MS, isWell);
    return position;
  };

  const findEnd = async (): Promise<void> => {
    for (let attempt = 1; !stop.stopped(); attempt += 1) {
      const head = await store.head()();
      if (E.isRight(head)) {
        position = head.right;
        return;
      }
      onProblem(`the end of the log cannot be read: ${head.left.type}`);
      await stop.pause(backoffWithJitter(attempt, random));
    }
  };
  const run = async (): Promise<void> => {
    await findEnd();
    // Whoever has been waiting since before the end was known looks for itself.
    watch.missed();
    await follow({
      store,
      stop,
      random,
      after,
      onEvents: async (events) => {
        isWell();
        watch.seen(events);
        position = events.at(-1)?.position ?? position;
      },
      onProblem,
    });
  };
  const running = run().catch((fault: unknown) => onProblem(String(fault)));

  return {
    troubles: () => (trouble === null ? [] : [`the decision watch does not follow the log: ${trouble}`]),
    stop: async () => {
      stop.stop();
      await running;
      forgetTrial();
    },
  };
};
