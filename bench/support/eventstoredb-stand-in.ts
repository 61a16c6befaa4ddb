/** The protocol stand-in of the tests as a process of its own. Says its connection string, and when asked the CPU time that it has used in microseconds; ends with its parent. */
import { startEventStoreDbStandIn } from '../../test/support/eventstoredb/stand-in.ts';

const standIn = await startEventStoreDbStandIn();
process.once('disconnect', () => void standIn.close());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.send?.(standIn.connectionString);
