import type { DatabaseSync } from 'node:sqlite';
import * as t from 'io-ts';
import type { ComponentSchema, DataFile } from '../../sqlite/data-file.ts';

import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  type DeliveryAttempt,
  type DeliveryFilter,
  type DeliveryLog,
  MAX_DELIVERY_PAGE,
  type RecordedAttempt,
} from '../../../application/ports/delivery.ts';
import type { DataFileError } from '../../sqlite/inspect-file.ts';
import { storageFailure, unexpectedValue } from '../../sqlite/sqlite-error.ts';

const deliverySchema: ComponentSchema = {
  component: 'delivery-log',
  migrations: [
    `
    CREATE TABLE webhook_attempts (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      delivery_id TEXT NOT NULL,
      subscription_id TEXT NOT NULL,
      booking_uid TEXT NOT NULL,
      trigger_event TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      sent_at TEXT NOT NULL,
      outcome TEXT NOT NULL,
      status INTEGER,
      message TEXT,
      duration_ms INTEGER NOT NULL,
      next_try_at TEXT
    ) STRICT;
    CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_id, sequence);
    CREATE INDEX webhook_attempts_by_subscription ON webhook_attempts (subscription_id, sequence);
    CREATE INDEX webhook_attempts_by_booking ON webhook_attempts (booking_uid, sequence);
    `,
  ],
};

const rowCodec = t.type({
  sequence: t.number,
  delivery_id: t.string,
  subscription_id: t.string,
  booking_uid: t.string,
  trigger_event: t.string,
  attempt: t.number,
  sent_at: t.string,
  outcome: t.keyof({ delivered: null, failed: null }),
  status: t.union([t.number, t.null]),
  message: t.union([t.string, t.null]),
  duration_ms: t.number,
  next_try_at: t.union([t.string, t.null]),
});
type Row = t.TypeOf<typeof rowCodec>;

const outcomeOf = ({ outcome, status, message }: Row): RecordedAttempt['outcome'] =>
  outcome === 'delivered' && status !== null
    ? { type: 'delivered', status }
    : { type: 'failed', message: message ?? '', ...(status === null ? {} : { status }) };

const attemptOf = (row: Row): RecordedAttempt => ({
  sequence: row.sequence,
  deliveryId: row.delivery_id,
  subscriptionId: row.subscription_id,
  bookingUid: row.booking_uid,
  trigger: row.trigger_event,
  attempt: row.attempt,
  at: row.sent_at,
  outcome: outcomeOf(row),
  durationMs: row.duration_ms,
  nextTryAt: row.next_try_at,
});

/** Answers the attempt's sequence. */
const insertAttempt = (db: DatabaseSync, attempt: DeliveryAttempt): number => {
  const { outcome } = attempt;
  const { lastInsertRowid } = db
    .prepare(
      `
      INSERT INTO webhook_attempts (delivery_id, subscription_id, booking_uid, trigger_event, attempt, sent_at, outcome,
        status, message, duration_ms, next_try_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      attempt.deliveryId,
      attempt.subscriptionId,
      attempt.bookingUid,
      attempt.trigger,
      attempt.attempt,
      attempt.at,
      outcome.type,
      outcome.status ?? null,
      outcome.type === 'failed' ? outcome.message : null,
      Math.round(attempt.durationMs),
      attempt.nextTryAt,
    );
  return Number(lastInsertRowid);
};

/** Sequences have no gaps, so the newest `kept` are those above `newest - kept`. */
const dropOldAttempts = (db: DatabaseSync, newest: number, kept: number): void => {
  db.prepare('DELETE FROM webhook_attempts WHERE sequence <= ?').run(newest - kept);
};

/** At most `limit` attempts with a sequence below `before`, newest first. Throws (read as `Corrupt`) on a row that nobody here has written. */
const selectAttempts = (
  db: DatabaseSync,
  filter: DeliveryFilter,
  { before, limit }: { readonly before: number; readonly limit: number },
): ReadonlyArray<RecordedAttempt> => {
  const wanted: ReadonlyArray<readonly [string, string | undefined]> = [
    ['delivery_id', filter.deliveryId],
    ['subscription_id', filter.subscriptionId],
    ['booking_uid', filter.bookingUid],
  ];
  const given = wanted.flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]));
  const conditions = ['sequence < ?', ...given.map(({ column }) => `${column} = ?`)].join(' AND ');
  const rows = db
    .prepare(`SELECT * FROM webhook_attempts WHERE ${conditions} ORDER BY sequence DESC LIMIT ?`)
    .all(before, ...given.map(({ value }) => value), limit);
  if (!t.array(rowCodec).is(rows)) throw unexpectedValue('a row of webhook_attempts cannot be read');
  return rows.map(attemptOf);
};

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
