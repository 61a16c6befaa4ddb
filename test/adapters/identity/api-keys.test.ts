import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { ensureFirstKey } from '../../../src/adapters/identity/api-keys.ts';
import { KEYS_POLL_MS } from '../../../src/adapters/identity/api-key-stream.ts';
import type { ApiKeys } from '../../../src/application/ports/keys-and-tokens.ts';
import { MAX_API_KEYS } from '../../../src/application/ports/keys-and-tokens.ts';
import { reveal } from '../../../src/application/secret.ts';
import { mustRun } from '../../support/must.ts';
import { givenSharedKeys } from './given-shared-keys.ts';

const wanted = { name: 'front desk', roles: ['read'], hostId: null } as const;
const opens = async (keys: ApiKeys, key: string): Promise<boolean> => (await mustRun(keys.authenticate(key))) !== null;

describe('API keys of several nodes (EventStoreDB stand-in)', () => {
  it('given a key made on one node, when it is used on another at once, then it opens', async () => {
    const { start } = await givenSharedKeys();
    const [one, two] = [await start(), await start()];
    const { key } = await mustRun(one.create(wanted));
    expect(await opens(two, reveal(key))).toBe(true);
  });

  it('given a key that was used here, when another node revokes it, then it is refused after the next look', async () => {
    const { start, clock } = await givenSharedKeys();
    const [one, two] = [await start(), await start()];
    const { key, apiKey } = await mustRun(one.create(wanted));
    expect(await opens(two, reveal(key))).toBe(true);
    expect(await mustRun(one.revoke(apiKey.id))).toBe('revoked');
    clock.advance(KEYS_POLL_MS);
    await expect.poll(() => opens(two, reveal(key))).toBe(false);
    expect(await mustRun(two.revoke(apiKey.id))).toBe('already-revoked');
  });

  it('given the log away, then known keys open and unknown ones wait; afterwards what was missed counts', async () => {
    const { start, clock, standIn, problems } = await givenSharedKeys();
    const [one, two] = [await start(), await start()];
    const { key, apiKey } = await mustRun(one.create(wanted));
    expect(await opens(two, reveal(key))).toBe(true);
    standIn.stop();
    for (const _ of [1, 2])
      expect(await two.authenticate('cal_unknown')()).toMatchObject(E.left({ type: 'Unavailable' }));
    expect(problems).toHaveLength(1);
    expect(await opens(two, reveal(key))).toBe(true);
    await standIn.start();
    await expect.poll(async () => E.toUnion(await one.revoke(apiKey.id)()), { timeout: 10_000 }).toBe('revoked');
    await expect
      .poll(
        () => {
          clock.advance(KEYS_POLL_MS);
          return opens(two, reveal(key));
        },
        { timeout: 10_000 },
      )
      .toBe(false);
  }, 30_000);

  it('given a change that ended in a fault of ours, then the next change is made', async () => {
    const { start, faults } = await givenSharedKeys();
    const keys = await start();
    faults.append = new Error('a fault');
    await expect(keys.create(wanted)()).rejects.toThrow('a fault');
    const { key, apiKey } = await mustRun(keys.create(wanted));
    expect(await opens(keys, reveal(key))).toBe(true);
    expect(await mustRun(keys.revoke(apiKey.id))).toBe('revoked');
  });

  it('given a look that ended in a fault, then it is told, and later looks find what was revoked', async () => {
    const { start, faults, clock, problems } = await givenSharedKeys();
    const [one, two] = [await start(), await start()];
    const { key, apiKey } = await mustRun(one.create(wanted));
    expect(await opens(two, reveal(key))).toBe(true);
    for (const _ of [1, 2]) {
      faults.read = new Error('a fault');
      clock.advance(KEYS_POLL_MS);
      await expect.poll(() => faults.read).toBeUndefined();
    }
    expect(problems.length).toBeGreaterThan(0);
    expect(await mustRun(one.revoke(apiKey.id))).toBe('revoked');
    await expect
      .poll(() => {
        clock.advance(KEYS_POLL_MS);
        return opens(two, reveal(key));
      })
      .toBe(false);
  });

  it('given several nodes that start at once for the first time, then one of them has a key to print', async () => {
    const { start } = await givenSharedKeys();
    const nodes = await Promise.all([1, 2, 3, 4].map(() => start()));
    const keys = (await Promise.all(nodes.map((node) => mustRun(ensureFirstKey(node))))).filter((key) => key !== null);
    expect(keys).toHaveLength(1);
    expect(await mustRun(nodes[0]?.list() ?? (await start()).list())).toHaveLength(1);
  });

  it('given all keys but one in use, when two nodes make one each, then one of them may not', async () => {
    const { start } = await givenSharedKeys();
    const [one, two] = [await start(), await start()];
    await Promise.all(Array.from({ length: MAX_API_KEYS - 1 }, () => mustRun(one.create(wanted))));
    const made = await Promise.all([one.create(wanted)(), two.create(wanted)()]);
    expect(made.filter(E.isRight)).toHaveLength(1);
    expect(made.filter(E.isLeft)).toEqual([E.left({ type: 'TooManyKeys', limit: MAX_API_KEYS })]);
  }, 30_000);

  it('given an answer that is lost, when a key is made, then it is made once', async () => {
    const { start, standIn } = await givenSharedKeys();
    const keys = await start();
    standIn.faults.next('append', { kind: 'commit-and-cut' });
    const { key } = await mustRun(keys.create(wanted));
    expect(await mustRun((await start()).list())).toHaveLength(1);
    expect(await opens(await start(), reveal(key))).toBe(true);
  });

  it('given many that present unknown keys at once, then they share the looks at the log', async () => {
    const { start, standIn } = await givenSharedKeys();
    const keys = await start();
    const before = standIn.faults.seen('read');
    await Promise.all(Array.from({ length: 100 }, (_, n) => opens(keys, `cal_${n}`)));
    expect(standIn.faults.seen('read') - before).toBe(2);
  });
});
