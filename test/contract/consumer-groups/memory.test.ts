import { makeMemoryConsumerState } from '../../../src/adapters/event-store/consumers/memory-consumer-state.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/memory-event-store.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';

consumerGroupsContract({
  name: 'memory',
  open: async () => ({
    store: makeMemoryEventStore(),
    state: makeMemoryConsumerState(),
    release: async () => undefined,
  }),
});
