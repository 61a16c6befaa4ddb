import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';
import { ownPositions } from './own-positions.ts';

consumerGroupsContract({
  name: 'memory',
  open: async () =>
    ownPositions({
      store: makeMemoryEventStore(),
      state: makeMemoryConsumerState(),
      release: async () => undefined,
    }),
});
