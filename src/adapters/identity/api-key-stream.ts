import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { apiKeyRoles, type ListedApiKey } from '../../application/ports/keys-and-tokens.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { ExpectedRevision, StoreError, OwnStreams } from '../../application/ports/event-store.ts';
import type { ChangesCommand } from '../../domain/installation/changes-stream.ts';
import { messageOf } from '../../domain/unknown.ts';
import { makeSqliteOwnStreams } from '../event-store/embedded/sqlite-own-streams.ts';
import type { ComponentSchema, DataFile } from '../sqlite/data-file.ts';
import type { DataFileError } from '../sqlite/inspect-file.ts';

/** `hash`: see `hashOfKey`. */
export type ApiKeyRow = ListedApiKey & { readonly hash: string };
/** By hash. */
export type Rows = ReadonlyMap<string, ApiKeyRow>;

const [read, book, host, operate, audit] = apiKeyRoles;
const rolesCodec = t.readonlyArray(
  t.keyof({ [read]: null, [book]: null, [host]: null, [operate]: null, [audit]: null }),
);

/** The id of the key that did it; not there: somebody with the command line and the data folder, or an earlier version. */
const byKey = t.partial({ by: t.string });

const codec = t.union([
  /** A key was created. `hash`: see `hashOfKey`; the key itself is not stored. */
  t.type({
    type: t.literal('ApiKeyCreated'),
    data: t.intersection([
      t.type({
        id: t.string,
        name: t.string,
        roles: rolesCodec,
        hostId: t.union([t.string, t.null]),
        hash: t.string,
        createdAt: t.string,
      }),
      byKey,
    ]),
  }),
  /** A key was revoked. */
  t.type({
    type: t.literal('ApiKeyRevoked'),
    data: t.intersection([t.type({ id: t.string, revokedAt: t.string }), byKey]),
  }),
]);
export type ApiKeyEvent = t.TypeOf<typeof codec>;
export type RecordedApiKeyEvent = { readonly type: string; readonly data: unknown; readonly revision: number };

/** All keys, revoked ones included, as of a revision of their stream. */
export type KnownKeys = { readonly revision: ExpectedRevision; readonly rows: Rows };

export const NO_KEYS: KnownKeys = { revision: 'no-stream', rows: new Map() };

/** `by`: the key that made it. */
export const createdEvent = ({ id, name, roles, hostId, hash, createdAt }: ApiKeyRow, by?: string): ApiKeyEvent => ({
  type: 'ApiKeyCreated',
  data: { id, name, roles, hostId, hash, createdAt, ...(by === undefined ? {} : { by }) },
});

/** Writes into `rows`, which the caller has just copied: thousands of keys are not copied once for each event. */
const apply = (rows: Map<string, ApiKeyRow>, event: ApiKeyEvent): void => {
  if (event.type === 'ApiKeyCreated') {
    const { by: _by, ...row } = event.data;
    rows.set(row.hash, { ...row, revokedAt: null });
    return;
  }
  for (const row of rows.values()) {
    if (row.id === event.data.id) rows.set(row.hash, { ...row, revokedAt: event.data.revokedAt });
  }
};

const isOurs = (type: string): boolean => type === 'ApiKeyCreated' || type === 'ApiKeyRevoked';

/**
 * Applies events. Those that were applied before, and those of a later version, change nothing; damaged ones are
 * `Corrupt`.
 */
export const applyKeyEvents = (
  known: KnownKeys,
  events: ReadonlyArray<RecordedApiKeyEvent>,
): E.Either<StoreError, KnownKeys> => {
  const last = known.revision === 'no-stream' ? -1 : known.revision;
  const fresh = events.filter(({ revision }) => revision > last);
  const end = fresh.at(-1);
  if (end === undefined) return E.right(known);
  const rows = new Map(known.rows);
  for (const recorded of fresh.filter(({ type }) => isOurs(type))) {
    const event = codec.decode(recorded);
    if (E.isLeft(event)) return E.left({ type: 'Corrupt', reason: `${recorded.type} has another form` });
    apply(rows, event.right);
  }
  return E.right({ revision: end.revision, rows });
};

type KeyChange = Extract<ChangesCommand, { readonly type: 'NoteKeyChange' }>['change'];

/** What the log is told of an event of the keys: no name, which people choose, and no hash. */
export const keyChangesIn = (recorded: RecordedApiKeyEvent): ReadonlyArray<KeyChange> => {
  const event = codec.decode(recorded);
  if (E.isLeft(event)) return [];
  const { type, data } = event.right;
  const shared = { keyId: data.id, by: data.by ?? null };
  if (type === 'ApiKeyRevoked') return [{ type: 'ApiKeyEnded', ...shared, revokedAt: data.revokedAt }];
  const { roles, hostId, createdAt } = data;
  return [{ type: 'ApiKeyMade', ...shared, roles, hostId, createdAt }];
};

/** A stored name; the migration below writes it too. */
export const KEYS_STREAM = 'installation-keys';

const UUID = ['4', '2', '2', '2', '6'].map((bytes) => `lower(hex(randomblob(${bytes})))`).join(" || '-' || ");

/**
 * Version 1 kept the keys as rows of a table. Version 2 carries them over as events of their stream, in one transaction
 * with the end of the table, so that it is done once; an earlier program refuses the file from then on.
 */
const apiKeySchema: ComponentSchema = {
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
    `INSERT INTO own_events
       SELECT '${KEYS_STREAM}', row_number() OVER (ORDER BY created_at, id) - 1, ${UUID}, 'ApiKeyCreated',
         json_object('id', id, 'name', name, 'roles', json(roles), 'hostId', host_id, 'hash', hash, 'createdAt', created_at)
       FROM api_keys;
     INSERT INTO own_events
       SELECT '${KEYS_STREAM}', (SELECT count(*) FROM api_keys) + row_number() OVER (ORDER BY revoked_at, id) - 1, ${UUID},
         'ApiKeyRevoked', json_object('id', id, 'revokedAt', revoked_at)
       FROM api_keys WHERE revoked_at IS NOT NULL;
     DROP TABLE api_keys`,
  ],
};

/** The streams of the data file, with the keys that an earlier release kept in a table. */
export const keyStreamsInFile = (file: DataFile): E.Either<DataFileError, OwnStreams> =>
  pipe(
    makeSqliteOwnStreams(file),
    E.chainFirst(() => file.migrate(apiKeySchema)),
  );

/** Milliseconds between two reads of the stream: a key that another node revoked opens nothing after that and a read. */
export const KEYS_POLL_MS = 1_000;

type Answer<A> = Promise<E.Either<StoreError, A>>;

export type FollowerDeps = {
  readonly streams: OwnStreams;
  readonly clock: Clock;
  /** Called once when the stream cannot be read any more; the keys known so far stay valid. */
  readonly onProblem: (message: string) => void;
};

export type KeyFollower = {
  /** As of the last read. */
  readonly known: () => KnownKeys;
  /** A read that begins now or later, so that its result has everything written before the call. */
  readonly refresh: () => Answer<KnownKeys>;
  /** Appends after `after`. Fails with `RevisionConflict` where another node was faster. */
  readonly append: (after: KnownKeys, event: ApiKeyEvent) => Answer<void>;
  /** Reads again every `KEYS_POLL_MS`, until `stop`. */
  readonly follow: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Keeps the keys in memory. It polls and does not subscribe: a subscription can go silent without an error, and a
 * revoked key must not stay valid because of that.
 */
export const followKeys = ({ streams, clock, onProblem }: FollowerDeps): KeyFollower => {
  let known = NO_KEYS;
  let looking: Answer<KnownKeys> | undefined;
  let next: Answer<KnownKeys> | undefined;
  let isTroubled = false;
  let stopped = false;
  let cancel = (): void => {};

  const readOn = async (): Answer<KnownKeys> => {
    const from = known.revision === 'no-stream' ? 0 : known.revision + 1;
    const read = await streams.read(KEYS_STREAM, from)();
    const taken = E.isLeft(read) ? read : applyKeyEvents(known, read.right);
    if (E.isRight(taken)) known = taken.right;
    if (E.isLeft(taken) && !isTroubled && !stopped)
      onProblem(`the API keys cannot be read: ${JSON.stringify(taken.left)}`);
    isTroubled = E.isLeft(taken);
    return taken;
  };
  const begin = (): Answer<KnownKeys> => {
    next = undefined;
    const current = readOn().finally(() => {
      if (looking === current) looking = undefined;
    });
    looking = current;
    return current;
  };
  /** One read at a time; calls during it share the next one. */
  const refresh = (): Answer<KnownKeys> => {
    if (looking === undefined) return begin();
    next ??= looking.then(begin, begin);
    return next;
  };
  /** An unexpected fault is reported and does not end the polling: a revoked key must not stay valid because of it. */
  const onFault = (fault: unknown): void => {
    if (!isTroubled && !stopped) onProblem(`the API keys cannot be looked at: ${messageOf(fault)}`);
    isTroubled = true;
  };
  const lookLater = (): void => {
    if (stopped) return;
    cancel = clock.at(clock.now() + KEYS_POLL_MS, () => {
      refresh().catch(onFault).finally(lookLater);
    });
  };

  return {
    known: () => known,
    refresh,
    append: async (after, event) => {
      const written = await streams.append(KEYS_STREAM, after.revision, [{ ...event, id: randomUUID() }])();
      if (E.isLeft(written)) return written;
      const taken = applyKeyEvents(known, [{ ...event, revision: written.right.revision }]);
      if (E.isRight(taken)) known = taken.right;
      return pipe(
        taken,
        E.map(() => undefined),
      );
    },
    follow: lookLater,
    stop: async () => {
      stopped = true;
      cancel();
      await (next ?? looking)?.catch(onFault);
    },
  };
};
