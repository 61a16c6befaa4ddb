import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import {
  type OtherLog,
  claimLogPlace,
  makeSqliteEventStore,
} from '../../adapters/event-store/embedded/sqlite-event-store.ts';
import { type DataFileError, describeDataFileError } from '../../adapters/sqlite/data-file-error.ts';
import { openDataFile } from '../../adapters/sqlite/data-file.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { systemIdentity } from '../../composition/identity.ts';
import { openEventStoreDb } from '../../composition/open-eventstoredb.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { withReadOnlyLog } from '../local/open-log.ts';
import type { Place } from './copy-options.ts';

/** Milliseconds until EventStoreDB has to answer: shorter than for a server, since somebody waits at a terminal. */
const START_WAIT_MS = 10_000;

type Used<A> = Promise<E.Either<string, A>>;
type Use<A> = (log: EventStore) => Used<A>;
type Tell = (problem: string) => void;

type OnServer = Extract<Place, { readonly type: 'eventstoredb' }>;

const withEventStoreDb = async <A>(place: OnServer, onProblem: Tell, writes: boolean, use: Use<A>): Used<A> => {
  const settings = { ...place, caFile: null, startWaitMs: START_WAIT_MS };
  const deps = { clock: systemClock, random: systemIdentity.jitter, onProblem, writes };
  const opened = await openEventStoreDb(deps)(settings)();
  if (E.isLeft(opened)) return E.left(opened.left.reason);
  try {
    return await use(opened.right.store);
  } finally {
    await opened.right.store.close();
  }
};

const describeClaim = (error: DataFileError | OtherLog): string =>
  error.type === 'OtherLog'
    ? `${error.path} belongs to a log in EventStoreDB: positions in it would mean nothing here; name another folder`
    : describeDataFileError(error);

const withDataFile = async <A>(path: string, use: Use<A>): Used<A> => {
  const file = openDataFile({ path });
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const claimed = claimLogPlace(file.right, 'embedded');
    if (E.isLeft(claimed)) return E.left(describeClaim(claimed.left));
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
    : withEventStoreDb(place, tell, false, use);

/** Opens a log for writing, for as long as `use` takes; a data folder that a server has open is refused. */
export const withTarget = <A>(place: Place, tell: Tell, use: Use<A>): Used<A> =>
  place.type === 'data' ? withDataFile(join(place.folder, DATA_FILE), use) : withEventStoreDb(place, tell, true, use);
