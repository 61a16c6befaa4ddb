import * as O from 'fp-ts/lib/Option.js';
import type { NewApiKey, WantedApiKey } from '../../application/ports/api-keys.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { reveal } from '../../application/secret.ts';
import { toInstant } from '../../domain/time/interval.ts';
import { apiKeyOf, type ApiKeyRow } from './api-key-row.ts';
import { hashOfKey, newKey, newKeyId } from './api-key-text.ts';

/** A key as wanted: what is answered, and what is kept of it. */
export const newRow = (clock: Clock, wanted: WantedApiKey): NewApiKey & { readonly row: ApiKeyRow } => {
  const key = newKey();
  const { name, roles, hostId } = wanted;
  const stamped = { id: newKeyId(), createdAt: toInstant(clock.now()), revokedAt: O.none };
  const row: ApiKeyRow = { name, roles, hostId, ...stamped, hash: hashOfKey(reveal(key)) };
  return { row, key, apiKey: apiKeyOf(row) };
};
