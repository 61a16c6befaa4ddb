import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { eventStoreContract } from './event-store-contract.ts';

eventStoreContract({
  name: 'EventStoreDB stand-in',
  allOrNone: false,
  open: async () => {
    const standIn = await startEventStoreDbStandIn();
    const { store } = await openStore(standIn.connectionString);
    return { store, release: standIn.close };
  },
});
