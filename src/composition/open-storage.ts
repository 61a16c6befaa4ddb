import { join } from 'node:path';
import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { openLocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import type { ConsumerState } from '../adapters/event-store/consumers/consumer-state.ts';
import { makeSqliteConsumerState } from '../adapters/event-store/consumers/sqlite-consumer-state.ts';
import type { OtherLog } from '../adapters/event-store/log-place.ts';
import { claimLogPlace } from '../adapters/event-store/log-place.ts';
import { makeSqliteEventStore } from '../adapters/event-store/sqlite-event-store.ts';
import type { DataFile } from '../adapters/sqlite/data-file.ts';
import { openDataFile } from '../adapters/sqlite/data-file.ts';
import type { DataFileError } from '../adapters/sqlite/data-file-error.ts';
import type { GroupCommitOptions } from '../adapters/sqlite/group-commit.ts';
import { makeDeliveryLog } from '../adapters/webhooks/delivery-log.ts';
import type { StoreSettings } from '../application/configuration.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { DeliveryLog } from '../application/ports/delivery-log.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { NoEventStore } from './open-eventstoredb.ts';
import { openEventStoreDb } from './open-eventstoredb.ts';

/** The one file in the data folder that holds what must not be lost. */
export const DATA_FILE = 'holdfast.sqlite';

export type Storage = {
  readonly file: DataFile;
  readonly store: EventStore;
  readonly consumerState: ConsumerState;
  readonly deliveries: DeliveryLog;
  readonly local: LocalCalendars;
};

export type StorageError = DataFileError | OtherLog | NoEventStore;

export type StorageDeps = {
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Told what EventStoreDB's adapter tries again by itself. */
  readonly onProblem: (message: string) => void;
  readonly groupCommit?: GroupCommitOptions;
};

const openLog = (deps: StorageDeps, settings: StoreSettings, file: DataFile): TaskEither<StorageError, EventStore> =>
  settings.type === 'embedded' ? TE.fromEither(makeSqliteEventStore(file)) : openEventStoreDb(deps)(settings);

const openLocal = ({ clock }: StorageDeps, file: DataFile): E.Either<StorageError, Omit<Storage, 'store'>> =>
  sequenceS(E.Applicative)({
    file: E.right<DataFileError, DataFile>(file),
    consumerState: makeSqliteConsumerState(file),
    deliveries: makeDeliveryLog({ file }),
    local: openLocalCalendars({ file, clock }),
  });

const openAll = (deps: StorageDeps, settings: StoreSettings, file: DataFile): TaskEither<StorageError, Storage> =>
  pipe(
    TE.fromEither<StorageError, void>(claimLogPlace(file, settings.type)),
    TE.flatMap(() => TE.fromEither(openLocal(deps, file))),
    TE.bind('store', () => openLog(deps, settings, file)),
  );

/**
 * Opens the data file and everything that lives in it, and the log where the settings say it is; a second process gets
 * `AlreadyOpen`. The file is let go again where the rest cannot be had.
 */
export const openStorage =
  (deps: StorageDeps) =>
  (dataFolder: string, settings: StoreSettings): TaskEither<StorageError, Storage> =>
  async () => {
    const file = openDataFile({ ...deps.groupCommit, path: join(dataFolder, DATA_FILE) });
    if (E.isLeft(file)) return file;
    const opened = await openAll(deps, settings, file.right)();
    if (E.isLeft(opened)) await file.right.close();
    return opened;
  };
