import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  type ApiKeyEvent,
  createdEvent,
  NO_KEYS,
  type RecordedApiKeyEvent,
  applyKeyEvents,
} from '../../../src/adapters/identity/api-key-stream.ts';
import { must } from '../../support/must.ts';

const row = {
  id: 'key_1',
  name: 'front desk',
  roles: ['read'],
  hostId: 'odd',
  hash: 'a'.repeat(64),
  createdAt: '2050-09-01T00:00:00Z',
  revokedAt: null,
} as const;
const created = createdEvent(row);
const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { id: 'key_1', revokedAt: '2050-09-02T00:00:00Z' } };
const at = (revision: number, event: { readonly type: string; readonly data: unknown }): RecordedApiKeyEvent => ({
  ...event,
  revision,
});

describe('keys as a fold of their stream', () => {
  it('given a key that was made and revoked, when folded, then it is known as both, whatever way it came', () => {
    const atOnce = must(applyKeyEvents(NO_KEYS, [at(0, created), at(1, revoked)]));
    expect([...atOnce.rows.values()]).toEqual([{ ...row, revokedAt: '2050-09-02T00:00:00Z' }]);
    expect(atOnce.revision).toBe(1);
    const first = must(applyKeyEvents(NO_KEYS, [at(0, created)]));
    expect(must(applyKeyEvents(first, [at(1, revoked)]))).toEqual(atOnce);
    expect([...first.rows.values()]).toEqual([row]);
  });

  it('given a revoked key, when its making arrives once more, then it stays revoked', () => {
    const known = must(applyKeyEvents(NO_KEYS, [at(0, created), at(1, revoked)]));
    expect(applyKeyEvents(known, [at(0, created)])).toEqual(E.right(known));
  });

  it('given an event of a later version, when folded, then it is passed over; a damaged one is not', () => {
    const later = must(
      applyKeyEvents(NO_KEYS, [at(0, { type: 'ApiKeyRenamed', data: { id: 'key_1' } }), at(1, created)]),
    );
    expect([...later.rows.values()]).toEqual([row]);
    expect(later.revision).toBe(1);
    const damaged = at(0, { type: 'ApiKeyCreated', data: { ...created.data, roles: ['god'] } });
    expect(applyKeyEvents(NO_KEYS, [damaged])).toMatchObject(E.left({ type: 'Corrupt' }));
  });
});
