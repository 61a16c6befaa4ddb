/** The protocol stand-in of the tests as a process of its own. Says its connection string, and ends with its parent. */
import { startEventStoreDbStandIn } from '../../test/support/eventstoredb/stand-in.ts';

const standIn = await startEventStoreDbStandIn();
process.once('disconnect', () => void standIn.close());
process.send?.(standIn.connectionString);
