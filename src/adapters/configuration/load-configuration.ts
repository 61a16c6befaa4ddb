import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Configuration, StoreSettings } from '../../application/configuration.ts';
import type { Secret } from '../../application/secret.ts';
import { configuration } from './configuration-decoder.ts';
import { crossCheck } from './cross-checks.ts';
import { all, type Errors, fail, isAbsent, problem, type Validated } from './decoder.ts';
import { demoConfiguration } from './demo-configuration.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { at } from './outline.ts';
import { parseFile } from './parse-file.ts';
import type { Env, ReadFailure, ReadFile, Sources } from './sources.ts';
import { EMBEDDED, store } from './store-decoder.ts';

/** A thousand hosts take less. */
export const MAX_CONFIGURATION_BYTES = 1_048_576;

const readText = (path: string, readFile: ReadFile): Validated<string> =>
  E.mapLeft(({ reason, tooLarge }: ReadFailure) =>
    problem(
      'HOLDFAST_CONFIG',
      tooLarge ? 'too_large' : 'unreadable',
      `the configuration file cannot be read: ${reason}`,
    ),
  )(readFile(path, MAX_CONFIGURATION_BYTES));

/** Parts and cross-checks together, so that the errors of both are told at once. */
const decode =
  (sources: Sources) =>
  (file: unknown): Validated<Configuration> => {
    const crossErrors = crossCheck(file);
    const coherent: Validated<null> = crossErrors.length === 0 ? E.right(null) : E.left(crossErrors);
    return E.map((both: { readonly decoded: Configuration }) => both.decoded)(
      all({ decoded: configuration(sources)(file, ''), coherent }),
    );
  };

const sourcesOf = (env: Env, readFile: ReadFile, path: string): Sources => {
  const allowPrivateAddresses = env.HOLDFAST_ALLOW_PRIVATE_ADDRESSES === '1';
  return { env, readFile, folder: dirname(path), allowPrivateAddresses };
};

const load = (env: Env, readFile: ReadFile): Validated<Configuration> => {
  const path = env.HOLDFAST_CONFIG ?? '';
  if (path === '') {
    return E.right(demoConfiguration);
  }
  return E.chain(decode(sourcesOf(env, readFile, path)))(E.chain(parseFile)(readText(path, readFile)));
};

const loadStore = (env: Env, readFile: ReadFile): Validated<StoreSettings> => {
  const path = env.HOLDFAST_CONFIG ?? '';
  if (path === '') {
    return E.right(EMBEDDED);
  }
  const decodeStore = (file: unknown): Validated<StoreSettings> => {
    const value = at(file, 'store');
    return isAbsent(value) ? E.right(EMBEDDED) : store(sourcesOf(env, readFile, path))(value, 'store');
  };
  return E.chain(decodeStore)(E.chain(parseFile)(readText(path, readFile)));
};

/** Where the log is, and nothing else of the file: whoever only reads the log need not have the secrets of the rest. */
export const loadStoreSettings = (env: Env, readFile: ReadFile): TaskEither<Errors, StoreSettings> =>
  TE.fromIOEither(() => loadStore(env, readFile));

/** The configuration that HOLDFAST_CONFIG names (YAML or JSON), or the demo's. All errors of the file and its secrets at once. */
export const loadConfiguration = (env: Env, readFile: ReadFile): TaskEither<Errors, Configuration> =>
  TE.fromIOEither(() => load(env, readFile));

export type Settings = { readonly environment: Environment; readonly configuration: Configuration };

/** The server's secret that somebody gave, by the environment or by the file; null: one is made and kept in the data file. */
export const givenSecret = ({ environment, configuration }: Settings): Secret | null =>
  environment.secret ?? configuration.secret;

/** Two secrets may differ, and nobody could tell which one counts. */
const oneSecret = (settings: Settings): Validated<Settings> =>
  settings.environment.secret !== null && settings.configuration.secret !== null
    ? fail('HOLDFAST_SECRET', 'conflict', 'is given here and as "secret" in the configuration: keep one of them')
    : E.right(settings);

/** Environment and configuration, the errors of both at once: what a program asks for at start. */
export const loadSettings = (env: Env, readFile: ReadFile): TaskEither<Errors, Settings> =>
  TE.fromIOEither(() =>
    E.chain(oneSecret)(all({ environment: readEnvironment(env), configuration: load(env, readFile) })),
  );
