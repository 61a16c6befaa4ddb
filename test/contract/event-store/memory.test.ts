import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { eventStoreContract } from './event-store-contract.ts';

eventStoreContract({
  name: 'memory',
  allOrNone: true,
  open: async () => ({ store: makeMemoryEventStore(), release: async () => undefined }),
});
