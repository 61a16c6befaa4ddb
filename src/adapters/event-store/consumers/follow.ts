import type { EventStore } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import { backoffWithJitter } from './backoff.ts';
import type { StopSignal } from './stop-signal.ts';

type Following = {
  readonly store: Pick<EventStore, 'subscribe'>;
  readonly stop: StopSignal;
  readonly random: () => number;
  /** The position after which to go on, asked again for each subscription. */
  readonly after: () => number;
  readonly onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void>;
  readonly onProblem: (message: string) => void;
};

/** Subscribes, and again with backoff and jitter when the subscription breaks. Settles when stopped or the store closes. */
export const follow = async ({ store, stop, random, after, onEvents, onProblem }: Following): Promise<void> => {
  let failures = 0;
  while (!stop.stopped()) {
    const subscription = store.subscribe({
      after: after(),
      onEvents: (events) => {
        failures = 0;
        return onEvents(events);
      },
    });
    const forget = stop.onStop(() => void subscription.stop());
    try {
      await subscription.done;
      return;
    } catch (thrown) {
      failures += 1;
      onProblem(`the subscription broke: ${String(thrown)}`);
      await stop.pause(backoffWithJitter(failures, random));
    } finally {
      forget();
    }
  }
};
