import { EventStoreDBClient } from '@eventstore/db-client';
import { makePersistentGroups } from '../../../src/adapters/eventstoredb/consumers/persistent-groups.ts';
import type { EventStoreDb } from '../../../src/adapters/eventstoredb/eventstoredb-event-store.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { ConsumerGroups } from '../../../src/application/ports/consumer-groups.ts';
import { openStore } from '../../adapters/eventstoredb/opened-store.ts';
import { right } from '../event-store/harness.ts';
import type { Ground, Process } from './harness.ts';

/** Nobody listens there. */
const toNowhere = new EventStoreDBClient({ endpoint: { address: '127.0.0.1', port: 9 } }, { insecure: true });

/** The groups of one node on a connection of their own. `kill` cuts the connection as a dead process would, for good. */
export const nodeOn = (
  { store, ownStreams, parts }: EventStoreDb,
  deps: { readonly clock: Clock; readonly onProblem: (message: string) => void },
): Process => {
  let alive = true;
  const { connection } = parts;
  const mortal = { ...connection, client: () => (alive ? connection.client() : toNowhere) };
  const onProblem = ({ group, message }: { readonly group: string; readonly message: string }): void => {
    if (alive) deps.onProblem(`${group}: ${message}`);
  };
  const groups = makePersistentGroups({
    store,
    ownStreams,
    parts: { ...parts, connection: mortal },
    clock: deps.clock,
    random: () => 0,
    onProblem,
  });
  return {
    groups,
    kill: async () => {
      alive = false;
      await store.close();
    },
  };
};

/** Consumer groups on a server's persistent subscriptions; each process has a connection of its own. */
export const persistent = async (connectionString: string, release: () => Promise<void>): Promise<Ground> => {
  const { store } = await openStore(connectionString);
  let current: ConsumerGroups | undefined;
  return {
    store,
    release,
    counts: async () => (current === undefined ? [] : await right(current.status())),
    begin: async (deps) => {
      const process = nodeOn(await openStore(connectionString), deps);
      current = process.groups;
      return process;
    },
  };
};
