import type { DatabaseSync } from 'node:sqlite';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type DeliveryLog, type DeliveryLogError, MAX_DELIVERY_PAGE } from '../../application/ports/delivery-log.ts';
import { createDeliveryTables, dropOldAttempts, insertAttempt, selectAttempts } from './delivery-rows.ts';

/** How many attempts are kept, over all subscriptions; about 300 bytes each. */
export const MAX_LOGGED_ATTEMPTS = 100_000;

/** Runs a task in a transaction that is durable once the promise resolves. */
type DataFile = { readonly run: <A>(task: (db: DatabaseSync) => A) => Promise<A> };

type Dependencies = { readonly file: DataFile; readonly maxAttempts?: number };

const unavailable = (error: unknown): DeliveryLogError => ({
  type: 'Unavailable',
  reason: error instanceof Error ? error.message : String(error),
});

/** The delivery log in the data file, whose tables it makes when they are missing. */
export const openDeliveryLog = ({
  file,
  maxAttempts = MAX_LOGGED_ATTEMPTS,
}: Dependencies): TE.TaskEither<DeliveryLogError, DeliveryLog> => {
  const run = <A>(task: (db: DatabaseSync) => A) => TE.tryCatch(() => file.run(task), unavailable);
  const log: DeliveryLog = {
    record: (attempt) => run((db) => dropOldAttempts(db, insertAttempt(db, attempt), maxAttempts)),
    list: (filter, page) => {
      const limit = Math.min(Math.max(page.limit, 1), MAX_DELIVERY_PAGE);
      const before = page.before ?? Number.MAX_SAFE_INTEGER;
      return run((db) => {
        // One more than asked for tells whether there is a next page.
        const found = selectAttempts(db, filter, { before, limit: limit + 1 });
        const attempts = found.slice(0, limit);
        return { attempts, next: found.length > limit ? (attempts.at(-1)?.sequence ?? null) : null };
      });
    },
  };
  return TE.map(() => log)(run(createDeliveryTables));
};
