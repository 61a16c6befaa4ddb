/** The stand-in as a process of its own, until it is told to end. Says its connection string. */
import { startEventStoreDbStandIn } from './stand-in.ts';

const standIn = await startEventStoreDbStandIn();
process.stdout.write(`${standIn.connectionString}\n`);
process.once('SIGTERM', () => void standIn.close());
