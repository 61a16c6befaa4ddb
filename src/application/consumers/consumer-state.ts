import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { ParkedMessage } from '../ports/consumer-groups.ts';
import type { StoreError } from '../ports/event-store.ts';

/**
 * A message that is tried again later, or that waits behind such a one of its key. `attempts`: counted so far. `dueAt`:
 * epoch milliseconds. `waitMs`: for how long it was postponed, null where that is not known. `reason`: of the last failed
 * attempt. `replayed`: it had been parked, and an operator replayed it.
 */
export type WaitingMessage = {
  readonly position: number;
  readonly key: string;
  readonly attempts: number;
  readonly dueAt: number;
  readonly waitMs: number | null;
  readonly reason: string;
  readonly replayed: boolean;
};

/**
 * When a message is due, in epoch milliseconds: at most `waitMs` from now. A message that was postponed while the clock was
 * days ahead would otherwise wait for days after the clock is corrected.
 */
export const dueBy = ({ dueAt, waitMs }: Pick<WaitingMessage, 'dueAt' | 'waitMs'>, now: number): number =>
  waitMs === null ? dueAt : Math.min(dueAt, now + waitMs);

export type KeyedParkedMessage = ParkedMessage & { readonly key: string; readonly replayed: boolean };

/** A parked message as operators see it. `parkedAt`: epoch milliseconds. */
export const parkedMessage = (
  group: string,
  { position, key, attempts, reason, replayed }: Omit<WaitingMessage, 'dueAt' | 'waitMs'>,
  { stream, type }: Pick<RecordedEvent, 'stream' | 'type'>,
  parkedAt: number,
): KeyedParkedMessage => ({
  group,
  position,
  key,
  stream,
  type,
  attempts,
  reason,
  replayed,
  parkedAt: toInstant(parkedAt),
});

/** What is stored of a group. `checkpoint`: null for a group that never ran here. */
export type SavedGroup = {
  readonly checkpoint: number | null;
  readonly waiting: ReadonlyArray<WaitingMessage>;
  /** Positions of parked messages after the checkpoint. */
  readonly parkedAhead: ReadonlyArray<number>;
};

/** `remove`: positions that are no longer waiting. A message in `put` or `park` replaces what was kept of it before. */
type GroupChanges = {
  readonly checkpoint: number;
  readonly put: ReadonlyArray<WaitingMessage>;
  readonly remove: ReadonlyArray<number>;
  readonly park: ReadonlyArray<KeyedParkedMessage>;
};

type GroupCounts = {
  readonly name: string;
  readonly checkpoint: number;
  readonly retrying: number;
  readonly parked: number;
};

/** Where consumer groups keep what must outlive the process. `toStoreError` explains what its promises reject with. */
export type ConsumerState = {
  readonly load: (group: string) => Promise<SavedGroup>;
  /** Saves all of it or nothing. */
  readonly save: (group: string, changes: GroupChanges) => Promise<void>;
  readonly parked: (group: string | undefined) => Promise<ReadonlyArray<KeyedParkedMessage>>;
  /**
   * Makes parked messages wait again, with no attempts counted, due at `dueAt` (epoch milliseconds): all of the group, or
   * the one at `position`. Answers with those it moved. All or nothing.
   */
  readonly unpark: (
    group: string,
    position: number | undefined,
    dueAt: number,
  ) => Promise<ReadonlyArray<WaitingMessage>>;
  /** Changes rows without moving the checkpoint. `unparked`: positions of parked messages to delete. All or nothing. */
  readonly adjust: (
    group: string,
    changes: Pick<GroupChanges, 'put' | 'remove'> & { readonly unparked: ReadonlyArray<number> },
  ) => Promise<void>;
  readonly counts: () => Promise<ReadonlyArray<GroupCounts>>;
  readonly toStoreError: (thrown: unknown) => StoreError;
};

/**
 * How far a group has come: all its messages before `position` are settled, by outcomes in the log. `open`: the message at
 * `position` itself is not settled.
 */
export type Watermark = { readonly position: number; readonly open: boolean };

/**
 * What the nodes on one log share about their consumers, kept beside the log. Each node follows the log from its own
 * position.
 */
export type SharedConsumers = {
  /**
   * The watermark after which a node begins a group that it has not run before. `own`: the position that is recorded if
   * no node has run the group yet.
   */
  readonly begin: (group: string, own: number) => TaskEither<StoreError, Watermark>;
  /** Publishes how far the groups of this node have come, by name. */
  readonly publish: (watermarks: ReadonlyMap<string, Watermark>) => TaskEither<StoreError, void>;
  /** The messages that any node has parked and nobody has replayed since. */
  readonly parked: () => TaskEither<StoreError, ReadonlyArray<KeyedParkedMessage>>;
  /** Lists what this node has parked. A message that another node has listed already is listed once. */
  readonly park: (messages: ReadonlyArray<KeyedParkedMessage>) => TaskEither<StoreError, void>;
  /** Removes parked messages from the list. Answers with the positions that were on it; of two nodes, one gets each. */
  readonly unlist: (group: string, positions: ReadonlyArray<number>) => TaskEither<StoreError, ReadonlyArray<number>>;
};
