import * as O from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';
import { type ApiKey, apiKeyRoles, type ListedApiKey } from '../../application/ports/api-keys.ts';
import { reveal, type Secret } from '../../application/secret.ts';
import { hashOfKey, sameHash } from './api-key-text.ts';

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
