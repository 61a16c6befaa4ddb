import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type ApiKeyError,
  type ApiKeys,
  type NewApiKey,
  MAX_API_KEYS,
} from '../../application/ports/keys-and-tokens.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { Secret } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/time.ts';
import { type ApiKeyEvent, type KnownKeys, createdEvent } from './api-key-events.ts';
import {
  type ApiKeyRow,
  type Rows,
  ENVIRONMENT_KEY_ID,
  apiKeyOf,
  environmentRows,
  hashOfKey,
  inUse,
  listedOf,
  newRow,
  rowOf,
} from './api-key-rows.ts';
import { type FollowerDeps, type KeyFollower, followKeys } from './key-follower.ts';

/** So often other nodes may be faster with a change of theirs. */
const CHANGE_ATTEMPTS = 50;

/** `environmentKey`: HOLDFAST_API_KEY of this node, which is not in the log. */
type Dependencies = FollowerDeps & { readonly environmentKey: Secret | null };
export type LoggedApiKeys = { readonly keys: ApiKeys; readonly stop: () => Promise<void> };

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
      // Whoever asked is told of a fault; the change after it is made all the same.
      last = mine.catch(() => undefined);
      return mine;
    };
};

const countInUse = (rows: Rows): number => [...rows.values()].filter(inUse).length;
const openedBy = (row: ApiKeyRow) => (inUse(row) ? O.some(apiKeyOf(row)) : O.none);

/**
 * API keys in a stream of the log, kept hashed, the same on all nodes. A key that is not known yet is looked for in the
 * stream before it is refused. One that was revoked elsewhere may open this node for `KEYS_LOOK_MS` and a read more; while
 * the log cannot be read, for as long as that lasts.
 */
const makeKeys = ({ clock, environmentKey }: Dependencies, follower: KeyFollower): ApiKeys => {
  const own = environmentRows(environmentKey, toInstant(clock.now()));
  const ownRows: Rows = new Map(own.map((row) => [row.hash, row]));
  const change = changing(follower);

  const authenticate: ApiKeys['authenticate'] = (presented) => async () => {
    const hash = hashOfKey(presented);
    const row = pipe(
      rowOf(ownRows, hash),
      O.alt(() => rowOf(follower.known().rows, hash)),
    );
    if (O.isSome(row)) return E.right(openedBy(row.value));
    const known = await follower.refresh();
    return pipe(
      known,
      E.map(({ rows }) => pipe(rowOf(rows, hash), O.chain(openedBy))),
    );
  };

  const create: ApiKeys['create'] = (wanted) => {
    const { row, ...made } = newRow(clock, wanted);
    return TE.flatMap(
      change<O.Option<NewApiKey>>(({ rows }) =>
        countInUse(rows) < MAX_API_KEYS
          ? { answer: O.some(made), event: createdEvent(row) }
          : { answer: O.none, event: null },
      ),
      TE.fromOption((): ApiKeyError => ({ type: 'TooManyKeys', limit: MAX_API_KEYS })),
    );
  };

  const createFirst: ApiKeys['createFirst'] = (wanted) => {
    if (own.length > 0) return TE.right(O.none);
    const { row, ...made } = newRow(clock, wanted);
    return change<O.Option<NewApiKey>>(({ rows }) =>
      rows.size === 0 ? { answer: O.some(made), event: createdEvent(row) } : { answer: O.none, event: null },
    );
  };

  const revoke: ApiKeys['revoke'] = (id) => {
    if (id === ENVIRONMENT_KEY_ID && own.length > 0) return TE.right('from-environment');
    const revokedAt = toInstant(clock.now());
    return change(({ rows }) => {
      const row = [...rows.values()].find((candidate) => candidate.id === id);
      if (row === undefined) return { answer: 'unknown', event: null };
      if (!inUse(row)) return { answer: 'already-revoked', event: null };
      return { answer: 'revoked', event: { type: 'ApiKeyRevoked', data: { id, revokedAt } } };
    });
  };

  const list: ApiKeys['list'] = () => async () =>
    pipe(
      await follower.refresh(),
      E.map(({ rows }) => [...rows.values(), ...own].map(listedOf)),
    );

  return { authenticate, create, createFirst, list, revoke };
};

/** Reads the keys once and follows them until `stop`, which comes before the connection is closed. */
export const openLoggedApiKeys =
  (deps: Dependencies): TE.TaskEither<StoreError, LoggedApiKeys> =>
  async () => {
    const follower = followKeys(deps);
    const known = await follower.refresh();
    if (E.isLeft(known)) return known;
    follower.follow();
    return E.right({ keys: makeKeys(deps, follower), stop: follower.stop });
  };
