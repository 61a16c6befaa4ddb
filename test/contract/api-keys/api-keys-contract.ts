import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ensureFirstKey } from '../../../src/adapters/identity/api-keys.ts';
import type { ApiKeys } from '../../../src/application/ports/keys-and-tokens.ts';
import { MAX_API_KEYS, apiKeyRoles } from '../../../src/application/ports/keys-and-tokens.ts';
import type { Secret } from '../../../src/application/secret.ts';
import { reveal, secretOf } from '../../../src/application/secret.ts';
import { mustRun } from '../../support/must.ts';

export type KeysUnderTest = {
  /** A second one has nothing in memory: the next start of the program, or another node. */
  readonly start: (environmentKey?: Secret) => Promise<ApiKeys>;
  /** Everything that is stored, as text. */
  readonly stored: () => string;
};

const wanted = { name: 'front desk', roles: ['read', 'book'], hostId: 'odd' } as const;

/** Every place that API keys are kept in passes these. `open` cleans up behind itself when the test ends. */
export const apiKeysContract = (name: string, open: () => Promise<KeysUnderTest>): void => {
  describe(`API keys, ${name}`, () => {
    it('are cal_ and 256 bits in hex, and known from then on, also after a restart', async () => {
      const { start } = await open();
      const keys = await start();
      const { apiKey, key } = await mustRun(keys.create(wanted));
      expect(reveal(key)).toMatch(/^cal_[0-9a-f]{64}$/);
      expect(apiKey).toMatchObject(wanted);
      expect(await keys.authenticate(reveal(key))()).toEqual(E.right(apiKey));
      expect(await (await start()).authenticate(reveal(key))()).toEqual(E.right(apiKey));
    });

    it('are refused when unknown, with one letter changed, and in capitals', async () => {
      const keys = await (await open()).start();
      const text = reveal((await mustRun(keys.create(wanted))).key);
      const changed = text.slice(0, -1) + (text.endsWith('0') ? '1' : '0');
      for (const presented of ['', 'cal_', `cal_${'0'.repeat(64)}`, changed, text.toUpperCase()])
        expect(await keys.authenticate(presented)()).toEqual(E.right(null));
    });

    it('are kept hashed', async () => {
      const { start, stored } = await open();
      const { key } = await mustRun((await start()).create(wanted));
      expect(stored()).toContain('front desk');
      expect(stored()).not.toContain(reveal(key).slice(4));
    });

    it('end at once when they are revoked, and stay listed', async () => {
      const { start } = await open();
      const keys = await start();
      const { apiKey, key } = await mustRun(keys.create(wanted));
      expect(await keys.revoke(apiKey.id)()).toEqual(E.right('revoked'));
      expect(await keys.authenticate(reveal(key))()).toEqual(E.right(null));
      const later = await start();
      expect(await later.authenticate(reveal(key))()).toEqual(E.right(null));
      expect(await keys.revoke(apiKey.id)()).toEqual(E.right('already-revoked'));
      expect(await keys.revoke('key_nobody')()).toEqual(E.right('unknown'));
      const listed = { ...apiKey, createdAt: '2050-09-01T00:00:00Z', revokedAt: '2050-09-01T00:00:00Z' };
      expect(await later.list()()).toEqual(E.right([listed]));
    });

    it(`are ${MAX_API_KEYS} at most, also when all are made at once, and one more once one is revoked`, async () => {
      const keys = await (await open()).start();
      const made = await Promise.all(Array.from({ length: MAX_API_KEYS }, () => mustRun(keys.create(wanted))));
      expect(await keys.create(wanted)()).toEqual(E.left({ type: 'TooManyKeys', limit: MAX_API_KEYS }));
      await mustRun(keys.revoke(made[0]?.apiKey.id ?? ''));
      expect(E.isRight(await keys.create(wanted)())).toBe(true);
      expect(await keys.create(wanted)()).toEqual(E.left({ type: 'TooManyKeys', limit: MAX_API_KEYS }));
    }, 30_000);

    it('have a first one, made once, with every role', async () => {
      const { start } = await open();
      const key = await mustRun(ensureFirstKey(await start()));
      const known = await mustRun((await start()).authenticate(key === null ? '' : reveal(key)));
      expect(known?.roles).toEqual(apiKeyRoles);
      expect(await ensureFirstKey(await start())()).toEqual(E.right(null));
      if (known !== null) await mustRun((await start()).revoke(known.id));
      expect(await ensureFirstKey(await start())()).toEqual(E.right(null));
    });

    it('have the one of the environment first, where that gives one; it is not stored and cannot be revoked', async () => {
      const { start } = await open();
      const given = 'sixteen-letters!';
      const keys = await start(secretOf(given));
      expect(await ensureFirstKey(keys)()).toEqual(E.right(null));
      const known = { id: 'environment', roles: apiKeyRoles };
      expect(await keys.authenticate(given)()).toMatchObject(E.right(known));
      expect(await keys.revoke('environment')()).toEqual(E.right('from-environment'));
      expect(await keys.list()()).toMatchObject(E.right([{ id: 'environment' }]));
      const without = await start();
      expect(await without.authenticate(given)()).toEqual(E.right(null));
      expect(await without.list()()).toEqual(E.right([]));
    });
  });
};
