import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { makeSqliteEventStore } from '../../adapters/event-store/sqlite-event-store.ts';
import {
  createEventStoreDbStore,
  describeOpenError,
  EVENTSTOREDB_TIME_LIMITS,
} from '../../adapters/eventstoredb/eventstoredb-event-store.ts';
import { openDataFile } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/data-file-error.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { Secret } from '../../application/secret.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { withReadOnlyLog } from '../offline/read-only-log.ts';
import type { Place } from './copy-options.ts';

/** Milliseconds until EventStoreDB has to answer: shorter than for a server, since somebody waits at a terminal. */
const START_TIME_LIMIT_MS = 10_000;

type Used<A> = Promise<E.Either<string, A>>;
type Use<A> = (log: EventStore) => Used<A>;
type Tell = (problem: string) => void;

const withEventStoreDb = async <A>(connectionString: Secret, tell: Tell, use: Use<A>): Used<A> => {
  const opened = await createEventStoreDbStore(
    { ...EVENTSTOREDB_TIME_LIMITS, startTimeLimitMs: START_TIME_LIMIT_MS, connectionString },
    { clock: systemClock, random: Math.random, onProblem: tell },
  )();
  if (E.isLeft(opened)) return E.left(describeOpenError(opened.left));
  try {
    return await use(opened.right);
  } finally {
    await opened.right.close();
  }
};

const withDataFile = async <A>(path: string, use: Use<A>): Used<A> => {
  const file = openDataFile({ path });
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const store = makeSqliteEventStore(file.right);
    if (E.isLeft(store)) return E.left(describeDataFileError(store.left));
    const used = await use(store.right);
    await store.right.close();
    return used;
  } finally {
    await file.right.close();
  }
};

/** Opens a log for reading, for as long as `use` takes. */
export const withSource = <A>(place: Place, tell: Tell, use: Use<A>): Used<A> =>
  place.type === 'data'
    ? withReadOnlyLog(join(place.folder, DATA_FILE), use)
    : withEventStoreDb(place.connectionString, tell, use);

/** Opens a log for writing, for as long as `use` takes; a data folder that a server has open is refused. */
export const withTarget = <A>(place: Place, tell: Tell, use: Use<A>): Used<A> =>
  place.type === 'data'
    ? withDataFile(join(place.folder, DATA_FILE), use)
    : withEventStoreDb(place.connectionString, tell, use);
