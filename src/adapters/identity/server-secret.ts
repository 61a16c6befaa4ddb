import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { StoreError } from '../../application/ports/event-store.ts';
import { type Secret, reveal } from '../../application/secret.ts';
import { textColumn, storageFailure, unexpectedValue } from '../sqlite/sqlite-error.ts';
import type { ComponentSchema, DataFile, ReadOnlyDataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/inspect-file.ts';

/** 256 bits, given to all nodes or made once and kept in the data file. Never printed, never used directly: see `deriveKey`. */
export type ServerSecret = Uint8Array;

const SERVER_SECRET_BYTES = 32;

const makeServerSecret = (): ServerSecret => randomBytes(SERVER_SECRET_BYTES);

/** The secret that a text stands for; whoever gives it sees to it that the text cannot be guessed. */
export const serverSecretOf = (given: Secret): ServerSecret => createHash('sha256').update(reveal(given)).digest();

/** One key per purpose, so that a value made for one can never serve for the other. HKDF-SHA256 (RFC 5869), no salt. */
export const deriveKey = (secret: ServerSecret, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `holdfast/${purpose}`, 32));

/** Tells two secrets apart and gives none of them away: 256 bits in hex, made in one direction from a secret that nobody can guess. */
export const secretFingerprint = (secret: ServerSecret): string =>
  Buffer.from(deriveKey(secret, 'fingerprint/v1')).toString('hex');

const schema: ComponentSchema = {
  component: 'server-secret',
  migrations: [
    `CREATE TABLE server_secret (id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL) STRICT`,
    `CREATE TABLE secret_in_use (id INTEGER PRIMARY KEY CHECK (id = 1), fingerprint TEXT NOT NULL) STRICT`,
  ],
};

const storedSecret = (db: DatabaseSync): ServerSecret | null => {
  const row = db.prepare('SELECT secret FROM server_secret').get();
  if (row === undefined) return null;
  if (!(row.secret instanceof Uint8Array) || row.secret.length !== SERVER_SECRET_BYTES) {
    throw unexpectedValue('the server secret has another form');
  }
  return row.secret;
};

const HAS_SECRET = "SELECT 1 FROM sqlite_schema WHERE name = 'server_secret'";

/** The secret in a data file, for the command line beside a running server; null: no server was started on it yet. */
export const secretInFile = ({ db }: ReadOnlyDataFile): E.Either<StoreError, ServerSecret | null> =>
  E.tryCatch(() => (db.prepare(HAS_SECRET).get() === undefined ? null : storedSecret(db)), storageFailure);

const keepOrMake =
  (candidate: ServerSecret) =>
  (db: DatabaseSync): ServerSecret => {
    db.prepare('INSERT INTO server_secret VALUES (1, ?) ON CONFLICT DO NOTHING').run(candidate);
    return storedSecret(db) ?? candidate;
  };

/**
 * The secret of this installation: the one that was given, else the one of the data file, made at its first start and
 * durable before it is used. The data file is its owner's alone.
 */
export const serverSecret = (
  file: DataFile,
  given: Secret | null,
): TE.TaskEither<DataFileError | StoreError, ServerSecret> =>
  TE.flatMap(
    TE.fromEither<DataFileError | StoreError, void>(file.migrate(schema)),
    (): TE.TaskEither<DataFileError | StoreError, ServerSecret> =>
      given === null
        ? TE.tryCatch(() => file.writer.run(keepOrMake(makeServerSecret())), storageFailure)
        : TE.right(serverSecretOf(given)),
  );

const note =
  (secret: ServerSecret) =>
  (db: DatabaseSync): boolean => {
    const row = db.prepare('SELECT fingerprint FROM secret_in_use').get();
    const stored = storedSecret(db);
    // A data file from before this table was there used the secret in it.
    const before = row !== undefined ? textColumn(row.fingerprint) : stored === null ? null : secretFingerprint(stored);
    const now = secretFingerprint(secret);
    if (row === undefined || before !== now) db.prepare('INSERT OR REPLACE INTO secret_in_use VALUES (1, ?)').run(now);
    return before !== null && before !== now;
  };

/** Remembers which secret is in use, by its fingerprint; answers whether the start before this one used another. */
export const noteSecretInUse = (file: DataFile, secret: ServerSecret): TE.TaskEither<StoreError, boolean> =>
  TE.tryCatch(() => file.writer.run(note(secret)), storageFailure);
