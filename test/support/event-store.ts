import * as E from 'fp-ts/lib/Either.js';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import type { DataFile } from '../../src/adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../src/adapters/sqlite/inspect-file.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';

/** The SQLite event store on an open data file; throws with the operator's line when it cannot be made. */
export const mustMakeStore = (file: DataFile): EventStore => {
  const store = makeSqliteEventStore(file);
  if (E.isLeft(store)) throw new Error(describeDataFileError(store.left));
  return store.right;
};
