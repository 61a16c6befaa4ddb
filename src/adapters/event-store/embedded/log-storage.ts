import * as E from 'fp-ts/lib/Either.js';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { type Actor, type Envelope, isTooDeep, type RecordedEvent } from '../../../domain/log/envelope.ts';
import { canonicalJson } from '../../../domain/log/hash-chain.ts';
import { isObject } from '../../../domain/unknown.ts';

/** One event as it lies in the log: `body` is the JSON of its envelope. */
export type StoredEvent = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly body: string;
};

/** Called for every transaction in the same tick: its writes are durable, or were undone. */
export type TransactionListener = { readonly committed: () => void; readonly rolledBack: () => void };

/**
 * Where an embedded log keeps its rows. All methods are synchronous, so that no read comes between the writes of one
 * transaction. `transact` groups tasks that arrive together and settles once they are durable. A task may run again
 * after a rollback, so it must keep nothing outside the storage that `rolledBack` does not undo.
 */
export type LogStorage = {
  readonly transact: <A>(task: () => A) => Promise<A>;
  /** Waits for the tasks that have begun. */
  readonly drain: () => Promise<void>;
  readonly join: (participant: TransactionListener) => void;
  /** Revision of the stream's last event, -1 for a stream without events. Inside a task: with what the task wrote. */
  readonly revisionOf: (stream: string) => number;
  /** Only inside a task that then writes to the stream. Whether the stream is new; if so, it is created. */
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

/**
 * The JSON that is stored: the envelope's fields and nothing else, so that a recorded event can be appended too. In canonical
 * form, as it is hashed: an audit then need not spell an event again to see that its hash is right.
 */
export const encodeEnvelope = (event: Envelope): string =>
  canonicalJson({
    actor: { ...event.actor },
    causationId: event.causationId,
    correlationId: event.correlationId,
    data: event.data,
    hash: event.hash,
    id: event.id,
    occurredAt: event.occurredAt,
    type: event.type,
    version: event.version,
  });

export const isActor = (value: unknown): value is Actor =>
  isObject(value) && typeof value.kind === 'string' && (value.id === undefined || typeof value.id === 'string');

/**
 * Checks the envelope only: the events' codecs check the data when it is used. A full codec here would double the cost
 * of a replay.
 */
const isEnvelope = (value: unknown): value is Envelope =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.type === 'string' &&
  typeof value.version === 'number' &&
  isObject(value.data) &&
  typeof value.occurredAt === 'string' &&
  isActor(value.actor) &&
  typeof value.correlationId === 'string' &&
  (value.causationId === null || typeof value.causationId === 'string') &&
  typeof value.hash === 'string';

/** One literal, so that all recorded events share one hidden class. */
export const recorded = (event: Envelope, stream: string, revision: number, position: number): RecordedEvent => ({
  id: event.id,
  type: event.type,
  version: event.version,
  data: event.data,
  occurredAt: event.occurredAt,
  actor: event.actor,
  correlationId: event.correlationId,
  causationId: event.causationId,
  hash: event.hash,
  stream,
  revision,
  position,
});

const parse = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const corrupt = (row: StoredEvent, what: string): StoreError => ({
  type: 'Corrupt',
  reason: `the event at position ${row.position} (${row.stream}, revision ${row.revision}) is ${what}`,
  position: row.position,
});

/** `Corrupt`, with the position, at the first row that is not JSON, not an envelope, or nested deeper than any event is. */
export const decodeStored = (rows: ReadonlyArray<StoredEvent>): E.Either<StoreError, ReadonlyArray<RecordedEvent>> => {
  const events: Array<RecordedEvent> = [];
  for (const row of rows) {
    const envelope = parse(row.body);
    if (!isEnvelope(envelope)) return E.left(corrupt(row, 'not an event envelope'));
    if (isTooDeep(envelope)) return E.left(corrupt(row, 'nested too deeply'));
    events.push(recorded(envelope, row.stream, row.revision, row.position));
  }
  return E.right(events);
};
