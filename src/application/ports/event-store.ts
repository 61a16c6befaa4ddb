import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Envelope, RecordedEvent } from '../../domain/log/envelope.ts';

/** `'no-stream'` for a stream that must not exist yet, else the zero-based revision of its last event. Never "any". */
export type ExpectedRevision = 'no-stream' | number;

export type StoreError =
  | {
      readonly type: 'RevisionConflict';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: ExpectedRevision;
    }
  /** Nothing was written (disk full, server away, shutting down). Trying again later may help. */
  | { readonly type: 'Unavailable'; readonly reason: string }
  /** No answer came: it may have been written. Repeat with the same ids and the same expectation. */
  | { readonly type: 'OutcomeUnknown'; readonly reason: string }
  | { readonly type: 'TooLarge'; readonly bytes: number; readonly limit: number }
  /** What is stored cannot be read as what was written. */
  | { readonly type: 'Corrupt'; readonly reason: string };

/** Last revision written and the position of that event in the whole log. */
export type AppendResult = { readonly revision: number; readonly position: number };

export type Append = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<Envelope>;
};

/** A running subscription. `done` settles when it ended: resolved after `stop`, rejected with what broke it. */
export type Subscription = { readonly stop: () => Promise<void>; readonly done: Promise<void> };

/** Biggest append in bytes of its JSON (EventStoreDB's MaxAppendSize); more is `TooLarge`. */
export const MAX_APPEND_BYTES = 1_048_576;

/**
 * The log. A stream is the only transaction boundary. Zero-based revisions, inclusive reads, exclusive subscriptions.
 * Idempotency is EventStoreDB's strong kind: when the expectation is behind, and the ids stored right after it are the
 * ids of the append, in order and all of them, the answer is the original one; else it is a `RevisionConflict`.
 */
export type EventStore = {
  /** Durable (fsync) before it answers. No events: success, nothing written, the answer is the present head. */
  readonly append: (append: Append) => TaskEither<StoreError, AppendResult>;
  /**
   * Several appends, in order; the first that fails stops the rest. An engine may keep the earlier ones when a later
   * one fails or the process dies (EventStoreDB); the embedded engine commits all or none.
   */
  readonly appendInOrder: (appends: ReadonlyArray<Append>) => TaskEither<StoreError, ReadonlyArray<AppendResult>>;
  /**
   * From `from` on, inclusive; default 0. At most `limit` events; default all. Fewer than `limit`: that is the stream's end. A
   * stream that does not exist reads as no events.
   */
  readonly readStream: (
    stream: string,
    from?: number,
    limit?: number,
  ) => TaskEither<StoreError, ReadonlyArray<RecordedEvent>>;
  /** Events after `after`, exclusive, in log order, at most `limit`. `after` 0 is the beginning, else a position that was answered; positions start at 1. */
  readonly readAll: (after: number, limit: number) => TaskEither<StoreError, ReadonlyArray<RecordedEvent>>;
  /** The event at exactly this position, null where there is none. The only read that need not start from a position that was answered. */
  readonly readAt: (position: number) => TaskEither<StoreError, RecordedEvent | null>;
  /** Position of the last event, 0 for an empty log. */
  readonly head: () => TaskEither<StoreError, number>;
  /**
   * Batches in log order, one at a time: the next one waits for the promise of `onEvents`. Goes on with live events.
   * A rejected `onEvents` ends the subscription (`done` rejects); the caller decides about starting again.
   */
  readonly subscribe: (options: {
    readonly after: number;
    readonly batchSize?: number;
    readonly onEvents: (events: ReadonlyArray<RecordedEvent>) => Promise<void>;
  }) => Subscription;
  /** Waits for what is in flight, then closes. Appends after it are `Unavailable`. */
  readonly close: () => Promise<void>;
};

/**
 * A stream's fold as it was after the event at `revision`, kept so that a start need not fold years again. `fold`: which
 * version of the fold made it. `lastId`, `lastHash`: of that event; the hash chain makes them speak for all before.
 */
export type SnapshotHeader = {
  readonly stream: string;
  readonly fold: number;
  readonly revision: number;
  readonly lastId: string;
  readonly lastHash: string;
  readonly position: number;
  readonly parts: number;
};

/**
 * Where snapshots are kept: one for a stream, the newest. They are disposable: whoever finds none, or one that does not fit,
 * folds the stream. Every promise may reject with what the disk said.
 */
export type Snapshots = {
  readonly find: (stream: string) => Promise<SnapshotHeader | null>;
  /** The text of one part, counted from 0; null where it is missing. */
  readonly part: (header: SnapshotHeader, index: number) => Promise<string | null>;
  /** Takes the place of an earlier one once all of it is there. */
  readonly save: (header: Omit<SnapshotHeader, 'parts'>, parts: Iterable<string>) => Promise<void>;
};

/** An event of the machinery: no envelope, no hash chain, no part of what is copied and audited. */
export type InternalEvent = { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
export type RecordedInternalEvent = InternalEvent & { readonly revision: number };

/**
 * Streams beside the log of bookings, schedules and calendars, for what belongs to the installation: keys, and what its
 * nodes agree on. Nobody who reads the log meets them. Same rules for appends as the log: explicit revisions, ids
 * decided once, an unknown outcome is resolved. Ids are lower-case UUIDs.
 */
export type OwnStreams = {
  readonly append: (
    stream: string,
    expected: ExpectedRevision,
    events: ReadonlyArray<InternalEvent>,
  ) => TaskEither<StoreError, { readonly revision: number }>;
  /** From `from` on, inclusive; no events where there is no stream. */
  readonly read: (stream: string, from?: number) => TaskEither<StoreError, ReadonlyArray<RecordedInternalEvent>>;
  /** The last event; null where there is no stream. */
  readonly readLast: (stream: string) => TaskEither<StoreError, RecordedInternalEvent | null>;
};
