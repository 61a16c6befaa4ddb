import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  type ApiKey,
  type ApiKeyError,
  type ApiKeys,
  apiKeyRoles,
  MAX_API_KEYS,
  type Revocation,
} from '../../application/ports/api-keys.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { reveal, type Secret } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/interval.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import { storageFailure } from '../sqlite/sqlite-error.ts';
import { type ApiKeyRow, apiKeySchema, countInUse, insertKey, revokeKey, selectKeys } from './api-key-rows.ts';
import { hashOfKey, newKey, newKeyId, sameHash } from './api-key-text.ts';

/** `environmentKey`: HOLDFAST_API_KEY, a key with all roles that is kept in memory only, and hashed there. */
type Dependencies = { readonly file: DataFile; readonly clock: Clock; readonly environmentKey: Secret | null };

type Rows = ReadonlyMap<string, ApiKeyRow>;

export const ENVIRONMENT_KEY_ID = 'environment';

const environmentRow = (key: Secret, createdAt: string): ApiKeyRow => ({
  id: ENVIRONMENT_KEY_ID,
  name: 'HOLDFAST_API_KEY',
  hash: hashOfKey(reveal(key)),
  roles: apiKeyRoles,
  hostId: O.none,
  createdAt,
  revokedAt: O.none,
});

const apiKeyOf = ({ id, name, roles, hostId }: ApiKeyRow): ApiKey => ({ id, name, roles, hostId });

const inUse = (row: ApiKeyRow): boolean => O.isNone(row.revokedAt);

/** All rows by hash are read once, at the first lookup; from then on memory answers, and changes go through both. */
const makeKeys = ({ file, clock, environmentKey }: Dependencies): ApiKeys => {
  const own = environmentKey === null ? [] : [environmentRow(environmentKey, toInstant(clock.now()))];
  let cached: Rows | undefined;

  const rows = (): E.Either<StoreError, Rows> =>
    E.tryCatch(() => {
      cached ??= new Map([...selectKeys(file.db), ...own].map((row) => [row.hash, row]));
      return cached;
    }, storageFailure);

  /** Memory follows once the disk has it. `task` answers whether it changed anything. */
  const write = (row: ApiKeyRow, task: (db: DatabaseSync) => boolean): TE.TaskEither<StoreError, boolean> =>
    TE.map((changed: boolean) => {
      cached = changed ? new Map([...(cached ?? []), [row.hash, row]]) : cached;
      return changed;
    })(TE.tryCatch(() => file.writer.run(task), storageFailure));

  const create: ApiKeys['create'] = (wanted) => async () => {
    const known = rows();
    if (E.isLeft(known)) {
      return known;
    }
    const key = newKey();
    const stamped = { id: newKeyId(), createdAt: toInstant(clock.now()), revokedAt: O.none };
    const row: ApiKeyRow = { ...wanted, ...stamped, hash: hashOfKey(reveal(key)) };
    const written = await write(row, (db) => countInUse(db) < MAX_API_KEYS && insertKey(db, row))();
    return E.chain((done: boolean): E.Either<ApiKeyError, { readonly apiKey: ApiKey; readonly key: Secret }> =>
      done ? E.right({ apiKey: apiKeyOf(row), key }) : E.left({ type: 'TooManyKeys', limit: MAX_API_KEYS }),
    )(written);
  };

  const revoke = (id: string) => async (): Promise<E.Either<StoreError, Revocation>> => {
    if (id === ENVIRONMENT_KEY_ID && own.length > 0) {
      return E.right('from-environment');
    }
    const known = rows();
    if (E.isLeft(known)) {
      return known;
    }
    const row = [...known.right.values()].find((candidate) => candidate.id === id);
    if (row === undefined) {
      return E.right('unknown');
    }
    if (!inUse(row)) {
      return E.right('already-revoked');
    }
    const revokedAt = toInstant(clock.now());
    const revoked = { ...row, revokedAt: O.some(revokedAt) };
    return E.map((changed: boolean): Revocation => (changed ? 'revoked' : 'already-revoked'))(
      await write(revoked, (db) => revokeKey(db, id, revokedAt))(),
    );
  };

  const lookUp = (hash: string, known: Rows): O.Option<ApiKey> => {
    const row = known.get(hash);
    return row !== undefined && sameHash(row.hash, hash) && inUse(row) ? O.some(apiKeyOf(row)) : O.none;
  };

  return {
    authenticate: (presented) => TE.fromEither(E.map((known: Rows) => lookUp(hashOfKey(presented), known))(rows())),
    create,
    list: () =>
      TE.fromEither(E.map((known: Rows) => [...known.values()].map(({ hash: _hash, ...row }) => row))(rows())),
    revoke,
  };
};

/** API keys in the data file, kept hashed. */
export const makeApiKeys = (deps: Dependencies): E.Either<DataFileError, ApiKeys> =>
  E.map(() => makeKeys(deps))(deps.file.migrate(apiKeySchema));
