import * as E from 'fp-ts/lib/Either.js';
import { makeReadOnlyEventStore } from '../../adapters/event-store/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/data-file-error.ts';
import type { EventStore } from '../../application/ports/event-store.ts';

const HAS_LOG = "SELECT 1 FROM sqlite_schema WHERE name = 'events'";

/** Reads the log of a data file, also beside a running server, for as long as `use` takes. Left says why it cannot. */
export const withReadOnlyLog = async <A>(
  path: string,
  use: (log: EventStore) => Promise<E.Either<string, A>>,
): Promise<E.Either<string, A>> => {
  const file = openDataFileReadOnly(path);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    if (file.right.db.prepare(HAS_LOG).get() === undefined)
      return E.left(`${path} has no log yet: no server was started on it`);
    const store = makeReadOnlyEventStore(file.right);
    if (E.isLeft(store)) return E.left(describeDataFileError(store.left));
    const used = await use(store.right);
    await store.right.close();
    return used;
  } finally {
    file.right.close();
  }
};
