import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Envelope, RecordedEvent } from '../../domain/log/envelope.ts';

/**
 * `'no-stream'` for a stream that must not exist yet, otherwise the zero-based revision of its last event. Never "any".
 */
export type ExpectedRevision = 'no-stream' | number;

export type StoreError =
  | {
      readonly type: 'RevisionConflict';
      readonly stream: string;
      readonly expected: ExpectedRevision;
      readonly actual: ExpectedRevision;
    }
  /** Nothing was written (full disk, unreachable server, shutting down). Trying again later may help. */
  | { readonly type: 'Unavailable'; readonly reason: string }
  /** No answer came: it may have been written. Repeat with the same ids and the same expectation. */
  | { readonly type: 'OutcomeUnknown'; readonly reason: string }
  | { readonly type: 'TooLarge'; readonly bytes: number; readonly limit: number }
  /** What is stored cannot be decoded. `position`: of the event, where it is one; what lies behind it can be read. */
  | { readonly type: 'Corrupt'; readonly reason: string; readonly position?: number };

/** In one line, with a code that programs can go by. */
export const describeStoreError = (error: StoreError): string => {
  switch (error.type) {
    case 'RevisionConflict':
      return `${error.stream} is at revision ${error.actual}, where ${error.expected} was expected [revision_conflict]`;
    case 'Unavailable':
      // A file that cannot be used has said so with a code of its own.
      return / \[\w+\]$/.test(error.reason) ? error.reason : `${error.reason} [log_unavailable]`;
    case 'OutcomeUnknown':
      return `${error.reason}; it may have been written [outcome_unknown]`;
    case 'TooLarge':
      return `it has ${error.bytes} bytes, where ${error.limit} are taken [too_large]`;
    case 'Corrupt':
      return `${error.reason} [log_corrupt]`;
  }
};

/** Last revision written and the position of that event in the whole log. */
export type AppendResult = { readonly revision: number; readonly position: number };

export type Append = {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: ReadonlyArray<Envelope>;
};

/** A running subscription. `done`: resolves after `stop`, rejects with what broke it. */
export type Subscription = { readonly stop: () => Promise<void>; readonly done: Promise<void> };

/** Biggest append in bytes of its JSON (EventStoreDB's MaxAppendSize); more is `TooLarge`. */
export const MAX_APPEND_BYTES = 1_048_576;

/**
 * The log. A stream is the only transaction boundary. Zero-based revisions, inclusive reads, exclusive subscriptions.
 * Idempotency is EventStoreDB's strong kind: where the expectation is behind, and the ids stored right after it are
 * those of the append, in order and all of them, the answer is the original one. Otherwise it is a `RevisionConflict`.
 */
export type EventStore = {
  /** Durable (fsync) before it resolves. Without events nothing is written, and the answer is the present head. */
  readonly append: (append: Append) => TaskEither<StoreError, AppendResult>;
  /**
   * Several appends, in order; the first that fails stops the rest. An engine may keep the earlier ones when a later
   * one fails or the process dies (EventStoreDB); the embedded engine commits all or none.
   */
  readonly appendInOrder: (appends: ReadonlyArray<Append>) => TaskEither<StoreError, ReadonlyArray<AppendResult>>;
  /**
   * From `from` on, inclusive; default 0. At most `limit` events; default all. Fewer than `limit`: the end of the
   * stream. Empty for a stream that does not exist.
   */
  readonly readStream: (
    stream: string,
    from?: number,
    limit?: number,
  ) => TaskEither<StoreError, ReadonlyArray<RecordedEvent>>;
  /**
   * Events after `after`, exclusive, in log order, at most `limit`. `after`: 0 for the beginning, otherwise the
   * position of an event; positions start at 1.
   */
  readonly readAll: (after: number, limit: number) => TaskEither<StoreError, ReadonlyArray<RecordedEvent>>;
  /** The event at exactly this position, null where there is none. Any position may be asked for. */
  readonly readAt: (position: number) => TaskEither<StoreError, RecordedEvent | null>;
  /** Position of the last event, 0 for an empty log. */
  readonly head: () => TaskEither<StoreError, number>;
  /**
   * Delivers batches in log order, one at a time: the next waits for the promise of `onEvents`. Continues with live
   * events. A rejected `onEvents` ends the subscription (`done` rejects); the caller decides about starting again.
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
 * A stream's fold after the event at `revision`, stored so that a start need not fold years again. `fold`: version of
 * the fold. `lastId`, `lastHash`: of that event; the hash chain makes them stand for all events before.
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
 * Where snapshots are stored: the newest one of each stream. They are disposable: without one that fits, the stream is
 * folded. Promises reject with the error of the disk.
 */
export type Snapshots = {
  readonly find: (stream: string) => Promise<SnapshotHeader | null>;
  /** The text of one part, counted from 0; null where it is missing. */
  readonly part: (header: SnapshotHeader, index: number) => Promise<string | null>;
  /** Replaces an earlier one once all parts are written. */
  readonly save: (header: Omit<SnapshotHeader, 'parts'>, parts: Iterable<string>) => Promise<void>;
};

/** An event of an installation's own stream: no envelope, no hash chain, neither copied nor audited. */
export type InternalEvent = { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
export type RecordedInternalEvent = InternalEvent & { readonly revision: number };

/**
 * Streams beside the log, for what belongs to the installation: keys, and what its nodes agree on. Reading the log does
 * not return them. Appends follow the rules of the log: explicit revisions, ids decided once, unknown outcomes
 * resolved. Ids are lower-case UUIDs.
 */
export type OwnStreams = {
  readonly append: (
    stream: string,
    expected: ExpectedRevision,
    events: ReadonlyArray<InternalEvent>,
  ) => TaskEither<StoreError, { readonly revision: number }>;
  /** From `from` on, inclusive; empty where there is no stream. */
  readonly read: (stream: string, from?: number) => TaskEither<StoreError, ReadonlyArray<RecordedInternalEvent>>;
  /** Forgets the events before a revision. The last event of a stream has to stay: appends go by its revision. */
  readonly trim: (stream: string, before: number) => TaskEither<StoreError, void>;
  /** The last event; null where there is no stream. */
  readonly readLast: (stream: string) => TaskEither<StoreError, RecordedInternalEvent | null>;
};
