import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerState } from '../../../src/application/consumers/consumer-state.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { makeSqliteConsumerState } from '../../../src/adapters/consumers/sqlite-consumer-state.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';
import { ownPositions } from './own-positions.ts';

type OpenState = () => Promise<{ readonly state: ConsumerState; readonly remove: () => Promise<void> }>;

const inMemory: OpenState = async () => ({ state: makeMemoryConsumerState(), remove: async () => undefined });

const inSqlite: OpenState = async () => {
  const { file, remove } = await temporaryDataFile();
  const state = makeSqliteConsumerState(file);
  if (E.isLeft(state)) throw new Error(state.left.type);
  return { state: state.right, remove };
};

const over = (name: string, openState: OpenState) =>
  consumerGroupsContract({
    name,
    open: async () => {
      const standIn = await startEventStoreDbStandIn();
      const { store } = await openStore(standIn.connectionString);
      const { state, remove } = await openState();
      const release = async (): Promise<void> => {
        await remove();
        await standIn.close();
      };
      return ownPositions({ store: { ...store }, state, release });
    },
  });

over('EventStoreDB stand-in, state in memory', inMemory);
over('EventStoreDB stand-in, state in SQLite', inSqlite);
