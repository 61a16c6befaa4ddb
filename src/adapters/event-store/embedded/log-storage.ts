import type { StoreError } from '../../../application/ports/event-store.ts';

/** One event as it lies in the log: `body` is the JSON of its envelope. */
export type StoredEvent = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly body: string;
};

/** Told about every transaction, in the same tick: what was written inside it stands, or never happened. */
export type TransactionListener = { readonly committed: () => void; readonly rolledBack: () => void };

/**
 * Where an embedded log keeps its rows. Everything is synchronous, so that nobody reads between the writes of one
 * transaction; `transact` groups the tasks that arrive together and answers once they are durable. A task may be run a
 * second time after a rollback: it must keep nothing outside the storage that `rolledBack` does not undo.
 */
export type LogStorage = {
  readonly transact: <A>(task: () => A) => Promise<A>;
  /** Waits for the tasks that are under way. */
  readonly drain: () => Promise<void>;
  readonly join: (participant: TransactionListener) => void;
  /** Revision of the stream's last event, -1 for a stream without events. Inside a task: with what the task wrote. */
  readonly revisionOf: (stream: string) => number;
  /** Only inside a task that goes on to write to it. Whether the stream is new; then it is made in the same step. */
  readonly claim: (stream: string) => boolean;
  /** Revisions `from` to `to`, both inclusive. */
  readonly streamFrom: (stream: string, from: number, to: number) => ReadonlyArray<StoredEvent>;
  readonly after: (position: number, limit: number) => ReadonlyArray<StoredEvent>;
  readonly lastPosition: () => number;
  /** Only inside a task. Answers the position given to the event. */
  readonly insert: (stream: string, revision: number, body: string) => number;
  /** What a rejection of `transact`, or something thrown by a read, means to the caller of the store. */
  readonly toStoreError: (thrown: unknown) => StoreError;
};
