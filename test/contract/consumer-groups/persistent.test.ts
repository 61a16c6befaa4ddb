import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';
import { persistent } from './persistent.ts';

consumerGroupsContract({
  name: 'persistent subscriptions of the EventStoreDB stand-in',
  positions: 'the server',
  open: async () => {
    const standIn = await startEventStoreDbStandIn();
    return persistent(standIn.connectionString, standIn.close);
  },
});
