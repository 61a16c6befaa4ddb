import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { StoreError } from './event-store.ts';

/**
 * What a handler says of one message. `retry`: again after so many milliseconds, counted; `defer`: again, not counted.
 * `behind`: and again as soon as an earlier message of its key was handled.
 */
export type Verdict =
  | { readonly type: 'ack' }
  | { readonly type: 'retry'; readonly reason: string; readonly afterMs?: number; readonly behind?: boolean }
  | { readonly type: 'defer'; readonly afterMs: number; readonly behind?: boolean }
  | { readonly type: 'park'; readonly reason: string };

/**
 * `attempt` starts at 1. `replayed`: an operator asked for it after it had been parked. `ageMs`: milliseconds since this
 * process took the message in. `earlier`: positions of the messages of its key before it that wait, where the handler keeps
 * the order.
 */
export type Delivery = {
  readonly event: RecordedEvent;
  readonly attempt: number;
  readonly replayed?: boolean;
  readonly ageMs?: number;
  readonly earlier?: ReadonlyArray<number>;
};

export type ConsumerGroup = {
  /** Stable name: the group's position and its parked messages are kept under it. */
  readonly name: string;
  /** Which events are messages of this group; the rest only move its checkpoint. */
  readonly accepts: (event: RecordedEvent) => boolean;
  /** Where a group that was never seen before starts. Effects start `now`. */
  readonly startAt: 'beginning' | 'now';
  /** Messages of one key are handled one at a time and in log order; a retrying one holds back only its own key. */
  readonly keyOf: (event: RecordedEvent) => string;
  /**
   * `handler`: one that waits does not hold back its key either: the handler is told of it (`Delivery.earlier`), and says
   * what of a later message has to wait for it. Default: `key`.
   */
  readonly ordering?: 'key' | 'handler';
  readonly maxInFlight: number;
  /** After so many counted attempts the message is parked. */
  readonly maxAttempts: number;
  /**
   * Milliseconds that a new message waits here, because another node is preferred for it: by then that one should have
   * done it. None: this node has nobody beside it.
   */
  readonly standByMs?: (event: RecordedEvent) => number;
  /** Milliseconds to wait after attempt n failed, where the verdict names none. */
  readonly backoffMs: (attempt: number) => number;
  /** At-least-once. A rejection counts as `retry` with its message. */
  readonly handle: (delivery: Delivery) => Promise<Verdict>;
};

export type ParkedMessage = {
  readonly group: string;
  readonly position: number;
  readonly stream: string;
  readonly type: string;
  readonly attempts: number;
  readonly reason: string;
  readonly parkedAt: string;
};

/** `isRunning`: on this node; false: it was taken out of the configuration, and what waits for it rests. */
export type ConsumerStatus = {
  readonly name: string;
  readonly isRunning: boolean;
  readonly checkpoint: number;
  readonly head: number;
  readonly retrying: number;
  readonly parked: number;
};

/** `stop` takes no new message, waits for those in hand, and saves the checkpoint. `idle` resolves at the log's head with nothing in hand or due now. */
export type RunningConsumer = {
  /** Of its group. */
  readonly name: string;
  readonly stop: () => Promise<void>;
  readonly idle: () => Promise<void>;
  /** Why it does not follow the log now, in words; null when it does. */
  readonly trouble: () => string | null;
};

/** At-least-once consumers with positions of their own, which a rebuild of projections never touches. */
export type ConsumerGroups = {
  readonly start: (group: ConsumerGroup) => RunningConsumer;
  readonly parked: (group?: string) => TaskEither<StoreError, ReadonlyArray<ParkedMessage>>;
  /** Puts parked messages back to be delivered, attempts counted anew; all of the group, or the one at `position`. Answers how many. */
  readonly replayParked: (group: string, position?: number) => TaskEither<StoreError, number>;
  readonly status: () => TaskEither<StoreError, ReadonlyArray<ConsumerStatus>>;
};
