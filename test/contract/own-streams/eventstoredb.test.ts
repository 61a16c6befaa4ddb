import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { ownStreamsContract } from './own-streams-contract.ts';

ownStreamsContract('in EventStoreDB (stand-in)', async () => {
  const standIn = await startEventStoreDbStandIn();
  const { store, ownStreams: streams } = await openStore(standIn.connectionString);
  const close = async () => {
    await store.close();
    await standIn.close();
  };
  return { store, streams, close };
});
