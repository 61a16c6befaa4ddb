import { access, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { findCompose } from '../support/install/commands.ts';
import { describeWithCommand } from '../support/install/describe-with.ts';
import { projectFolder } from '../support/source-files.ts';
import type { Resolved, Service } from './compose-file.ts';
import { environmentOf, mapping, mountsOf, portsOf, resolveWith, servicesOf } from './compose-file.ts';
import { violations } from './rules.ts';

const NODES = ['1', '2', '3'];

/** A place in the file, what stands there instead, and what is said of it. */
const BROKEN: ReadonlyArray<readonly [from: string | RegExp, to: string, said: string]> = [
  ['caddy:2.11.4-alpine', 'caddy:latest', 'proxy: image "caddy:latest" is not pinned to a version'],
  ['axllent/mailpit:v1.31.4', 'axllent/mailpit', 'mail: image "axllent/mailpit" is not pinned to a version'],
  [/\n +healthcheck:\n +test: \[CMD, \/mailpit, readyz\](?:\n {6}.*)+/, '', 'mail: no health check'],
  ["user: '1001:1001'", "user: '0:0'", 'proxy: runs as "0:0"'],
  [/\n +user: '1002:1002'/, '', 'mail: runs as "undefined"'],
  ['127.0.0.1:8025:8025', '8025:8025', 'mail: publishes 8025:8025'],
  [
    /(networks: \[log\]\n)/,
    "$1    ports: ['127.0.0.1:1:2113']\n",
    'eventstore: is insecure and publishes 127.0.0.1:1:2113',
  ],
  ['log: { internal: true }', 'log: {}', 'eventstore: is insecure and in the network log, which leads outside'],
  ['- data:/data', '- /srv/data:/data', 'holdfast: /data is on no volume'],
  [/(Passes signals[^]*?)cap_drop: \[ALL\]/, '$1cap_drop: [MKNOD]', 'holdfast-1: keeps capabilities'],
  [/(x-eventstore:[^]*?)security_opt: .*/, '$1privileged: true', 'eventstore-1: is privileged'],
  [/(x-eventstore:[^]*?)restart: unless-stopped/, '$1restart: "no"', 'eventstore-2: is not restarted'],
  [/(x-eventstore:[^]*?)deploy: .*/, '$1', 'eventstore-3: may take all memory'],
  ['${HOLDFAST_SECRET:-}\n  # Only', 'abcdefgh\n  # Only', 'holdfast-1: HOLDFAST_SECRET has a value in the file'],
  ['${EVENTSTORE_ADMIN_PASSWORD:-}@', 'changeit@', 'holdfast-2: EVENTSTOREDB_CONNECTION has a value in the file'],
];

/** The compose file, changed, in a folder of its own. */
const changed = async (changes: ReadonlyArray<readonly [string | RegExp, string, ...unknown[]]>): Promise<string> => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const text = await readFile(join(projectFolder, 'docker-compose.yml'), 'utf8');
  const other = changes.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    expect(after, `"${String(from)}" is in the file`).not.toBe(before);
    return after;
  }, text);
  await writeFile(join(path, 'docker-compose.yml'), other);
  await cp(join(projectFolder, '.env'), join(path, '.env'));
  return path;
};

describeWithCommand('docker compose', findCompose(), 'docker-compose.yml', (compose) => {
  const resolve = resolveWith(compose);
  let all: Resolved = { services: {}, networks: {}, volumes: {} };
  const service = (name: string): Service => mapping(all.services[name]);
  const holders = (volume: string): ReadonlyArray<string> =>
    Object.keys(all.services).filter((name) => mountsOf(service(name)).some(({ source }) => source === volume));

  beforeAll(async () => {
    all = await resolve();
  });

  it('is valid and keeps the rules', () => {
    expect(Object.keys(all.services)).not.toEqual([]);
    expect(violations(all)).toEqual([]);
  });

  it('each rule is seen when it is broken', async () => {
    const found = violations(await resolve({ folder: await changed(BROKEN) }));
    for (const [, , said] of BROKEN) expect(found).toContain(said);
  });

  it('what compose does not understand is refused by compose', async () => {
    const folder = await changed([['restart: unless-stopped', 'restarts: unless-stopped']]);
    await expect(resolve({ folder })).rejects.toThrow(/restarts/);
  });

  it('has every service in one profile, and the one that starts by itself is `default`', async () => {
    const cluster = ['certificates', 'mail', 'proxy', ...NODES.flatMap((n) => [`eventstore-${n}`, `holdfast-${n}`])];
    expect(Object.keys(servicesOf(all, 'default')).sort()).toEqual(['eventstore', 'holdfast']);
    expect(Object.keys(servicesOf(all, 'cluster')).sort()).toEqual(cluster.sort());
    expect(await readFile(join(projectFolder, '.env'), 'utf8')).toMatch(/^COMPOSE_PROFILES=default$/m);
  });

  it('default: Holdfast waits until its EventStoreDB is healthy', () => {
    const { depends_on: needs, ...holdfast } = service('holdfast');
    expect(mapping(mapping(needs).eventstore).condition).toBe('service_healthy');
    expect(environmentOf(holdfast).EVENTSTOREDB_CONNECTION).toBe('esdb://eventstore:2113?tls=false');
    expect(portsOf(holdfast)).toEqual(['127.0.0.1:3000:3000']);
    expect(portsOf(service('eventstore'))).toEqual([]);
  });

  it.each(NODES)('cluster: EventStoreDB node %s has TLS, knows the others, and alone has its key', (n) => {
    const environment = environmentOf(service(`eventstore-${n}`));
    const others = NODES.filter((other) => other !== n).map((other) => `eventstore-${other}:2113`);
    expect(environment).toMatchObject({
      EVENTSTORE_CLUSTER_SIZE: '3',
      EVENTSTORE_GOSSIP_SEED: others.join(','),
      EVENTSTORE_NODE_HOST_ADVERTISE_AS: `eventstore-${n}`,
      EVENTSTORE_REPLICATION_HOST_ADVERTISE_AS: `eventstore-${n}`,
      EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE: '/certificates/own/node.key',
    });
    expect(environment).not.toHaveProperty('EVENTSTORE_INSECURE');
    expect(portsOf(service(`eventstore-${n}`))).toEqual([]);
    expect(holders(`keys-${n}`).toSorted()).toEqual(['certificates', `eventstore-${n}`]);
    expect(holders('authority')).toEqual(['certificates']);
  });

  it('cluster: the Holdfast nodes differ in name and data, and in nothing else', () => {
    const [first, ...others] = NODES.map((n) => {
      const node = service(`holdfast-${n}`);
      expect(environmentOf(node).HOLDFAST_NODE).toBe(`holdfast-${n}`);
      expect(mountsOf(node)).toContainEqual({ source: `data-${n}`, target: '/data', readOnly: false });
      return JSON.stringify(node).replaceAll(`holdfast-${n}`, 'NAME').replaceAll(`data-${n}`, 'DATA');
    });
    expect(others).toEqual([first, first]);
  });

  it('cluster: secrets come from outside, the same for all nodes', async () => {
    const { path, remove } = await temporaryFolder();
    onTestFinished(remove);
    const envFile = join(path, 'cluster.env');
    await writeFile(envFile, 'HOLDFAST_SECRET=s3cret\nEVENTSTORE_ADMIN_PASSWORD=adm1n\nEVENTSTORE_OPS_PASSWORD=0ps\n');
    const { services } = await resolve({ envFile });
    for (const n of NODES) {
      const holdfast = environmentOf(mapping(services[`holdfast-${n}`]));
      expect(holdfast.HOLDFAST_SECRET).toBe('s3cret');
      expect(holdfast.EVENTSTOREDB_CONNECTION).toContain('esdb://admin:adm1n@eventstore-1:2113,eventstore-2:2113,');
      const passwords = { EVENTSTORE_DEFAULT_ADMIN_PASSWORD: 'adm1n', EVENTSTORE_DEFAULT_OPS_PASSWORD: '0ps' };
      expect(environmentOf(mapping(services[`eventstore-${n}`]))).toMatchObject(passwords);
    }
  });

  it('mounts no file that is not there, and none that a container can change', async () => {
    const mounts = Object.values(all.services).flatMap(mountsOf);
    const files = mounts.filter(({ source }) => source.startsWith('/'));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter(({ readOnly }) => !readOnly)).toEqual([]);
    await Promise.all(files.map(({ source }) => access(source)));
  });
});
