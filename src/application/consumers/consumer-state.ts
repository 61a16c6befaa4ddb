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
