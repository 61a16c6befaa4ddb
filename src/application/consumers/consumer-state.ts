import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkedMessage } from '../ports/consumer-groups.ts';
import type { StoreError } from '../ports/event-store.ts';

/**
 * A message that is tried again later, or stands behind one of its key that is. `attempts`: counted so far. `dueAt`:
 * epoch milliseconds. `waitMs`: how long that was when it was put off, null where nobody knows. `reason`: what the last
 * attempt said. `replayed`: an operator asked for it after it had been parked.
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
 * When a message is due by the clock as it is now: never later than it was to wait in the first place. One that was put
 * off by a clock that was days ahead would else wait for days once the clock is set right.
 */
export const dueBy = ({ dueAt, waitMs }: Pick<WaitingMessage, 'dueAt' | 'waitMs'>, now: number): number =>
  waitMs === null ? dueAt : Math.min(dueAt, now + waitMs);

export type KeyedParkedMessage = ParkedMessage & { readonly key: string; readonly replayed: boolean };

/** What a group knew when it was stopped. `checkpoint` is undefined for a group that was never seen. */
export type SavedGroup = {
  readonly checkpoint: number | undefined;
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

/** Where consumer groups keep what must outlive the process. Rejections are read by `toStoreError`. */
export type ConsumerState = {
  readonly load: (group: string) => Promise<SavedGroup>;
  /** All of it or nothing. */
  readonly save: (group: string, changes: GroupChanges) => Promise<void>;
  readonly parked: (group: string | undefined) => Promise<ReadonlyArray<KeyedParkedMessage>>;
  /** Makes parked messages wait again, with no attempts counted, due at `dueAt`. Answers those it moved. All or nothing. */
  readonly unpark: (
    group: string,
    position: number | undefined,
    dueAt: number,
  ) => Promise<ReadonlyArray<WaitingMessage>>;
  /** Changes rows without moving the checkpoint. `unparked`: positions that are kept as parked no longer. All or nothing. */
  readonly adjust: (
    group: string,
    changes: Pick<GroupChanges, 'put' | 'remove'> & { readonly unparked: ReadonlyArray<number> },
  ) => Promise<void>;
  readonly counts: () => Promise<ReadonlyArray<GroupCounts>>;
  readonly toStoreError: (thrown: unknown) => StoreError;
};

/**
 * How far a group has come: every message of it before the position is settled, by outcomes in the log; the one at the
 * position too, unless it is `open`.
 */
export type Mark = { readonly position: number; readonly open: boolean };

/**
 * What the nodes on one log tell each other about their consumers, kept beside the log. Each node follows the log from its
 * own position; only this is shared.
 */
export type SharedConsumers = {
  /**
   * Where a node begins a group that it has not run before. `own`: after which position it would begin if it were the
   * first; then that is written down for the others.
   */
  readonly begin: (group: string, own: number) => TaskEither<StoreError, Mark>;
  /** Tells how far the groups of this node have come. */
  readonly tell: (marks: ReadonlyMap<string, Mark>) => TaskEither<StoreError, void>;
  /** The messages that any node has parked and nobody has taken back since. */
  readonly parked: () => TaskEither<StoreError, ReadonlyArray<KeyedParkedMessage>>;
  /** Tells the others what this node has parked. What another node has parked before it is one message, not two. */
  readonly park: (messages: ReadonlyArray<KeyedParkedMessage>) => TaskEither<StoreError, void>;
  /** Takes parked messages off the list. Answers the positions that were on it; of two nodes at once one gets each. */
  readonly take: (group: string, positions: ReadonlyArray<number>) => TaskEither<StoreError, ReadonlyArray<number>>;
};
