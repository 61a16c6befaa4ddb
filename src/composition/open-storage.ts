import { join } from 'node:path';
import { sequenceS } from 'fp-ts/lib/Apply.js';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { openLocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import type { ConsumerState } from '../adapters/event-store/consumers/consumer-state.ts';
import { makeSqliteConsumerState } from '../adapters/event-store/consumers/sqlite-consumer-state.ts';
import { makeSqliteEventStore } from '../adapters/event-store/sqlite-event-store.ts';
import type { DataFile } from '../adapters/sqlite/data-file.ts';
import { openDataFile } from '../adapters/sqlite/data-file.ts';
import type { DataFileError } from '../adapters/sqlite/data-file-error.ts';
import type { GroupCommitOptions } from '../adapters/sqlite/group-commit.ts';
import { makeDeliveryLog } from '../adapters/webhooks/delivery-log.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { DeliveryLog } from '../application/ports/delivery-log.ts';
import type { EventStore } from '../application/ports/event-store.ts';

/** The one file in the data folder that holds what must not be lost. */
export const DATA_FILE = 'holdfast.sqlite';

export type Storage = {
  readonly file: DataFile;
  readonly store: EventStore;
  readonly consumerState: ConsumerState;
  readonly deliveries: DeliveryLog;
  readonly local: LocalCalendars;
};

/** Opens the data file and everything that lives in it; a second process gets `AlreadyOpen`. */
export const openStorage = (
  dataFolder: string,
  clock: Clock,
  groupCommit: GroupCommitOptions = {},
): E.Either<DataFileError, Storage> =>
  pipe(
    openDataFile({ ...groupCommit, path: join(dataFolder, DATA_FILE) }),
    E.flatMap((file) =>
      sequenceS(E.Applicative)({
        file: E.right<DataFileError, DataFile>(file),
        store: makeSqliteEventStore(file),
        consumerState: makeSqliteConsumerState(file),
        deliveries: makeDeliveryLog({ file }),
        local: openLocalCalendars({ file, clock }),
      }),
    ),
  );
