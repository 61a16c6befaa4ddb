import * as E from 'fp-ts/lib/Either.js';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { eventStoreContract } from './event-store-contract.ts';

eventStoreContract({
  name: 'SQLite',
  allOrNone: true,
  open: async () => {
    const { file, remove } = await temporaryDataFile();
    const store = makeSqliteEventStore(file);
    if (E.isLeft(store)) throw new Error(store.left.type);
    return { store: store.right, release: remove };
  },
});
