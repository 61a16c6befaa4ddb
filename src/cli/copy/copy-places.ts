import * as E from 'fp-ts/lib/Either.js';
import { readFile } from 'node:fs/promises';
import { resolve, join } from 'node:path';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import {
  type OtherLog,
  bindFileToLog,
  makeSqliteEventStore,
} from '../../adapters/event-store/embedded/sqlite-event-store.ts';
import { DEFAULT_STREAM_PREFIX } from '../../adapters/event-store/eventstoredb/connection-string.ts';
import { type DataFileError, describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { openDataFile } from '../../adapters/sqlite/data-file.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { type Secret, secretOf } from '../../application/secret.ts';
import { systemIdentity } from '../../composition/identity.ts';
import { openEventStoreDb } from '../../composition/open-eventstoredb.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { withReadOnlyLog } from '../local/installation-commands.ts';

export type CopyOptions = {
  readonly fromData?: string;
  readonly fromEventstoredbEnv?: string;
  readonly fromEventstoredbFile?: string;
  readonly fromStreamPrefix?: string;
  readonly toData?: string;
  readonly toEventstoredbEnv?: string;
  readonly toEventstoredbFile?: string;
  readonly toStreamPrefix?: string;
  /** A folder of keys of personal data, or a file of them, to be brought beside the target. */
  readonly privacyKeys?: string;
  readonly json?: true;
};

/** Where a log is. `folder` is absolute. */
export type Place =
  | { readonly type: 'data'; readonly folder: string }
  | { readonly type: 'eventstoredb'; readonly connectionString: Secret; readonly streamPrefix: string };

export type Places = { readonly from: Place; readonly to: Place };

type Read = Promise<E.Either<string, Place>>;

const connection = (text: string, source: string): E.Either<string, Place> =>
  text.trim() === ''
    ? E.left(`${source} is empty`)
    : E.right({ type: 'eventstoredb', connectionString: secretOf(text.trim()), streamPrefix: DEFAULT_STREAM_PREFIX });

/** What looks like a connection string itself is not repeated: it holds a password. */
const fromVariable = (env: NodeJS.ProcessEnv, name: string): E.Either<string, Place> => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return E.left('--…-eventstoredb-env takes the name of a variable, never the connection string itself');
  const text = env[name];
  return text === undefined ? E.left(`the variable ${name} is not set`) : connection(text, `the variable ${name}`);
};

const fromFile = async (path: string): Read => {
  if (path.includes('://'))
    return E.left('--…-eventstoredb-file takes the path of a file, never the connection string itself');
  try {
    return connection(await readFile(path, 'utf8'), `the file ${path}`);
  } catch {
    return E.left(`the file ${path} cannot be read`);
  }
};

type Choice = {
  readonly data?: string | undefined;
  readonly env?: string | undefined;
  readonly file?: string | undefined;
};

const readPlace = async (env: NodeJS.ProcessEnv, side: 'from' | 'to', { data, env: name, file }: Choice): Read => {
  const named = [data, name, file].filter((one) => one !== undefined).length;
  if (named !== 1)
    return E.left(`say one of --${side}-data, --${side}-eventstoredb-env and --${side}-eventstoredb-file`);
  if (name !== undefined) return fromVariable(env, name);
  return file === undefined ? E.right({ type: 'data', folder: resolve(data ?? '') }) : fromFile(file);
};

/** Nothing: a log that was written before streams had a prefix. */
const PREFIX = /^(?:[A-Za-z0-9_.]{1,40}-)?$/;

const withPrefix = (side: 'from' | 'to', place: Place, streamPrefix: string | undefined): E.Either<string, Place> => {
  if (streamPrefix === undefined) return E.right(place);
  if (place.type === 'data') return E.left(`--${side}-stream-prefix is for EventStoreDB alone`);
  return PREFIX.test(streamPrefix)
    ? E.right({ ...place, streamPrefix })
    : E.left(`--${side}-stream-prefix has to end with its only dash, like holdfast-`);
};

/** Both places; left says what was not understood. */
export const readPlaces = async (env: NodeJS.ProcessEnv, options: CopyOptions): Promise<E.Either<string, Places>> => {
  const { fromData, fromEventstoredbEnv, fromEventstoredbFile, toData, toEventstoredbEnv, toEventstoredbFile } =
    options;
  const from = await readPlace(env, 'from', { data: fromData, env: fromEventstoredbEnv, file: fromEventstoredbFile });
  if (E.isLeft(from)) return from;
  const to = await readPlace(env, 'to', { data: toData, env: toEventstoredbEnv, file: toEventstoredbFile });
  if (E.isLeft(to)) return to;
  const fromPrefixed = withPrefix('from', from.right, options.fromStreamPrefix);
  if (E.isLeft(fromPrefixed)) return fromPrefixed;
  const toPrefixed = withPrefix('to', to.right, options.toStreamPrefix);
  if (E.isLeft(toPrefixed)) return toPrefixed;
  const same = from.right.type === 'data' && to.right.type === 'data' && from.right.folder === to.right.folder;
  return same
    ? E.left('both logs are the same data folder')
    : E.right({ from: fromPrefixed.right, to: toPrefixed.right });
};

/** The place to write to alone. */
export const readTarget = async (env: NodeJS.ProcessEnv, options: CopyOptions): Promise<E.Either<string, Place>> => {
  const { toData, toEventstoredbEnv, toEventstoredbFile, toStreamPrefix } = options;
  const to = await readPlace(env, 'to', { data: toData, env: toEventstoredbEnv, file: toEventstoredbFile });
  return E.isLeft(to) ? to : withPrefix('to', to.right, toStreamPrefix);
};

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
  if (E.isLeft(opened)) return E.left(`${opened.left.reason} [${opened.left.code ?? 'log_unavailable'}]`);
  try {
    return await use(opened.right.store);
  } finally {
    await opened.right.store.close();
  }
};

const describeClaim = (error: DataFileError | OtherLog): string =>
  error.type === 'OtherLog'
    ? `${error.path} belongs to a log in EventStoreDB: positions in it would mean nothing here; name another folder [other_log]`
    : describeDataFileError(error);

const withDataFile = async <A>(path: string, use: Use<A>): Used<A> => {
  const file = openDataFile({ path });
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const claimed = bindFileToLog(file.right, 'embedded');
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
