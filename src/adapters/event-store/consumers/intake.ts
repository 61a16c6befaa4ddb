import type { Clock } from '../../../application/ports/clock.ts';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import type { Changes } from './changes.ts';
import type { Lanes, Message } from './lanes.ts';
import { parkedMessage, waitingMessage } from './messages.ts';
import type { Progress } from './progress.ts';
import type { StopSignal } from './stop-signal.ts';
import type { Worker } from './worker.ts';

/** Messages in memory per message in hand: enough to keep all hands busy while the next batch is read. */
export const READ_AHEAD = 4;

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly clock: Clock;
  readonly lanes: Lanes;
  readonly progress: Progress;
  readonly worker: Worker;
  readonly stop: StopSignal;
  readonly changes: Changes;
  /** Positions after the checkpoint that are waiting or parked already. */
  readonly ahead: Set<number>;
};

/**
 * Turns the events of the log into messages. Reads no further while too many are in memory; one whose key waits for an
 * earlier message is kept in the consumer state instead, so that it holds back nobody else.
 */
export const makeIntake = (deps: Dependencies): ((events: ReadonlyArray<RecordedEvent>) => Promise<void>) => {
  const { group, clock, lanes, progress, worker, stop, changes, ahead } = deps;

  const begin = (event: RecordedEvent, key: string): void => {
    const kept = lanes.isHeld(key);
    const { position } = event;
    const message: Message = { position, key, attempts: 0, dueAt: 0, reason: '', event, kept };
    progress.begin(position);
    if (kept) progress.keep(waitingMessage(message));
    lanes.add(kept ? { ...message, event: undefined } : message, clock.now());
    worker.pump();
  };
  /** A message that its group cannot even sort is parked: it must not stop those behind it. */
  const parkUnsorted = (event: RecordedEvent, thrown: unknown): void => {
    const { position, stream } = event;
    const message = { position, key: stream, attempts: 0, dueAt: 0, reason: `it cannot be sorted: ${String(thrown)}` };
    progress.begin(position);
    progress.park(parkedMessage(group.name, message, event, clock.now()));
  };
  const take = (event: RecordedEvent): void => {
    const known = ahead.delete(event.position);
    try {
      if (known || !group.accepts(event)) progress.pass(event.position);
      else begin(event, group.keyOf(event));
    } catch (thrown) {
      parkUnsorted(event, thrown);
    }
  };

  const room = (): boolean => progress.unsettled() < group.maxInFlight * READ_AHEAD;
  return async (events) => {
    for (const event of events) {
      if (!room()) await changes.until(() => stop.stopped() || room());
      if (stop.stopped()) return;
      take(event);
    }
    changes.notify();
  };
};
