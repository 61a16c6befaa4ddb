import { makeMemoryConsumerState } from '../../../src/adapters/event-store/consumers/memory-consumer-state.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/memory-event-store.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';
import { ownPositions } from './own-positions.ts';

consumerGroupsContract({
  name: 'memory',
  positions: 'own positions',
  open: async () =>
    ownPositions({
      store: makeMemoryEventStore(),
      state: makeMemoryConsumerState(),
      release: async () => undefined,
    }),
});
