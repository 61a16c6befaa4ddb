import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Configuration, StoreSettings } from '../../application/configuration.ts';
import type { Secret } from '../../application/secret.ts';
import type { Errors, Validated } from './decoder.ts';
import { all, fail } from './decoder.ts';
import { demoConfiguration } from './demo-configuration.ts';
import type { Environment } from './environment.ts';
import { readEnvironment } from './environment.ts';
import type { Env, ReadFile } from './sources.ts';
import { EMBEDDED } from './store-decoder.ts';

/** What is said of the file, or `otherwise` where none is named. The parser and the decoders are loaded only for a file. */
const fromFile =
  <A>(
    env: Env,
    otherwise: A,
    load: (loading: typeof import('./load-file.ts'), path: string) => Validated<A>,
  ): TaskEither<Errors, A> =>
  async () => {
    const path = env.HOLDFAST_CONFIG ?? '';
    return path === '' ? E.right(otherwise) : load(await import('./load-file.ts'), path);
  };

/** Where the log is, and nothing else of the file: whoever only reads the log need not have the secrets of the rest. */
export const loadStoreSettings = (env: Env, readFile: ReadFile): TaskEither<Errors, StoreSettings> =>
  fromFile(env, EMBEDDED, (loading, path) => loading.loadStoreOf(env, readFile, path));

/** The configuration that HOLDFAST_CONFIG names (YAML or JSON), or the demo's. All errors of the file and its secrets at once. */
export const loadConfiguration = (env: Env, readFile: ReadFile): TaskEither<Errors, Configuration> =>
  fromFile(env, demoConfiguration, (loading, path) => loading.loadFile(env, readFile, path));

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
export const loadSettings =
  (env: Env, readFile: ReadFile): TaskEither<Errors, Settings> =>
  async () => {
    const configuration = await loadConfiguration(env, readFile)();
    return E.chain(oneSecret)(all({ environment: readEnvironment(env), configuration }));
  };
