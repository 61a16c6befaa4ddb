import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { EventStore } from '../ports/event-store.ts';
import { backoffWithJitter, type StopSignal } from './waiting.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Milliseconds after which a new subscription counts as sound although no event has come. */
export const STEADY_MS = 2_000;

type Following = {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly clock: Clock;
  readonly stop: StopSignal;
  readonly random: () => number;
  /** Called before the first subscription, again until it does not reject. */
  readonly prepare: () => Promise<void>;
  /** The position after which to go on; called for each subscription. */
  readonly after: () => number;
  readonly onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void>;
  readonly onProblem: (message: string) => void;
};

export type Follower = {
  /** Why the log is not followed now, in words; null when it is. */
  readonly trouble: () => string | null;
  /** Settles when stopped, or when the store closes; never rejects. */
  readonly done: Promise<void>;
};

/** Follows the log: subscribes, and again with backoff and jitter when the subscription breaks. */
export const followLog = (deps: Following): Follower => {
  const { store, clock, stop, random, prepare, after, onEvents, onProblem } = deps;
  let trouble: string | null = null;
  let failures = 0;
  let forgetTrial = (): void => undefined;

  const isWell = (): void => {
    forgetTrial();
    failures = 0;
    trouble = null;
  };
  const broke = async (what: string, thrown: unknown): Promise<void> => {
    forgetTrial();
    failures += 1;
    trouble = `${what}: ${messageOf(thrown)}`;
    onProblem(trouble);
    await stop.pause(backoffWithJitter(failures, random));
  };
  const followOnce = async (): Promise<void> => {
    const subscription = store.subscribe({
      after: after(),
      onEvents: async (events) => {
        isWell();
        await onEvents(events);
      },
    });
    const forget = stop.onStop(() => {
      subscription.stop().catch((thrown: unknown) => onProblem(`it could not be stopped: ${messageOf(thrown)}`));
    });
    if (trouble !== null) forgetTrial = clock.at(clock.now() + STEADY_MS, isWell);
    await subscription.done.finally(forget);
  };
  const run = async (): Promise<void> => {
    for (let isReady = false; !stop.stopped();) {
      try {
        if (!isReady) await prepare();
        isReady = true;
        if (stop.stopped()) return;
        await followOnce();
        if (!stop.stopped()) trouble = 'the subscription has ended';
        return;
      } catch (thrown) {
        await broke(isReady ? 'the subscription broke' : 'it cannot begin', thrown);
      }
    }
  };
  const done = run().finally(() => forgetTrial());
  return { trouble: () => (stop.stopped() ? null : trouble), done };
};
