import type { LogStorage, TransactionListener, StoredEvent } from './log-storage.ts';
import { makeEmbeddedEventStore } from './embedded-event-store.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import { messageOf } from '../../../domain/unknown.ts';

/**
 * Rows in memory, lost with the process. A task writes at once and is never rolled back: the store decides before it
 * writes.
 */
const makeMemoryLogStorage = (): LogStorage => {
  const log: Array<StoredEvent> = [];
  const streams = new Map<string, Array<StoredEvent>>();
  const participants: Array<TransactionListener> = [];
  return {
    transact: async (task) => {
      const result = task();
      for (const participant of participants) participant.committed();
      return result;
    },
    drain: async () => undefined,
    join: (participant) => {
      participants.push(participant);
    },
    revisionOf: (stream) => (streams.get(stream)?.length ?? 0) - 1,
    claim: (stream) => !streams.has(stream),
    streamFrom: (stream, from, to) => streams.get(stream)?.slice(from, to + 1) ?? [],
    after: (position, limit) => log.slice(position, position + limit),
    lastPosition: () => log.length,
    insert: (stream, revision, body) => {
      const row: StoredEvent = { position: log.length + 1, stream, revision, body };
      log.push(row);
      const rows = streams.get(stream);
      if (rows === undefined) streams.set(stream, [row]);
      else rows.push(row);
      return row.position;
    },
    toStoreError: (thrown) => ({ type: 'Unavailable', reason: messageOf(thrown) }),
  };
};

/** The whole log in memory: for tests, ours and users'. Same rules as the SQLite store, nothing is durable. */
export const makeMemoryEventStore = (): EventStore => makeEmbeddedEventStore(makeMemoryLogStorage());
