import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { readEnvironment } from '../../adapters/configuration/environment.ts';
import { loadStoreSettings, givenSecret, loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { verifyDataFile } from '../../adapters/event-store/embedded/verifying/verify-data-file.ts';
import { makeReadOnlyEventStore } from '../../adapters/event-store/embedded/sqlite-event-store.ts';
import { readOnlyOwnStreams } from '../../adapters/event-store/embedded/sqlite-own-streams.ts';
import type { EventStoreDb } from '../../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { acceptSecret, forgetNode } from '../../adapters/event-store/eventstoredb/installation.ts';
import { sha256Hex } from '../../adapters/hashing/sha256.ts';
import { isNoteSignedBy, sha256Bytes } from '../../adapters/identity/head-key.ts';
import { serverSecretOf } from '../../adapters/identity/server-secret.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { openDataFileReadOnly } from '../../adapters/sqlite/data-file.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import type { StoreSettings } from '../../adapters/configuration/configuration.ts';
import { KEY_FOLDER } from '../../adapters/privacy/key-files.ts';
import { readSubjectKeys } from '../../adapters/privacy/subject-key-folder.ts';
import { openedForReading, tellingMissing } from '../../application/privacy/opened-store.ts';
import type { SubjectKeyReader } from '../../application/ports/subject-keys.ts';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';
import { verifyEvents, type VerifyLog } from '../../application/audit/verify-log.ts';
import {
  describeStoreError,
  type EventStore,
  type OwnStreams,
  type StoreError,
} from '../../application/ports/event-store.ts';
import { systemIdentity } from '../../composition/identity.ts';
import { type EventStoreDbSettings, openEventStoreDb } from '../../composition/open-eventstoredb.ts';
import { DATA_FILE } from '../../composition/open-storage.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';

/** The data folder that `HOLDFAST_DATA` names, its file, and the folder of the keys of personal data. Left: what is wrong with the environment, in lines. */
export const dataFolder = (
  env: NodeJS.ProcessEnv,
): E.Either<string, { readonly folder: string; readonly file: string; readonly keys: string }> => {
  const environment = readEnvironment(env);
  if (E.isLeft(environment)) return E.left(formatConfigurationErrors(environment.left));
  const { dataFolder: folder, keyFolder } = environment.right;
  return E.right({ folder, file: join(folder, DATA_FILE), keys: keyFolder ?? join(folder, KEY_FOLDER) });
};

/** What is tried again by itself shows in the end: as the answer, or as the error of a read. */
export const QUIET = () => undefined;

/** Connects for this one use, also beside running servers. Left says why it cannot. */
export const withEventStoreDb = async <A>(
  settings: EventStoreDbSettings,
  use: (log: EventStoreDb) => Promise<E.Either<string, A>>,
  writes = true,
): Promise<E.Either<string, A>> => {
  const deps = { clock: systemClock, random: systemIdentity.jitter, onProblem: QUIET, writes };
  const opened = await openEventStoreDb(deps)(settings)();
  if (E.isLeft(opened)) return E.left(`${opened.left.reason} [${opened.left.code ?? 'log_unavailable'}]`);
  try {
    return await use(opened.right);
  } finally {
    await opened.right.store.close();
  }
};

const HAS_LOG = "SELECT 1 FROM sqlite_schema WHERE name = 'events'";

/** Whether the log is in this data file. Left says why it cannot be opened. */
export const hasLog = (path: string): E.Either<string, boolean> => {
  const file = openDataFileReadOnly(path);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    return E.right(file.right.db.prepare(HAS_LOG).get() !== undefined);
  } finally {
    file.right.close();
  }
};

/** Reads the log of a data file, also beside a running server, for as long as `use` takes. Left says why it cannot. */
export const withReadOnlyLog = async <A>(
  path: string,
  use: (log: EventStore, own: Pick<OwnStreams, 'read'>, verify: VerifyLog) => Promise<E.Either<string, A>>,
  keys: { readonly keyFolder?: string } = {},
): Promise<E.Either<string, A>> => {
  const file = openDataFileReadOnly(path);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    if (file.right.db.prepare(HAS_LOG).get() === undefined)
      return E.left(`${path} has no log yet: no server was started on it [no_log]`);
    const store = makeReadOnlyEventStore(file.right);
    if (E.isLeft(store)) return E.left(describeDataFileError(store.left));
    const used = await use(store.right, readOnlyOwnStreams(file.right), verifyDataFile(path, keys));
    await store.right.close();
    return used;
  } finally {
    file.right.close();
  }
};

const verifyStore =
  (store: AuditLog, keys: SubjectKeyReader): VerifyLog =>
  (onProgress, range) =>
    verifyEvents(store, { sha256: sha256Hex, sha256Bytes, isSigned: isNoteSignedBy, keys }, onProgress, range);

const keysMissing = (folder: string): string =>
  `holdfast: personal data of this log is sealed with keys that are not in ${folder}: it is shown as erased. ` +
  'docs/privacy.md says how they are brought [privacy_keys_missing]';

/** The log as it is stored, personal data sealed, and how it is verified. */
type StoredLog = { readonly log: AuditLog; readonly verify: VerifyLog };

type Use<A> = (log: AuditLog, own: Pick<OwnStreams, 'read'>, stored: StoredLog) => Promise<E.Either<string, A>>;

/**
 * Reads the log where the configuration says it is, also beside a running server: personal data in the clear where its keys
 * are here, and as it is stored. Left says why it cannot. `tell`: once, where keys are missing that were not destroyed.
 */
export const withLog = async <A>(
  env: NodeJS.ProcessEnv,
  use: Use<A>,
  tell: (line: string) => void = QUIET,
): Promise<E.Either<string, A>> => {
  const settings = await loadStoreSettings(env, readFile)();
  if (E.isLeft(settings)) return E.left(formatConfigurationErrors(settings.left));
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const keys = readSubjectKeys(data.right.keys);
  if (E.isLeft(keys))
    return E.left(`the keys in ${keys.left.path} cannot be used: ${keys.left.reason} [privacy_keys_unusable]`);
  const telling = tellingMissing(keys.right, () => tell(keysMissing(data.right.keys)));
  const opened = (log: AuditLog, own: Pick<OwnStreams, 'read'>, verify: VerifyLog) =>
    use(openedForReading(log, telling), own, { log, verify });
  return settings.right.type === 'eventstoredb'
    ? withEventStoreDb(
        settings.right,
        ({ store, ownStreams }) => opened(store, ownStreams, verifyStore(store, keys.right)),
        false,
      )
    : withReadOnlyLog(data.right.file, opened, { keyFolder: data.right.keys });
};

const EMBEDDED = 'the log is in the data file, where only one node can be: there is nothing to agree on [log_embedded]';

const asked = async <A>(
  settings: StoreSettings,
  ask: (streams: OwnStreams) => Promise<E.Either<StoreError, A>>,
): Promise<E.Either<string, A>> =>
  settings.type === 'embedded'
    ? E.left(EMBEDDED)
    : withEventStoreDb(settings, async ({ ownStreams }) =>
        pipe(
          await ask(ownStreams),
          E.mapLeft((error) => `the log refused: ${describeStoreError(error)}`),
        ),
      );

const ended = ({ terminal }: CliContext, line: E.Either<string, string>): ExitCode => {
  if (E.isRight(line)) terminal.out(line.right);
  else terminal.err(`holdfast: ${line.left}`);
  return E.isRight(line) ? exitCode.fine : exitCode.failed;
};

const outcomes = {
  accepted: E.right('nodes start with this secret from now on, and no more with the one before'),
  'accepted-already': E.right('nodes start with this secret already'),
  'no-installation': E.left('no node was started on this log yet: the first one brings its secret [no_installation]'),
} as const;

/** Makes the secret that the environment or the file gives the one of the installation. */
export const acceptGivenSecret = async (context: CliContext): Promise<ExitCode> => {
  const settings = await loadSettings(context.env, readFile)();
  if (E.isLeft(settings)) return ended(context, E.left(formatConfigurationErrors(settings.left)));
  const secret = givenSecret(settings.right);
  if (secret === null)
    return ended(context, E.left('give the new secret as HOLDFAST_SECRET, as the nodes get it [no_secret]'));
  const accepted = await asked(settings.right.configuration.store, (streams) =>
    acceptSecret(streams, serverSecretOf(secret))(),
  );
  return ended(
    context,
    pipe(
      accepted,
      E.chain((outcome: keyof typeof outcomes): E.Either<string, string> => outcomes[outcome]),
    ),
  );
};

const describeForgotten =
  (node: string) =>
  (calendars: ReadonlyArray<string> | null): E.Either<string, string> => {
    if (calendars === null) return E.left(`no node of this installation has the name "${node}" [node_not_found]`);
    const freed = calendars.length === 0 ? '' : `; its built-in calendars are free: ${calendars.join(', ')}`;
    return E.right(`"${node}" is forgotten: another data folder may have the name${freed}`);
  };

/** Takes the data folder that runs under this name out of the installation. */
export const forgetNamedNode = async (context: CliContext, node: string): Promise<ExitCode> => {
  const settings = await loadStoreSettings(context.env, readFile)();
  if (E.isLeft(settings)) return ended(context, E.left(formatConfigurationErrors(settings.left)));
  const forgotten = await asked(settings.right, (streams) => forgetNode(streams, node)());
  return ended(context, pipe(forgotten, E.chain(describeForgotten(node))));
};
