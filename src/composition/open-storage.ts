import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type LocalCalendars, openLocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { type StoredNode, storedNode } from '../adapters/cluster/node.ts';
import { makeSqliteConsumerState } from '../adapters/consumers/sqlite-consumer-state.ts';
import {
  type OtherLog,
  bindFileToLog,
  makeSqliteEventStore,
} from '../adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteSnapshots } from '../adapters/event-store/embedded/sqlite-snapshots.ts';
import type { EventStoreDb } from '../adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { type KnownPosition, knownPosition } from '../adapters/read-model/generations.ts';
import type { DataFileError } from '../adapters/sqlite/inspect-file.ts';
import { type DataFile, openDataFile } from '../adapters/sqlite/data-file.ts';
import type { GroupCommitOptions } from '../adapters/sqlite/group-commit.ts';
import { makeDeliveryLog } from '../adapters/delivery/webhook/delivery-log.ts';
import type { StoreSettings } from '../adapters/configuration/configuration.ts';
import type { ConsumerState } from '../application/consumers/consumer-state.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { DeliveryLog } from '../application/ports/delivery.ts';
import type { KeyFolderError } from '../adapters/privacy/subject-key-folder.ts';
import type { StoreError, Snapshots } from '../application/ports/event-store.ts';
import { type NoEventStore, openEventStoreDb } from './open-eventstoredb.ts';
import { openSealedLog, type SealedLog } from './sealed-log.ts';

/** The one file in the data folder that holds what must not be lost. */
export const DATA_FILE = 'holdfast.sqlite';

export type Storage = SealedLog & {
  readonly file: DataFile;
  /** The connection of `store`, for what nodes share beside the log; null for the embedded engine. */
  readonly eventStoreDb: EventStoreDb | null;
  /** This node among those on the same log. */
  readonly node: StoredNode;
  readonly consumerState: ConsumerState;
  readonly snapshots: Snapshots;
  readonly deliveries: DeliveryLog;
  readonly local: LocalCalendars;
};

/** The log ends at `head`, null where there is no file, and the read model beside it has seen more: events are missing. */
export type LogBehind = {
  readonly type: 'LogBehind';
  readonly path: string;
  readonly head: number | null;
  readonly known: KnownPosition;
};

export type StorageError = KeyFolderError | DataFileError | OtherLog | NoEventStore | StoreError | LogBehind;

export type StorageDeps = {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Called for what the EventStoreDB adapter tries again without help. */
  readonly onProblem: (message: string) => void;
  /** Called for what is normal there. */
  readonly onNotice: (message: string) => void;
  readonly groupCommit?: GroupCommitOptions;
  /** HOLDFAST_NODE; null: the name stored in the data file. */
  readonly nodeName: string | null;
  /** Where the keys of personal data are; null: beside the data file, and nowhere where the log is in EventStoreDB. */
  readonly keyFolder: string | null;
};

type Log = Pick<Storage, 'store' | 'eventStoreDb'>;

const openLog = (deps: StorageDeps, settings: StoreSettings, file: DataFile): TaskEither<StorageError, Log> =>
  settings.type === 'embedded'
    ? TE.fromEither(
        pipe(
          makeSqliteEventStore(file),
          E.map((store): Log => ({ store, eventStoreDb: null })),
        ),
      )
    : pipe(
        openEventStoreDb(deps)(settings),
        TE.map((eventStoreDb): Log => ({ store: eventStoreDb.store, eventStoreDb })),
      );

type Local = Omit<Storage, keyof Log | keyof SealedLog | 'node' | 'local'>;

const openLocal = (file: DataFile): E.Either<StorageError, Local> =>
  sequenceS(E.Applicative)({
    file: E.right<DataFileError, DataFile>(file),
    consumerState: makeSqliteConsumerState(file),
    snapshots: makeSqliteSnapshots(file),
    deliveries: makeDeliveryLog({ file }),
  });

const openAll = (
  deps: StorageDeps,
  settings: StoreSettings,
  dataFolder: string,
  file: DataFile,
): TaskEither<StorageError, Storage> =>
  pipe(
    TE.fromEither<StorageError, void>(bindFileToLog(file, settings.type)),
    TE.flatMap(() => TE.fromEither(openLocal(file))),
    TE.bindW('node', () => storedNode(file, deps.nodeName)),
    TE.bindW('log', () => openLog(deps, settings, file)),
    TE.bindW(
      'keys',
      ({ log }) =>
        () =>
          openSealedLog(deps, settings, dataFolder)(log.store),
    ),
    TE.bindW('local', ({ keys }) =>
      TE.fromEither(
        openLocalCalendars({
          file,
          clock: deps.clock,
          ...(keys.subjectKeys === null ? {} : { keys: keys.subjectKeys }),
        }),
      ),
    ),
    TE.map(({ log, keys, ...local }) => ({ ...local, ...log, ...keys })),
  );

/**
 * Refuses a log of which events are missing that were there: going on would give their positions to others, and take times
 * that are held. A read model never knows more than is durable in its log, whatever fails.
 */
const isWhole = (path: string, head: number | null, known: KnownPosition | null): E.Either<LogBehind, void> =>
  known !== null && known.position > (head ?? 0)
    ? E.left({ type: 'LogBehind', path, head, known })
    : E.right(undefined);

/**
 * Opens the data file with everything in it, and the log where the settings say it is. A second process gets
 * `AlreadyOpen`, one whose log lacks what its read model knows `LogBehind`. The file is closed again where the rest fails.
 */
export const openStorage =
  (deps: StorageDeps) =>
  (dataFolder: string, settings: StoreSettings): TaskEither<StorageError, Storage> =>
  async () => {
    const path = join(dataFolder, DATA_FILE);
    // In EventStoreDB a node may answer that is behind the others, so there the read model is built anew instead.
    const known = settings.type === 'embedded' ? knownPosition(dataFolder) : null;
    const found = existsSync(path) ? E.right(undefined) : isWhole(path, null, known);
    if (E.isLeft(found)) return found;
    const file = openDataFile({ ...deps.groupCommit, path });
    if (E.isLeft(file)) return file;
    const opened = await pipe(
      openAll(deps, settings, dataFolder, file.right),
      // A read of a log elsewhere would end the start at a change of leader.
      TE.tap(({ store }) =>
        known === null
          ? TE.right(undefined)
          : pipe(
              store.head(),
              TE.flatMapEither((head): E.Either<StorageError, void> => isWhole(path, head, known)),
            ),
      ),
    )();
    if (E.isLeft(opened)) await file.right.close();
    return opened;
  };
