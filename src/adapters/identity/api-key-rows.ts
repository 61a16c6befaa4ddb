import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import {
  type ApiKey,
  type ApiKeyError,
  type ApiKeys,
  type ListedApiKey,
  type NewApiKey,
  type WantedApiKey,
  apiKeyRoles,
} from '../../application/ports/keys-and-tokens.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import { type Secret, reveal, secretOf } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/time.ts';
import { integerColumn, textColumn } from '../sqlite/columns.ts';
import type { ComponentSchema } from '../sqlite/component-schema.ts';
import { unexpectedValue } from '../sqlite/sqlite-error.ts';

/** 256 bits: nobody tries them all, so that one fast hash keeps them as well as a slow one would (ADR 0018). */
const KEY_BYTES = 32;
const ID_BYTES = 8;

/** `cal_` and hex, as clients of Cal.com's API expect. */
const newKey = (): Secret => secretOf(`cal_${randomBytes(KEY_BYTES).toString('hex')}`);

const newKeyId = (): string => `key_${randomBytes(ID_BYTES).toString('hex')}`;

/** SHA-256 in hex. */
export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/** Takes the same time wherever two hashes differ. */
const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** `hash`: see `hashOfKey`. */
export type ApiKeyRow = ListedApiKey & { readonly hash: string };
/** By hash. */
export type Rows = ReadonlyMap<string, ApiKeyRow>;

const [read, book, host, operate, audit] = apiKeyRoles;
export const rolesCodec = t.readonlyArray(
  t.keyof({ [read]: null, [book]: null, [host]: null, [operate]: null, [audit]: null }),
);

export const ENVIRONMENT_KEY_ID = 'environment';

/** HOLDFAST_API_KEY: a key with all roles that is kept in memory only, and hashed there. */
export const environmentRows = (key: Secret | null, createdAt: string): ReadonlyArray<ApiKeyRow> =>
  key === null
    ? []
    : [
        {
          id: ENVIRONMENT_KEY_ID,
          name: 'HOLDFAST_API_KEY',
          hash: hashOfKey(reveal(key)),
          roles: apiKeyRoles,
          hostId: O.none,
          createdAt,
          revokedAt: O.none,
        },
      ];

export const apiKeyOf = ({ id, name, roles, hostId }: ApiKeyRow): ApiKey => ({ id, name, roles, hostId });
export const listedOf = ({ hash: _hash, ...row }: ApiKeyRow): ListedApiKey => row;
export const inUse = (row: ApiKeyRow): boolean => O.isNone(row.revokedAt);

/** Its row, also of one that is revoked; none for a hash that is unknown. */
export const rowOf = (rows: Rows, hash: string): O.Option<ApiKeyRow> => {
  const row = rows.get(hash);
  return row !== undefined && sameHash(row.hash, hash) ? O.some(row) : O.none;
};

/** A key as wanted: what is answered, and what is kept of it. */
export const newRow = (clock: Clock, wanted: WantedApiKey): NewApiKey & { readonly row: ApiKeyRow } => {
  const key = newKey();
  const { name, roles, hostId } = wanted;
  const stamped = { id: newKeyId(), createdAt: toInstant(clock.now()), revokedAt: O.none };
  const row: ApiKeyRow = { name, roles, hostId, ...stamped, hash: hashOfKey(reveal(key)) };
  return { row, key, apiKey: apiKeyOf(row) };
};

export const apiKeySchema: ComponentSchema = {
  component: 'api-keys',
  migrations: [
    `CREATE TABLE api_keys (
       id TEXT PRIMARY KEY,
       name TEXT NOT NULL,
       hash TEXT NOT NULL UNIQUE,
       roles TEXT NOT NULL,
       host_id TEXT,
       created_at TEXT NOT NULL,
       revoked_at TEXT
     ) STRICT`,
  ],
};

const rolesOf = (json: string): ListedApiKey['roles'] => {
  const roles = rolesCodec.decode(JSON.parse(json));
  if (E.isLeft(roles)) {
    throw unexpectedValue(`roles of an API key were expected, found ${json}`);
  }
  return roles.right;
};

const optional = (value: SQLOutputValue | undefined): O.Option<string> =>
  value === null ? O.none : O.some(textColumn(value));

export const selectKeys = (db: DatabaseSync): ReadonlyArray<ApiKeyRow> =>
  db
    .prepare('SELECT * FROM api_keys ORDER BY created_at, id')
    .all()
    .map((row) => ({
      id: textColumn(row.id),
      name: textColumn(row.name),
      hash: textColumn(row.hash),
      roles: rolesOf(textColumn(row.roles)),
      hostId: optional(row.host_id),
      createdAt: textColumn(row.created_at),
      revokedAt: optional(row.revoked_at),
    }));

/** Keys that are not revoked. */
export const countInUse = (db: DatabaseSync): number =>
  integerColumn(db.prepare('SELECT count(*) AS keys FROM api_keys WHERE revoked_at IS NULL').get()?.keys);

/** Also those that are revoked. */
export const countAll = (db: DatabaseSync): number =>
  integerColumn(db.prepare('SELECT count(*) AS keys FROM api_keys').get()?.keys);

/** Both answer whether there is a change. */
export const insertKey = (db: DatabaseSync, row: ApiKeyRow): boolean => {
  const values = [row.id, row.name, row.hash, JSON.stringify(row.roles), O.toNullable(row.hostId), row.createdAt];
  return db.prepare('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, NULL)').run(...values).changes === 1;
};

export const markKeyRevoked = (db: DatabaseSync, id: string, revokedAt: string): boolean =>
  db.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL').run(revokedAt, id).changes === 1;

/**
 * At the first start, when there is no key at all, also none that was revoked: makes one with every role, to be printed
 * this once. None at every later start, and where HOLDFAST_API_KEY gives one.
 */
export const ensureFirstKey = (keys: Pick<ApiKeys, 'createFirst'>): TE.TaskEither<ApiKeyError, O.Option<Secret>> =>
  pipe(
    keys.createFirst({ name: 'first key', roles: apiKeyRoles, hostId: O.none }),
    TE.map(O.map(({ key }: NewApiKey) => key)),
  );
