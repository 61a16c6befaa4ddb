import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Secret } from '../../application/secret.ts';
import type { Json } from '../../domain/log/envelope.ts';
import type { Configuration, StoreSettings } from './configuration.ts';
import { demoConfiguration } from './demo-configuration.ts';
import type { Environment } from './environment.ts';
import { readEnvironment, unknownVariables } from './environment.ts';
import type { Errors, Validated } from './errors.ts';
import { MAX_CONFIGURATION_BYTES, both, fail } from './errors.ts';
import type { Env, ReadFile } from './sources.ts';

/** What is said of the file, or `otherwise` where none is named. The parser is loaded only for a file. */
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
  fromFile<StoreSettings>(env, { type: 'embedded' }, (loading, path) => loading.loadStoreOf(env, readFile, path));

/** Ids of all hosts. */
export const loadHostIds = (env: Env, readFile: ReadFile): TaskEither<Errors, ReadonlyArray<string>> =>
  fromFile<ReadonlyArray<string>>(
    env,
    demoConfiguration.hosts.map(({ id }) => id),
    (loading, path) => loading.loadHostIdsOf(env, readFile, path),
  );

/** All hosts with their rules; whoever only judges by these need not have the secrets of the rest. */
export const loadHosts = (env: Env, readFile: ReadFile): TaskEither<Errors, Configuration['hosts']> =>
  fromFile(env, demoConfiguration.hosts, (loading, path) => loading.loadHostsOf(env, readFile, path));

/** The configuration that HOLDFAST_CONFIG names (YAML or JSON), or the demo's. All errors of the file and its secrets at once. */
export const loadConfiguration = (env: Env, readFile: ReadFile): TaskEither<Errors, Configuration> =>
  fromFile(env, demoConfiguration, (loading, path) => loading.loadFile(env, readFile, path));

export type Settings = { readonly environment: Environment; readonly configuration: Configuration };

/** The server's secret that somebody gave, by the environment or by the file; null: one is made and kept in the data file. */
export const givenSecret = ({ environment, configuration }: Settings): Secret | null =>
  environment.secret ?? configuration.secret;

/** Empty where it cannot be read: why not is told by whoever reads it to go by it. */
const textOf = (readFile: ReadFile, path: string): string =>
  pipe(
    readFile(path, MAX_CONFIGURATION_BYTES),
    E.getOrElse(() => ''),
  );

/** Environment and configuration, the errors of both at once: what a program asks for at start. */
export const loadSettings =
  (env: Env, readFile: ReadFile): TaskEither<Errors, Settings> =>
  async () => {
    const path = env.HOLDFAST_CONFIG ?? '';
    const unknown = unknownVariables(env, path === '' ? '' : textOf(readFile, path));
    const read = both(
      both(readEnvironment(env), unknown.length === 0 ? E.right(null) : E.left(unknown)),
      await loadConfiguration(env, readFile)(),
    );
    if (E.isLeft(read)) return read;
    const [[environment], configuration] = read.right;
    // Two secrets may differ, and nobody could tell which one counts.
    return environment.secret !== null && configuration.secret !== null
      ? fail('HOLDFAST_SECRET', 'conflict', 'is given here and as "secret" in the configuration: keep one of them')
      : E.right({ environment, configuration });
  };

/** Receivers put tokens into the query of webhook URLs. */
const withoutQuery = (url: string): string => {
  const { origin, pathname, search } = new URL(url);
  return search === '' ? url : `${origin}${pathname}?[secret]`;
};

const parse: (json: string) => Json = JSON.parse;

/**
 * The configuration as it counts, defaults filled in. Secrets cannot appear: JSON is made of it, and in JSON a `Secret`
 * is `[secret]`, whatever kind of secret it is and wherever a later version may put one.
 */
export const describeConfiguration = (configuration: Configuration): Json => {
  const webhooks = configuration.webhooks.map((webhook) => ({ ...webhook, url: withoutQuery(webhook.url) }));
  return parse(JSON.stringify({ ...configuration, webhooks }));
};
