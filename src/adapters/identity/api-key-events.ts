import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import type { ExpectedRevision, StoreError } from '../../application/ports/event-store.ts';
import type { ApiKeyRow, Rows } from './api-key-rows.ts';
import { rolesCodec } from './api-key-rows.ts';

const codec = t.union([
  /** A key may be used from now on. `hash`: see `hashOfKey`; the key itself is nowhere. */
  t.type({
    type: t.literal('ApiKeyCreated'),
    data: t.type({
      id: t.string,
      name: t.string,
      roles: rolesCodec,
      hostId: t.union([t.string, t.null]),
      hash: t.string,
      createdAt: t.string,
    }),
  }),
  /** The key opens nothing any more. */
  t.type({ type: t.literal('ApiKeyRevoked'), data: t.type({ id: t.string, revokedAt: t.string }) }),
]);
export type ApiKeyEvent = t.TypeOf<typeof codec>;
export type RecordedApiKeyEvent = { readonly type: string; readonly data: unknown; readonly revision: number };

/** All keys there ever were, as of a revision of their stream. */
export type KnownKeys = { readonly revision: ExpectedRevision; readonly rows: Rows };

export const NO_KEYS: KnownKeys = { revision: 'no-stream', rows: new Map() };

export const createdEvent = ({ id, name, roles, hostId, hash, createdAt }: ApiKeyRow): ApiKeyEvent => ({
  type: 'ApiKeyCreated',
  data: { id, name, roles, hostId: O.toNullable(hostId), hash, createdAt },
});

/** Writes into `rows`, which the caller has just copied: thousands of keys are not copied once for each event. */
const apply = (rows: Map<string, ApiKeyRow>, event: ApiKeyEvent): void => {
  if (event.type === 'ApiKeyCreated') {
    const { hostId, ...data } = event.data;
    rows.set(data.hash, { ...data, hostId: O.fromNullable(hostId), revokedAt: O.none });
    return;
  }
  for (const row of rows.values()) {
    if (row.id === event.data.id) rows.set(row.hash, { ...row, revokedAt: O.some(event.data.revokedAt) });
  }
};

const isOurs = (type: string): boolean => type === 'ApiKeyCreated' || type === 'ApiKeyRevoked';

/** Events that were taken before change nothing, those of a later version neither; damaged ones are `Corrupt`. */
export const takeKeyEvents = (
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
