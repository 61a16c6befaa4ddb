import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Client } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { Ended } from '../support/killable-server.ts';
import type { Installation, NodeName } from './installation.ts';
import { startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 30_000 });
const soon = { timeout: 10_000, interval: 50 };
const OTHER_SECRET = 'another-secret-of-one-node-0123456789-zyxwvuts';

describeWith('radicale', `what nodes have to agree on ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation({ nodes: ['a', 'b'] });
  });
  afterAll(() => installation?.close());

  const ends = async (
    name: NodeName,
    args: ReadonlyArray<string>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> => (await installation.run(name, args, env)).ended;

  it.each([
    ['another secret', { HOLDFAST_SECRET: OTHER_SECRET }, '[other_secret]'],
    ['the name of another', { HOLDFAST_NODE: 'a' }, '[node_name_taken]'],
  ])('given a node with %s, then it does not start, and says in one line why', async (_, env, code) => {
    const { code: exit, printed, logged } = await ends('c', ['serve'], env);
    expect([exit, printed]).toEqual([1, expect.not.stringContaining('listening')]);
    expect(logged.trim().split('\n')).toEqual([expect.stringContaining(code)]);
    expect(logged).not.toContain(OTHER_SECRET);
  });

  it('given a key made as a, then it opens b; revoked as b, then it opens a no more', async () => {
    const made = await ends('a', ['key', 'create', 'reporting', '--role', 'read', '--json']);
    expect(made.code).toBe(0);
    const { id, key } = JSON.parse(made.printed);
    const opens = async (client: Client) => (await client.get('/v2/bookings', { key })).status;
    const [a, b] = [installation.node('a').client, installation.node('b').client];
    expect([await opens(a), await opens(b)]).toEqual([200, 200]);

    expect((await ends('b', ['key', 'revoke', id])).code).toBe(0);
    await expect.poll(() => opens(a), soon).toBe(401);
    await expect.poll(() => opens(b), soon).toBe(401);
    expect(at((await a.get('/v2/bookings', { key })).body, 'error', 'code')).toBe('credentials_invalid');
  });

  it('then a node that agrees starts beside them, on a folder that was refused before', async () => {
    const c = await installation.start('c');
    expect((await c.client.get('/health/ready')).status).toBe(200);
  });
});
