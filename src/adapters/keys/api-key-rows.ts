import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ListedApiKey } from '../../application/ports/api-keys.ts';
import { integer, text } from '../sqlite/columns.ts';
import type { ComponentSchema } from '../sqlite/component-schema.ts';
import { unexpectedValue } from '../sqlite/sqlite-error.ts';
import { type ApiKeyRow, rolesCodec } from './api-key-row.ts';

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
  value === null ? O.none : O.some(text(value));

export const selectKeys = (db: DatabaseSync): ReadonlyArray<ApiKeyRow> =>
  db
    .prepare('SELECT * FROM api_keys ORDER BY created_at, id')
    .all()
    .map((row) => ({
      id: text(row.id),
      name: text(row.name),
      hash: text(row.hash),
      roles: rolesOf(text(row.roles)),
      hostId: optional(row.host_id),
      createdAt: text(row.created_at),
      revokedAt: optional(row.revoked_at),
    }));

/** Keys that are not revoked. */
export const countInUse = (db: DatabaseSync): number =>
  integer(db.prepare('SELECT count(*) AS keys FROM api_keys WHERE revoked_at IS NULL').get()?.keys);

/** Also those that are revoked. */
export const countAll = (db: DatabaseSync): number =>
  integer(db.prepare('SELECT count(*) AS keys FROM api_keys').get()?.keys);

/** Both answer whether there is a change. */
export const insertKey = (db: DatabaseSync, row: ApiKeyRow): boolean => {
  const values = [row.id, row.name, row.hash, JSON.stringify(row.roles), O.toNullable(row.hostId), row.createdAt];
  return db.prepare('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, NULL)').run(...values).changes === 1;
};

export const revokeKey = (db: DatabaseSync, id: string, revokedAt: string): boolean =>
  db.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL').run(revokedAt, id).changes === 1;
