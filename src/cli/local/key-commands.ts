import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { loadHostIds, loadStoreSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { keyStreamsInFile } from '../../adapters/identity/api-key-stream.ts';
import { openApiKeys } from '../../adapters/identity/api-keys.ts';
import { describeStoreError, type OwnStreams } from '../../application/ports/event-store.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { openDataFile } from '../../adapters/sqlite/data-file.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import type { ApiKeyError, ApiKeyRole, ApiKeys, Revocation } from '../../application/ports/keys-and-tokens.ts';
import { didYouMean } from '../../domain/decoding/wording.ts';
import { reveal } from '../../application/secret.ts';
import type { EventStoreDbSettings } from '../../composition/open-eventstoredb.ts';
import type { ServerOptions } from '../api/client.ts';
import { makeServerKey, keepIt, keyTable, listServerKeys, revokeServerKey } from '../api/server-keys.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';
import { QUIET, dataFolder, withEventStoreDb } from './installation-commands.ts';

type Asked<A> = (keys: ApiKeys) => TaskEither<ApiKeyError, A>;
type Answer<A> = Promise<E.Either<string, A>>;

const describeKeyError = (error: ApiKeyError): string =>
  error.type === 'TooManyKeys'
    ? `there are ${error.limit} keys already: revoke some`
    : `the keys cannot be used: ${describeStoreError(error)}`;

const inStreams = async <A>(streams: OwnStreams, isShared: boolean, ask: Asked<A>): Answer<A> => {
  const deps = { clock: systemClock, environmentKey: null, onProblem: QUIET };
  const opened = await openApiKeys({ ...deps, streams, isShared })();
  if (E.isLeft(opened)) return E.left(describeKeyError(opened.left));
  const answer = await ask(opened.right.keys)();
  await opened.right.stop();
  return pipe(answer, E.mapLeft(describeKeyError));
};

const inDataFile = async <A>(env: NodeJS.ProcessEnv, make: boolean, ask: Asked<A>): Answer<A> => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const { file: path } = data.right;
  if (!make && !existsSync(path)) return E.left(describeDataFileError({ type: 'Missing', path }));
  const file = openDataFile({ path });
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const streams = keyStreamsInFile(file.right);
    return E.isLeft(streams) ? E.left(describeDataFileError(streams.left)) : await inStreams(streams.right, false, ask);
  } finally {
    await file.right.close();
  }
};

const inLog = <A>(settings: EventStoreDbSettings, ask: Asked<A>): Answer<A> =>
  withEventStoreDb(settings, ({ ownStreams }) => inStreams(ownStreams, true, ask));

/**
 * The keys where the configuration says the log is: of EventStoreDB also beside running servers, in the data file only
 * without one. `make`: a data file is made where there is none. Left says why not, such as that the server has the file.
 */
export const withKeys = async <A>(env: NodeJS.ProcessEnv, make: boolean, ask: Asked<A>): Answer<A> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  return settings.right.type === 'eventstoredb' ? inLog(settings.right, ask) : inDataFile(env, make, ask);
};

const failed = ({ terminal }: CliContext, reason: string): ExitCode => {
  terminal.err(`holdfast: ${reason}`);
  return exitCode.failed;
};

export type CreateOptions = ServerOptions & { readonly role: ReadonlyArray<ApiKeyRole>; readonly host?: string };

/** The running server has the data file, so that it has to be asked. */
const isServed = (env: NodeJS.ProcessEnv, reason: string): boolean => {
  const data = dataFolder(env);
  return E.isRight(data) && reason === describeDataFileError({ type: 'AlreadyOpen', path: data.right.file });
};

/** A key of a host that does not exist opens nothing, and nobody would know why. Left: it does not. */
const hostIsKnown = async (env: NodeJS.ProcessEnv, host: string | undefined): Answer<void> => {
  if (host === undefined) return E.right(undefined);
  const ids = await loadHostIds(env, readFile)();
  if (E.isLeft(ids)) return E.left(formatConfigurationErrors(ids.left));
  return ids.right.includes(host)
    ? E.right(undefined)
    : E.left(`no host is called "${host}"${didYouMean(host, ids.right)} (hosts: ${ids.right.join(', ')})`);
};

/** Prints the new key, this once: it is kept hashed. */
export const createKey = async (context: CliContext, name: string, options: CreateOptions): Promise<ExitCode> => {
  const wanted = { name, roles: options.role, hostId: options.host ?? null };
  if (options.url !== undefined) return makeServerKey(context, options, wanted);
  const known = await hostIsKnown(context.env, options.host);
  if (E.isLeft(known)) return failed(context, known.left);
  const made = await withKeys(context.env, true, (keys) => keys.create(wanted));
  if (E.isLeft(made))
    return isServed(context.env, made.left) ? makeServerKey(context, options, wanted) : failed(context, made.left);
  const { apiKey, key } = made.right;
  if (options.json) context.terminal.out(JSON.stringify({ id: apiKey.id, key: reveal(key) }));
  else {
    context.terminal.out(reveal(key));
    context.terminal.err(keepIt(apiKey.id, apiKey.roles));
  }
  return exitCode.fine;
};

export const listKeys = async (context: CliContext, options: ServerOptions): Promise<ExitCode> => {
  if (options.url !== undefined) return listServerKeys(context, options);
  const listed = await withKeys(context.env, false, (keys) => keys.list());
  if (E.isLeft(listed))
    return isServed(context.env, listed.left) ? listServerKeys(context, options) : failed(context, listed.left);
  const keys = listed.right;
  if (options.json) {
    context.terminal.out(JSON.stringify(keys, null, 2));
    return exitCode.fine;
  }
  for (const line of keyTable(keys)) context.terminal.out(line);
  return exitCode.fine;
};

const outcomes: Readonly<Record<Revocation, { readonly code: ExitCode; readonly words: string }>> = {
  revoked: { code: exitCode.fine, words: 'is revoked: it opens nothing from now on' },
  'already-revoked': { code: exitCode.fine, words: 'was revoked already' },
  unknown: { code: exitCode.failed, words: 'is not the id of a key: see "holdfast key list"' },
  'from-environment': { code: exitCode.failed, words: 'is the key of HOLDFAST_API_KEY and ends with it' },
};

export const revokeKey = async (context: CliContext, id: string, options: ServerOptions): Promise<ExitCode> => {
  if (options.url !== undefined) return revokeServerKey(context, options, id);
  const revoked = await withKeys(context.env, false, (keys) => keys.revoke(id));
  if (E.isLeft(revoked))
    return isServed(context.env, revoked.left) ? revokeServerKey(context, options, id) : failed(context, revoked.left);
  const { code, words } = outcomes[revoked.right];
  (code === exitCode.fine ? context.terminal.out : context.terminal.err)(`${id} ${words}`);
  return code;
};
