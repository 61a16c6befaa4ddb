import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { ConsumerGroup } from '../ports/consumer-groups.ts';
import { type Dispatcher, MOST_STANDING_BY, parkedMessage, waitingMessage } from './dispatch.ts';
import type { Lanes, LaneMessage } from './lanes.ts';
import type { Progress } from './progress.ts';
import type { Changes, StopSignal } from './waiting.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Messages in memory per message in flight: enough to keep the handlers busy while the next batch is read. */
const READ_AHEAD = 4;

type Dependencies = {
  readonly group: ConsumerGroup;
  readonly clock: Clock;
  readonly lanes: Lanes;
  readonly progress: Progress;
  readonly dispatcher: Dispatcher;
  readonly stop: StopSignal;
  readonly changes: Changes;
  /** Positions after the checkpoint that are waiting or parked already. */
  readonly ahead: Set<number>;
};

/**
 * Turns the events of the log into messages. Reads no further while too many are in memory; one whose key waits for an
 * earlier message is kept in the consumer state instead, so that it holds back nobody else. One that another node is
 * preferred for stands by for a while.
 */
export const makeIntake = (deps: Dependencies): ((events: ReadonlyArray<RecordedEvent>) => Promise<void>) => {
  const { group, clock, lanes, progress, dispatcher, stop, changes, ahead } = deps;

  const begin = (event: RecordedEvent): void => {
    const key = group.keyOf(event);
    const waitMs = group.standByMs?.(event) ?? 0;
    const kept = lanes.isHeld(key);
    const { position } = event;
    const now = clock.now();
    const due = waitMs === 0 ? { dueAt: 0, waitMs: null } : { dueAt: now + waitMs, waitMs };
    const message: LaneMessage = {
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
    lanes.add(kept ? { ...message, event: undefined } : message, now);
    if (waitMs === 0) dispatcher.pump();
    else dispatcher.armFor(now + waitMs);
  };
  /** A message that its group cannot even sort is parked: it must not stop those behind it. */
  const parkUnsorted = (event: RecordedEvent, thrown: unknown): void => {
    const { position, stream } = event;
    const message = {
      position,
      key: stream,
      attempts: 0,
      reason: `it cannot be sorted: ${messageOf(thrown)}`,
      replayed: false,
    };
    progress.begin(position);
    progress.park(parkedMessage(group.name, message, event, clock.now()));
  };
  const take = (event: RecordedEvent): void => {
    const known = ahead.delete(event.position);
    try {
      if (known || !group.accepts(event)) progress.pass(event.position);
      else begin(event);
    } catch (thrown) {
      parkUnsorted(event, thrown);
    }
  };

  const hasRoom = (): boolean => {
    const standingBy = lanes.standingBy();
    return progress.unsettled() - standingBy < group.maxInFlight * READ_AHEAD && standingBy < MOST_STANDING_BY;
  };
  return async (events) => {
    for (const event of events) {
      if (!hasRoom()) await changes.until(() => stop.stopped() || hasRoom());
      if (stop.stopped()) return;
      take(event);
    }
    changes.notify();
  };
};
