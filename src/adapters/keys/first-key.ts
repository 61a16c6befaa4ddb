import * as O from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type ApiKeyError, type ApiKeys, apiKeyRoles, type NewApiKey } from '../../application/ports/api-keys.ts';
import type { Secret } from '../../application/secret.ts';

/**
 * At the first start, when there is no key at all, also none that was revoked: makes one with every role, to be printed
 * this once. None at every later start, and where HOLDFAST_API_KEY gives one.
 */
export const ensureFirstKey = (keys: Pick<ApiKeys, 'createFirst'>): TE.TaskEither<ApiKeyError, O.Option<Secret>> =>
  TE.map(O.map(({ key }: NewApiKey) => key))(
    keys.createFirst({ name: 'first key', roles: apiKeyRoles, hostId: O.none }),
  );
