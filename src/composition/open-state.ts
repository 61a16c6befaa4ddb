import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isBuiltIn, type CalendarSettings } from '../adapters/calendars/providers.ts';
import type { InstallationRefusal } from '../adapters/cluster/node.ts';
import { givenSecret, type Settings } from '../adapters/configuration/load-configuration.ts';
import { keyStreamsInFile } from '../adapters/identity/api-key-stream.ts';
import { type OpenedApiKeys, openApiKeys, ensureFirstKey } from '../adapters/identity/api-keys.ts';
import { type ServerSecret, noteSecretInUse, serverSecret } from '../adapters/identity/server-secret.ts';
import type { DataFileError } from '../adapters/sqlite/inspect-file.ts';
import { makeStopSignal } from '../application/consumers/waiting.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { StoreError, OwnStreams } from '../application/ports/event-store.ts';
import type { Secret } from '../application/secret.ts';
import { messageOf } from '../domain/unknown.ts';
import { type Storage, openStorage, type StorageDeps } from './open-storage.ts';
import type { StartError } from './start-error.ts';

/** Where the keys are follows from the settings. */
type StateDeps = Omit<StorageDeps, 'keyFolder'>;

/** Joins the installation where several nodes may share the log. The embedded engine has one node. */
const openInstallation =
  (
    storage: Storage,
    secret: ServerSecret,
    configured: ReadonlyArray<CalendarSettings>,
  ): TaskEither<InstallationRefusal | StoreError, Storage> =>
  async () => {
    const { eventStoreDb, file, node } = storage;
    if (eventStoreDb === null) return E.right(storage);
    const { joinInstallation: join } = await import('../adapters/event-store/eventstoredb/join-installation.ts');
    const calendars = configured.filter(isBuiltIn).map(({ id }) => id);
    const joined = await join({ ownStreams: eventStoreDb.ownStreams, file, node, secret, calendars })();
    return pipe(
      joined,
      E.map((known) => ({ ...storage, node: known })),
    );
  };

type Dependencies = {
  readonly clock: Clock;
  /** HOLDFAST_API_KEY. */
  readonly environmentKey: Secret | null;
  readonly onProblem: (message: string) => void;
};

/** API keys, stored where all nodes find them: in EventStoreDB where the log is there, otherwise in the data file. */
const openInstallationKeys = (
  { file, eventStoreDb }: Pick<Storage, 'file'> & { readonly eventStoreDb: { readonly ownStreams: OwnStreams } | null },
  deps: Dependencies,
): TaskEither<DataFileError | StoreError, { readonly ownStreams: OwnStreams; readonly apiKeys: OpenedApiKeys }> =>
  pipe(
    eventStoreDb === null ? TE.fromEither(keyStreamsInFile(file)) : TE.right(eventStoreDb.ownStreams),
    TE.bindTo('ownStreams'),
    TE.bindW('apiKeys', ({ ownStreams: streams }): TaskEither<DataFileError | StoreError, OpenedApiKeys> =>
      openApiKeys({ ...deps, streams, isShared: eventStoreDb !== null }),
    ),
  );

/**
 * Everything durable that a server needs. `newKey`: made at this start; null: there was one. `isSecretNew`: the start
 * before used another secret.
 */
type State = {
  readonly storage: Storage;
  readonly secret: ServerSecret;
  readonly isSecretNew: boolean;
  readonly apiKeys: OpenedApiKeys;
  readonly ownStreams: OwnStreams;
  readonly newKey: Secret | null;
};

const TOO_SLOW = 'EventStoreDB did not answer in time';

/** Milliseconds between two attempts of a step that the log did not answer. */
const TRY_AGAIN_MS = 250;

const isOfLog = (error: StartError): error is StoreError & { readonly reason: string } =>
  error.type === 'Unavailable' || error.type === 'OutcomeUnknown';

/** An EventStoreDB cluster may change its leader during a start: each step is tried again until `until` (epoch ms). */
const tryUntil =
  ({ clock }: StateDeps, until: number) =>
  <A>(step: TaskEither<StartError, A>): TaskEither<StartError, A> =>
  async () => {
    for (;;) {
      const done = await step();
      if (E.isRight(done) || !isOfLog(done.left)) return done;
      if (clock.now() >= until) return E.left({ type: 'NoEventStore', reason: done.left.reason, code: null });
      await makeStopSignal(clock).pause(TRY_AGAIN_MS);
    }
  };

/** Makes the first key. Where that fails, following the keys ends too. */
const firstKey =
  ({ keys, stop }: OpenedApiKeys, withLog: ReturnType<typeof tryUntil>): TaskEither<StartError, Secret | null> =>
  async () => {
    const made = await withLog(ensureFirstKey(keys))();
    if (E.isLeft(made)) await stop();
    return made;
  };

const openWith = (
  settings: Settings,
  opened: Storage,
  deps: StateDeps,
  withLog: ReturnType<typeof tryUntil>,
): TaskEither<StartError, State> =>
  pipe(
    serverSecret(opened.file, givenSecret(settings)) satisfies TaskEither<StartError, ServerSecret>,
    TE.bindTo('secret'),
    TE.bindW('storage', ({ secret }) => withLog(openInstallation(opened, secret, settings.configuration.calendars))),
    TE.bindW('isSecretNew', ({ storage, secret }) => noteSecretInUse(storage.file, secret)),
    TE.bindW('opened', ({ storage }) =>
      withLog(openInstallationKeys(storage, { ...deps, environmentKey: settings.environment.apiKey })),
    ),
    TE.map(({ opened: own, ...known }) => ({ ...known, ...own })),
    TE.bindW('newKey', ({ apiKeys }) => firstKey(apiKeys, withLog)),
  );

const closeStorage = async ({ store, file }: Storage): Promise<void> => {
  await store.close();
  await file.close();
};

/** Opens what a server needs before anything runs. Where a step fails the data file is closed. */
export const openState =
  (settings: Settings, deps: StateDeps): TaskEither<StartError, State> =>
  async () => {
    const { store } = settings.configuration;
    const until = deps.clock.now() + (store.type === 'embedded' ? 0 : store.startWaitMs);
    const withLog: ReturnType<typeof tryUntil> = store.type === 'embedded' ? (step) => step : tryUntil(deps, until);
    const { dataFolder, keyFolder } = settings.environment;
    const storage = await openStorage({ ...deps, keyFolder })(dataFolder, settings.configuration.store)();
    if (E.isLeft(storage)) return storage;
    // A step that the log does not answer is not tried for longer than the start may wait.
    let isTimeUp = false;
    const cut = (): void => {
      isTimeUp = true;
      storage.right.store.close().catch((fault: unknown) => deps.onProblem(`it cannot be closed: ${messageOf(fault)}`));
    };
    const cancelTimer = store.type === 'embedded' ? () => undefined : deps.clock.at(until, cut);
    const opened = await openWith(settings, storage.right, deps, withLog)();
    cancelTimer();
    if (E.isRight(opened) && !isTimeUp) return opened;
    await closeStorage(storage.right);
    return E.isLeft(opened) ? opened : E.left({ type: 'NoEventStore', reason: TOO_SLOW, code: null });
  };

/** Closing the log ends a read of the keys that is not answered. */
export const closeState = async ({ storage, apiKeys }: State): Promise<void> => {
  const stopping = apiKeys.stop();
  await closeStorage(storage);
  await stopping;
};
