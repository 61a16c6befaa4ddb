import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type DeliveryLog, MAX_DELIVERY_PAGE } from '../../application/ports/delivery-log.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import { storageFailure } from '../sqlite/sqlite-error.ts';
import { deliverySchema, dropOldAttempts, insertAttempt, selectAttempts } from './delivery-rows.ts';

/** How many attempts are kept, over all subscriptions; about 300 bytes each. */
const MAX_LOGGED_ATTEMPTS = 100_000;

type Dependencies = { readonly file: DataFile; readonly maxAttempts?: number };

const makeLog = (file: DataFile, maxAttempts: number): DeliveryLog => ({
  record: (attempt) =>
    TE.tryCatch(
      () => file.writer.run((db) => dropOldAttempts(db, insertAttempt(db, attempt), maxAttempts)),
      storageFailure,
    ),
  list: (filter, { limit: asked, before = Number.MAX_SAFE_INTEGER }) =>
    TE.fromIOEither(() =>
      E.tryCatch(() => {
        const limit = Math.min(Math.max(asked, 1), MAX_DELIVERY_PAGE);
        // One more than asked for tells whether there is a next page.
        const found = selectAttempts(file.db, filter, { before, limit: limit + 1 });
        const attempts = found.slice(0, limit);
        return { attempts, next: found.length > limit ? (attempts.at(-1)?.sequence ?? null) : null };
      }, storageFailure),
    ),
});

/** The delivery log in the data file. */
export const makeDeliveryLog = ({
  file,
  maxAttempts = MAX_LOGGED_ATTEMPTS,
}: Dependencies): E.Either<DataFileError, DeliveryLog> =>
  pipe(
    file.migrate(deliverySchema),
    E.map(() => makeLog(file, maxAttempts)),
  );
