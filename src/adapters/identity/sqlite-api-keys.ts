import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type ApiKeyError,
  type ApiKeys,
  type NewApiKey,
  type Revocation,
  type WantedApiKey,
  MAX_API_KEYS,
} from '../../application/ports/keys-and-tokens.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { Secret } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/time.ts';
import type { DataFileError } from '../sqlite/data-file-error.ts';
import type { DataFile } from '../sqlite/data-file.ts';
import { storageFailure } from '../sqlite/sqlite-error.ts';
import {
  type ApiKeyRow,
  type Rows,
  ENVIRONMENT_KEY_ID,
  apiKeyOf,
  apiKeySchema,
  countAll,
  countInUse,
  environmentRows,
  hashOfKey,
  inUse,
  insertKey,
  listedOf,
  newRow,
  markKeyRevoked,
  rowOf,
  selectKeys,
} from './api-key-rows.ts';

/** `environmentKey`: HOLDFAST_API_KEY, a key with all roles that is kept in memory only, and hashed there. */
type Dependencies = { readonly file: DataFile; readonly clock: Clock; readonly environmentKey: Secret | null };

/** All rows by hash are read once, at the first lookup; from then on memory answers, and changes go through both. */
const makeKeys = ({ file, clock, environmentKey }: Dependencies): ApiKeys => {
  const own = environmentRows(environmentKey, toInstant(clock.now()));
  let cached: Rows | undefined;

  const rows = (): E.Either<StoreError, Rows> =>
    E.tryCatch(() => {
      cached ??= new Map([...selectKeys(file.db), ...own].map((row) => [row.hash, row]));
      return cached;
    }, storageFailure);

  /** Memory follows once the disk has it. `task` answers whether it changed anything. */
  const write = (row: ApiKeyRow, task: (db: DatabaseSync) => boolean): TE.TaskEither<StoreError, boolean> =>
    pipe(
      TE.tryCatch(() => file.writer.run(task), storageFailure),
      TE.map((changed) => {
        cached = changed ? new Map([...(cached ?? []), [row.hash, row]]) : cached;
        return changed;
      }),
    );

  /** None where `isAllowed` is not so, in the transaction of the insert. */
  const insert = (
    wanted: WantedApiKey,
    isAllowed: (db: DatabaseSync) => boolean,
  ): TE.TaskEither<StoreError, O.Option<NewApiKey>> => {
    const { row, apiKey, key } = newRow(clock, wanted);
    return pipe(
      TE.fromEither(rows()),
      TE.flatMap(() => write(row, (db) => isAllowed(db) && insertKey(db, row))),
      TE.map((done) => (done ? O.some({ apiKey, key }) : O.none)),
    );
  };

  const create: ApiKeys['create'] = (wanted) =>
    TE.flatMap(
      insert(wanted, (db) => countInUse(db) < MAX_API_KEYS),
      TE.fromOption((): ApiKeyError => ({ type: 'TooManyKeys', limit: MAX_API_KEYS })),
    );

  const revoke = (id: string) => async (): Promise<E.Either<StoreError, Revocation>> => {
    if (id === ENVIRONMENT_KEY_ID && own.length > 0) return E.right('from-environment');
    const known = rows();
    if (E.isLeft(known)) return known;
    const row = [...known.right.values()].find((candidate) => candidate.id === id);
    if (row === undefined) return E.right('unknown');
    if (!inUse(row)) return E.right('already-revoked');
    const revokedAt = toInstant(clock.now());
    const revoked = { ...row, revokedAt: O.some(revokedAt) };
    return pipe(
      await write(revoked, (db) => markKeyRevoked(db, id, revokedAt))(),
      E.map((changed): Revocation => (changed ? 'revoked' : 'already-revoked')),
    );
  };

  const lookUp = (hash: string, known: Rows) => pipe(rowOf(known, hash), O.filter(inUse), O.map(apiKeyOf));

  return {
    authenticate: (presented) =>
      TE.fromEither(
        pipe(
          rows(),
          E.map((known) => lookUp(hashOfKey(presented), known)),
        ),
      ),
    create,
    createFirst: (wanted) => (own.length > 0 ? TE.right(O.none) : insert(wanted, (db) => countAll(db) === 0)),
    list: () =>
      TE.fromEither(
        pipe(
          rows(),
          E.map((known) => [...known.values()].map(listedOf)),
        ),
      ),
    revoke,
  };
};

/** API keys in the data file, kept hashed. */
export const makeApiKeys = (deps: Dependencies): E.Either<DataFileError, ApiKeys> =>
  pipe(
    deps.file.migrate(apiKeySchema),
    E.map(() => makeKeys(deps)),
  );
