import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup } from '../ports/consumer-groups.ts';
import { parkedMessage } from './consumer-state.ts';
import { type Dispatcher, MOST_STANDING_BY, waitingMessage } from './dispatch.ts';
import type { MessageQueues, QueuedMessage } from './message-queues.ts';
import type { Progress } from './progress.ts';
import type { Changes, StopSignal } from './waiting.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Messages in memory for each message in flight: enough to keep the handlers busy while the next batch is read. */
const READ_AHEAD = 4;

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly clock: Clock;
  readonly queues: MessageQueues;
  readonly progress: Progress;
  readonly dispatcher: Dispatcher;
  readonly stop: StopSignal;
  readonly changes: Changes;
  /** Positions after the checkpoint that are waiting or parked already. */
  readonly ahead: Set<number>;
};

/**
 * Turns the events of the log into messages of the group. It waits while too many are in memory. A message whose key waits
 * for an earlier one is kept in the consumer state, so that it blocks no other key. A message that another node is
 * preferred for stands by for a while.
 */
export const makeEnqueue = (deps: Dependencies): ((events: ReadonlyArray<RecordedEvent>) => Promise<void>) => {
  const { group, clock, queues, progress, dispatcher, stop, changes, ahead } = deps;

  const enqueue = (event: RecordedEvent): void => {
    const key = group.keyOf(event);
    const waitMs = group.standByMs?.(event) ?? 0;
    const kept = queues.isBlocked(key);
    const { position } = event;
    const now = clock.now();
    const due = waitMs === 0 ? { dueAt: 0, waitMs: null } : { dueAt: now + waitMs, waitMs };
    const message: QueuedMessage = {
      position,
      key,
      ...due,
      attempts: 0,
      reason: '',
      replayed: false,
      event,
      kept,
      takenAt: clock.elapsed(),
    };
    progress.begin(position);
    if (kept) progress.keep(waitingMessage(message));
    queues.add(kept ? { ...message, event: null } : message, now);
    if (waitMs === 0) dispatcher.pump();
    else dispatcher.armFor(now + waitMs);
  };
  /** An event that the group's own rules fail on is parked: it must not stop the events after it. */
  const parkUnclassified = (event: RecordedEvent, thrown: unknown): void => {
    const { position, stream } = event;
    const message = {
      position,
      key: stream,
      attempts: 0,
      reason: `it cannot be classified: ${messageOf(thrown)}`,
      replayed: false,
    };
    progress.begin(position);
    progress.park(parkedMessage(group.name, message, event, clock.now()));
  };
  const accept = (event: RecordedEvent): void => {
    const known = ahead.delete(event.position);
    try {
      if (known || !group.accepts(event)) progress.pass(event.position);
      else enqueue(event);
    } catch (thrown) {
      parkUnclassified(event, thrown);
    }
  };

  const hasCapacity = (): boolean => {
    const standingBy = queues.standingBy();
    return progress.unsettled() - standingBy < group.maxInFlight * READ_AHEAD && standingBy < MOST_STANDING_BY;
  };
  return async (events) => {
    for (const event of events) {
      if (!hasCapacity()) await changes.until(() => stop.stopped() || hasCapacity());
      if (stop.stopped()) return;
      accept(event);
    }
    changes.notify();
  };
};
