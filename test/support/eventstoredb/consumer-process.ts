/** A consumer of a group on `$all` in a process of its own, to be killed. Says `holding` once it holds as many messages as it may. */
import { EventStoreDBClient } from '@eventstore/db-client';

const [connectionString = '', group = '', size = '1'] = process.argv.slice(2);
const client = EventStoreDBClient.connectionString(connectionString);
const consumer = client.subscribeToPersistentSubscriptionToAll(group, { bufferSize: Number(size) });
let held = 0;
for await (const _ of consumer) {
  held += 1;
  if (held === Number(size)) process.stdout.write('holding\n');
}
