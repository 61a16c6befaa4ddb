import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type {
  ApiKey,
  ApiKeyError,
  ApiKeys,
  ListedApiKey,
  NewApiKey,
  ApiKeyRequest,
} from '../../application/ports/keys-and-tokens.ts';
import { apiKeyRoles, MAX_API_KEYS } from '../../application/ports/keys-and-tokens.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { Secret } from '../../application/secret.ts';
import { reveal, secretOf } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/time.ts';
import {
  type ApiKeyEvent,
  type ApiKeyRow,
  createdEvent,
  followKeys,
  type FollowerDeps,
  type KeyFollower,
  type KnownKeys,
  type Rows,
} from './api-key-stream.ts';

/** 256 random bits cannot be guessed by trying, so a fast hash protects them as well as a slow one (ADR 0018). */
const KEY_BYTES = 32;
const ID_BYTES = 8;

/** `cal_` and hex, as clients of Cal.com's API expect. */
const makeKey = (): Secret => secretOf(`cal_${randomBytes(KEY_BYTES).toString('hex')}`);

const makeKeyId = (): string => `key_${randomBytes(ID_BYTES).toString('hex')}`;

/** SHA-256 in hex. */
const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/** Takes the same time wherever two hashes differ. */
const sameHash = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
};

const ENVIRONMENT_KEY_ID = 'environment';

/** HOLDFAST_API_KEY: a key with all roles that is kept in memory only, and hashed there. */
const environmentRows = (key: Secret | null, createdAt: string): ReadonlyArray<ApiKeyRow> =>
  key === null
    ? []
    : [
        {
          id: ENVIRONMENT_KEY_ID,
          name: 'HOLDFAST_API_KEY',
          hash: hashOfKey(reveal(key)),
          roles: apiKeyRoles,
          hostId: null,
          createdAt,
          revokedAt: null,
        },
      ];

const apiKeyOf = ({ id, name, roles, hostId }: ApiKeyRow): ApiKey => ({ id, name, roles, hostId });
const listedOf = ({ hash: _hash, ...row }: ApiKeyRow): ListedApiKey => row;
const inUse = (row: ApiKeyRow): boolean => row.revokedAt === null;

/** The row of a key, revoked or not; null for an unknown hash. */
const rowOf = (rows: Rows, hash: string): ApiKeyRow | null => {
  const row = rows.get(hash);
  return row !== undefined && sameHash(row.hash, hash) ? row : null;
};

/** A new key: what the caller gets, and what is stored of it. */
const makeKeyRow = (clock: Clock, wanted: ApiKeyRequest): NewApiKey & { readonly row: ApiKeyRow } => {
  const key = makeKey();
  const { name, roles, hostId } = wanted;
  const stamped = { id: makeKeyId(), createdAt: toInstant(clock.now()), revokedAt: null };
  const row: ApiKeyRow = { name, roles, hostId, ...stamped, hash: hashOfKey(reveal(key)) };
  return { row, key, apiKey: apiKeyOf(row) };
};

/** How often a change is tried again when another node was faster. */
const CHANGE_ATTEMPTS = 50;

/**
 * `environmentKey`: HOLDFAST_API_KEY of this node, which is not stored. `isShared`: other nodes write to the stream too, so
 * that it is looked at again and again.
 */
type Dependencies = FollowerDeps & { readonly environmentKey: Secret | null; readonly isShared: boolean };
/** `stop` comes before the log is closed. */
export type OpenedApiKeys = { readonly keys: ApiKeys; readonly stop: () => Promise<void> };

/** `event` null: nothing to write, `answer` is the answer. */
type Decision<A> = { readonly answer: A; readonly event: ApiKeyEvent | null };

/** Decides on the newest keys and writes after them, one change at a time; decides again where another node was faster. */
const changing = (follower: KeyFollower) => {
  let last: Promise<unknown> = Promise.resolve();
  const attempt = async <A>(decide: (known: KnownKeys) => Decision<A>): Promise<E.Either<StoreError, A>> => {
    for (let count = 1; ; count += 1) {
      const known = await follower.refresh();
      if (E.isLeft(known)) return known;
      const { answer, event } = decide(known.right);
      if (event === null) return E.right(answer);
      const written = await follower.append(known.right, event);
      if (E.isRight(written)) return E.right(answer);
      if (written.left.type !== 'RevisionConflict' || count === CHANGE_ATTEMPTS) return written;
    }
  };
  return <A>(decide: (known: KnownKeys) => Decision<A>): TE.TaskEither<StoreError, A> =>
    () => {
      const mine = last.then(() => attempt(decide));
      // The caller gets the fault; the next change is made all the same.
      last = mine.catch(() => undefined);
      return mine;
    };
};

const countInUse = (rows: Rows): number => [...rows.values()].filter(inUse).length;
const openedBy = (row: ApiKeyRow | null): ApiKey | null => (row !== null && inUse(row) ? apiKeyOf(row) : null);

/**
 * API keys in a stream of the installation, kept hashed, all of them in memory. With several nodes a key that is not known
 * yet is looked for in the stream before it is refused. One that was revoked elsewhere may open this node for `KEYS_POLL_MS` and a read more; while
 * the log cannot be read, for as long as that lasts.
 */
const makeKeys = ({ clock, environmentKey, isShared }: Dependencies, follower: KeyFollower): ApiKeys => {
  const own = environmentRows(environmentKey, toInstant(clock.now()));
  const ownRows: Rows = new Map(own.map((row) => [row.hash, row]));
  const change = changing(follower);
  /** With one node the keys in memory are complete. */
  const newest = () => (isShared ? follower.refresh() : Promise.resolve(E.right(follower.known())));

  const authenticate: ApiKeys['authenticate'] = (presented) => async () => {
    const hash = hashOfKey(presented);
    const row = rowOf(ownRows, hash) ?? rowOf(follower.known().rows, hash);
    if (row !== null) return E.right(openedBy(row));
    return pipe(
      await newest(),
      E.map(({ rows }) => openedBy(rowOf(rows, hash))),
    );
  };

  const create: ApiKeys['create'] = (wanted, by) => {
    const { row, ...made } = makeKeyRow(clock, wanted);
    return pipe(
      change<NewApiKey | null>(({ rows }) =>
        countInUse(rows) < MAX_API_KEYS
          ? { answer: made, event: createdEvent(row, by) }
          : { answer: null, event: null },
      ),
      TE.flatMapEither(E.fromNullable<ApiKeyError>({ type: 'TooManyKeys', limit: MAX_API_KEYS })),
    );
  };

  const createFirst: ApiKeys['createFirst'] = (wanted) => {
    if (own.length > 0) return TE.right(null);
    const { row, ...made } = makeKeyRow(clock, wanted);
    return change<NewApiKey | null>(({ rows }) =>
      rows.size === 0 ? { answer: made, event: createdEvent(row) } : { answer: null, event: null },
    );
  };

  const revoke: ApiKeys['revoke'] = (id, by) => {
    if (id === ENVIRONMENT_KEY_ID && own.length > 0) return TE.right('from-environment');
    const revokedAt = toInstant(clock.now());
    return change(({ rows }) => {
      const row = [...rows.values()].find((candidate) => candidate.id === id);
      if (row === undefined) return { answer: 'unknown', event: null };
      if (!inUse(row)) return { answer: 'already-revoked', event: null };
      return {
        answer: 'revoked',
        event: { type: 'ApiKeyRevoked', data: { id, revokedAt, ...(by === undefined ? {} : { by }) } },
      };
    });
  };

  const list: ApiKeys['list'] = () => async () =>
    pipe(
      await newest(),
      E.map(({ rows }) => [...rows.values(), ...own].map(listedOf)),
    );

  return { authenticate, create, createFirst, list, revoke };
};

/** Reads the keys once; where they are shared, follows them until `stop`. */
export const openApiKeys =
  (deps: Dependencies): TE.TaskEither<StoreError, OpenedApiKeys> =>
  async () => {
    const follower = followKeys(deps);
    const known = await follower.refresh();
    if (E.isLeft(known)) return known;
    if (deps.isShared) follower.follow();
    return E.right({ keys: makeKeys(deps, follower), stop: follower.stop });
  };

/**
 * At the first start, when there is no key at all, also none that was revoked: makes one with every role, to be printed
 * this once. Null at every later start, and where HOLDFAST_API_KEY gives one.
 */
export const ensureFirstKey = (keys: Pick<ApiKeys, 'createFirst'>): TE.TaskEither<ApiKeyError, Secret | null> =>
  pipe(
    keys.createFirst({ name: 'first key', roles: apiKeyRoles, hostId: null }),
    TE.map((made) => made?.key ?? null),
  );
