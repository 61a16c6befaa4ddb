import { expect, it } from 'vitest';
import { holdfast, startHoldfast } from '../support/command-line.ts';
import { givenEventStoreDb } from '../support/on-eventstoredb.ts';

const [SECRET, NEXT] = [
  'the secret that all of these nodes are given',
  'the next secret that all of the nodes get now',
];

it('given EventStoreDB (stand-in), when keys are made beside the server, then they count there', async () => {
  const { env } = await givenEventStoreDb();
  const { CRM: _notNeeded, ...bare } = env;
  const server = startHoldfast(['serve'], env);
  const [, url = ''] = await server.says(/^listening on (\S+)$/m);
  const statusWith = async (key: string): Promise<number> =>
    (await fetch(`${url}/v2/bookings`, { headers: { authorization: `Bearer ${key}` } })).status;

  const made = await holdfast(['key', 'create', 'console', '--json'], bare);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const { id, key } = JSON.parse(made.stdout);
  expect(await statusWith(key)).toBe(200);
  const listed = await holdfast(['key', 'list', '--json'], bare);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'first key' }, { id, revokedAt: null }]);
  expect(await holdfast(['key', 'revoke', id], bare)).toMatchObject({ code: 0 });
  await expect.poll(() => statusWith(key), { timeout: 5_000 }).toBe(401);
  server.child.kill('SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
}, 30_000);

it('given nodes with a secret, when it is changed as told, then they start with the new one, and say so', async () => {
  const { env } = await givenEventStoreDb();
  const started = async (secret: string): Promise<string> => {
    const server = startHoldfast(['serve'], { ...env, HOLDFAST_SECRET: secret });
    const [said] = await server.says(/^(?:.*\n)*listening on \S+$/m);
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
    return said;
  };
  expect(await started(SECRET)).not.toContain('secret:');
  const refused = await holdfast(['serve'], { ...env, HOLDFAST_SECRET: NEXT });
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /^The other nodes on this log use another secret\. .*"holdfast store accept-secret".* \[other_secret\]\n$/,
  );
  expect(await holdfast(['store', 'accept-secret'], env)).toMatchObject({ code: 1, stdout: '' });
  const accepted = await holdfast(['store', 'accept-secret'], { ...env, HOLDFAST_SECRET: NEXT });
  expect(accepted).toMatchObject({ code: 0, stderr: '' });
  expect(await started(NEXT)).toMatch(/^secret: not that of the last start/m);
}, 40_000);

it('given a lost node, when it is forgotten, then a new folder may have its name and its calendar', async () => {
  const { env } = await givenEventStoreDb();
  const named = { ...env, HOLDFAST_NODE: 'oslo-1', HOLDFAST_SECRET: SECRET };
  const other = { ...named, HOLDFAST_DATA: `${env.HOLDFAST_DATA}-2` };
  const run = async (own: typeof other) => {
    const server = startHoldfast(['serve'], own);
    await server.says(/^listening on/m);
    server.child.kill('SIGTERM');
    await server.ended;
  };
  await run(named);
  expect((await holdfast(['serve'], other)).stderr).toMatch(
    /"holdfast store forget-node oslo-1". \[node_name_taken\]\n$/,
  );
  expect((await holdfast(['store', 'forget-node', 'nobody'], env)).stderr).toMatch(
    /^holdfast: no node .* "nobody" \[node_not_found\]\n$/,
  );
  const forgotten = await holdfast(['store', 'forget-node', 'oslo-1'], env);
  expect(forgotten).toMatchObject({ code: 0, stderr: '' });
  expect(forgotten.stdout).toContain('its built-in calendars are free: local');
  await run(other);
}, 40_000);

it('given the embedded engine, when the nodes are asked for, then there are none to agree', async () => {
  const refused = await holdfast(['store', 'forget-node', 'oslo-1'], {});
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('only one node can be');
});
