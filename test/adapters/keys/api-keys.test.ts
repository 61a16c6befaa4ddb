import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFirstKey } from '../../../src/adapters/keys/first-key.ts';
import { makeApiKeys } from '../../../src/adapters/keys/sqlite-api-keys.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { type ApiKeys, apiKeyRoles, MAX_API_KEYS } from '../../../src/application/ports/api-keys.ts';
import { reveal, type Secret, secretOf } from '../../../src/application/secret.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

let file: DataFile;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ file, remove } = await temporaryDataFile());
});
afterEach(() => remove());

const clock = makeTestClock();
/** A second call stands for the next start of the program: it has nothing in memory. */
const start = (environmentKey: Secret | null = null): ApiKeys => must(makeApiKeys({ file, clock, environmentKey }));
const wanted = { name: 'front desk', roles: ['read', 'book'], hostId: O.some('odd') } as const;

describe('an API key', () => {
  it('is cal_ and 256 bits in hex, and is known from then on, also after a restart', async () => {
    const keys = start();
    const { apiKey, key } = await mustRun(keys.create(wanted));
    expect(reveal(key)).toMatch(/^cal_[0-9a-f]{64}$/);
    expect(apiKey).toMatchObject(wanted);
    expect(await keys.authenticate(reveal(key))()).toEqual(E.right(O.some(apiKey)));
    expect(await start().authenticate(reveal(key))()).toEqual(E.right(O.some(apiKey)));
  });

  it.each(['', 'cal_', `cal_${'0'.repeat(64)}`])('is not %j', async (presented) => {
    const keys = start();
    await mustRun(keys.create(wanted));
    expect(await keys.authenticate(presented)()).toEqual(E.right(O.none));
  });

  it('is refused with one letter changed, and in capitals', async () => {
    const keys = start();
    const text = reveal((await mustRun(keys.create(wanted))).key);
    const last = text.endsWith('0') ? '1' : '0';
    expect(await keys.authenticate(text.slice(0, -1) + last)()).toEqual(E.right(O.none));
    expect(await keys.authenticate(text.toUpperCase())()).toEqual(E.right(O.none));
  });

  it('is not in the data file', async () => {
    const { key } = await mustRun(start().create(wanted));
    const stored = ['', '-wal'].map((suffix) => readFileSync(file.path + suffix, 'latin1')).join('');
    expect(stored).toContain('front desk');
    expect(stored).not.toContain(reveal(key).slice(4));
  });

  it('ends at once when it is revoked, and stays listed', async () => {
    const keys = start();
    const { apiKey, key } = await mustRun(keys.create(wanted));
    expect(await keys.revoke(apiKey.id)()).toEqual(E.right('revoked'));
    expect(await keys.authenticate(reveal(key))()).toEqual(E.right(O.none));
    expect(await start().authenticate(reveal(key))()).toEqual(E.right(O.none));
    expect(await keys.revoke(apiKey.id)()).toEqual(E.right('already-revoked'));
    expect(await keys.revoke('key_nobody')()).toEqual(E.right('unknown'));
    const listed = { ...apiKey, createdAt: '2050-09-01T00:00:00Z', revokedAt: O.some('2050-09-01T00:00:00Z') };
    expect(await start().list()()).toEqual(E.right([listed]));
  });

  it(`can be had ${MAX_API_KEYS} times, and again once one is revoked`, async () => {
    const keys = start();
    const made = await Promise.all(Array.from({ length: MAX_API_KEYS }, () => mustRun(keys.create(wanted))));
    expect(await keys.create(wanted)()).toEqual(E.left({ type: 'TooManyKeys', limit: MAX_API_KEYS }));
    await mustRun(keys.revoke(made[0]?.apiKey.id ?? ''));
    expect(E.isRight(await keys.create(wanted)())).toBe(true);
  });
});

describe('the first key', () => {
  it('is made once, with every role', async () => {
    const key = O.toNullable(await mustRun(ensureFirstKey(start())));
    const known = await mustRun(start().authenticate(key === null ? '' : reveal(key)));
    expect(O.isSome(known) && known.value.roles).toEqual(apiKeyRoles);
    expect(await ensureFirstKey(start())()).toEqual(E.right(O.none));
  });

  it('is the one of the environment, where that gives one; it is not stored and cannot be revoked', async () => {
    const given = 'sixteen-letters!';
    const keys = start(secretOf(given));
    expect(await ensureFirstKey(keys)()).toEqual(E.right(O.none));
    expect(await keys.authenticate(given)()).toMatchObject(E.right(O.some({ id: 'environment', roles: apiKeyRoles })));
    expect(await keys.revoke('environment')()).toEqual(E.right('from-environment'));
    expect(await start().authenticate(given)()).toEqual(E.right(O.none));
    expect(await start().list()()).toEqual(E.right([]));
  });
});

describe('a data file that is closed', () => {
  it('makes a new key fail, and none is taken for made', async () => {
    const keys = start();
    await mustRun(keys.list());
    await file.close();
    expect(await keys.create(wanted)()).toMatchObject(E.left({ type: 'Unavailable' }));
    expect(await keys.list()()).toEqual(E.right([]));
  });
});
