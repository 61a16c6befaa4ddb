import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { DEFAULT_STREAM_PREFIX } from '../../adapters/event-store/eventstoredb/connection-string.ts';
import { type Secret, secretOf } from '../../application/secret.ts';

export type CopyOptions = {
  readonly fromData?: string;
  readonly fromEventstoredbEnv?: string;
  readonly fromEventstoredbFile?: string;
  readonly fromStreamPrefix?: string;
  readonly toData?: string;
  readonly toEventstoredbEnv?: string;
  readonly toEventstoredbFile?: string;
  readonly toStreamPrefix?: string;
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
  const said = [data, name, file].filter((one) => one !== undefined).length;
  if (said !== 1)
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
