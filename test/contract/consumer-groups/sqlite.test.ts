import * as E from 'fp-ts/lib/Either.js';
import { makeSqliteConsumerState } from '../../../src/adapters/consumers/sqlite-consumer-state.ts';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { consumerGroupsContract } from './consumer-groups-contract.ts';
import { ownPositions } from './own-positions.ts';

consumerGroupsContract({
  name: 'SQLite',
  open: async () => {
    const { file, remove } = await temporaryDataFile();
    const store = makeSqliteEventStore(file);
    const state = makeSqliteConsumerState(file);
    if (E.isLeft(store) || E.isLeft(state)) throw new Error('the data file cannot be set up');
    return ownPositions({ store: store.right, state: state.right, release: remove });
  },
});
