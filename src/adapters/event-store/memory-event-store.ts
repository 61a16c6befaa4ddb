import type { EventStore } from '../../application/ports/event-store.ts';
import { makeEmbeddedEventStore } from './embedded-event-store.ts';
import { makeMemoryLogStorage } from './memory-log-storage.ts';

/** The whole log in memory: for tests, ours and users'. Same rules as the SQLite store, nothing is durable. */
export const makeMemoryEventStore = (): EventStore => makeEmbeddedEventStore(makeMemoryLogStorage());
