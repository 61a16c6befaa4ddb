import type { ParkedMessage } from '../../../application/ports/consumer-groups.ts';
import type { StoreError } from '../../../application/ports/event-store.ts';

/**
 * A message that is tried again later, or stands behind one of its key that is. `attempts`: counted so far. `dueAt`:
 * epoch milliseconds. `reason`: what the last attempt said.
 */
export type WaitingMessage = {
  readonly position: number;
  readonly key: string;
  readonly attempts: number;
  readonly dueAt: number;
  readonly reason: string;
};

export type KeyedParkedMessage = ParkedMessage & { readonly key: string };

/** What a group knew when it was stopped. `checkpoint` is undefined for a group that was never seen. */
export type SavedGroup = {
  readonly checkpoint: number | undefined;
  readonly waiting: ReadonlyArray<WaitingMessage>;
  /** Positions of parked messages after the checkpoint. */
  readonly parkedAhead: ReadonlyArray<number>;
};

/** `remove`: positions that are no longer waiting. A message in `put` or `park` replaces what was kept of it before. */
export type GroupChanges = {
  readonly checkpoint: number;
  readonly put: ReadonlyArray<WaitingMessage>;
  readonly remove: ReadonlyArray<number>;
  readonly park: ReadonlyArray<KeyedParkedMessage>;
};

export type GroupCounts = {
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
  readonly parked: (group: string | undefined) => Promise<ReadonlyArray<ParkedMessage>>;
  /** Makes parked messages wait again, with no attempts counted, due at `dueAt`. Answers those it moved. */
  readonly unpark: (
    group: string,
    position: number | undefined,
    dueAt: number,
  ) => Promise<ReadonlyArray<WaitingMessage>>;
  readonly counts: () => Promise<ReadonlyArray<GroupCounts>>;
  readonly toStoreError: (thrown: unknown) => StoreError;
};
