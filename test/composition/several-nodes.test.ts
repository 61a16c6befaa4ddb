import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { reveal, type Secret, secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, httpClient } from '../support/http-client.ts';
import { until } from '../support/scenario-world.ts';
import { environmentOf } from '../support/environment.ts';

const SECRET = secretOf('the secret that all of these nodes are given');
type Start = {
  readonly folder?: string;
  readonly node?: string;
  readonly secret?: Secret | null;
  readonly calendar?: true;
  readonly isEmbedded?: true;
  /** What a reload reads, and who hears what is reported. */
  readonly file?: () => Configuration;
  readonly said?: string[];
};

const givenLog = async () => {
  const [standIn, folder] = [await startEventStoreDbStandIn(), await temporaryFolder()];
  const stops: Array<() => Promise<void>> = [];
  onTestFinished(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await standIn.close();
    await folder.remove();
  });
  const { calendars, hosts } = demoConfiguration;
  const connectionString = secretOf(standIn.connectionString);
  const store = {
    type: 'eventstoredb',
    connectionString,
    caFile: null,
    streamPrefix: 'holdfast-',
    startWaitMs: 10_000,
  } as const;
  const start = async ({ folder: name = 'one', node, secret = SECRET, calendar, isEmbedded, ...more }: Start = {}) => {
    const { file, said } = more;
    const own = {
      ...demoConfiguration,
      guestActions: 'open' as const,
      store: isEmbedded ? demoConfiguration.store : store,
      calendars: calendar ? calendars : [],
      hosts: calendar ? hosts : hosts.map((host) => ({ ...host, calendarIds: [] })),
    };
    const environment = environmentOf(join(folder.path, name), { node: node ?? null, secret });
    const configuration: Configuration = file === undefined ? own : { ...own, publicUrl: file().publicUrl };
    const log = { ...makeLog('silent'), report: ({ reason }: { readonly reason: string }) => void said?.push(reason) };
    const reload = async () => E.right({ ...configuration, publicUrl: file?.().publicUrl ?? null });
    const server = await startServer({ configuration, environment }, log, { reload })();
    if (E.isLeft(server)) return describeStartError(server.left);
    stops.push(server.right.stop);
    return server.right;
  };
  const started = async (given: Start = {}) => {
    const server = await start(given);
    if (typeof server === 'string') throw new Error(server);
    return { ...server, client: httpClient(server.url) };
  };
  return { start, started };
};

describe('several servers on one log (EventStoreDB stand-in)', () => {
  it('given a reload of one, then it names the other, and both say so until the other has reloaded', async () => {
    const { started } = await givenLog();
    let file: Configuration = { ...demoConfiguration, publicUrl: 'https://one.example' };
    const said: string[] = [];
    const one = await started({ file: () => file });
    const two = await started({ folder: 'two', file: () => file, said });
    const key = one.newKey === null ? '' : reveal(one.newKey);
    const otherNodes = async ({ client }: typeof one) =>
      at((await client.get('/health/ready')).body, 'configuration', 'otherNodes');
    const reload = async ({ client }: typeof one): Promise<unknown> =>
      at((await client.post('/v2/holdfast/reload', undefined, { key })).body, 'data', 'otherNodes');
    await Promise.all([one.idle(), two.idle()]);
    expect(await Promise.all([one, two].map(otherNodes))).toEqual([null, null]);
    file = { ...file, publicUrl: 'https://another.example' };
    expect(await reload(one)).toEqual([expect.stringContaining(`node "${two.node}" runs by another configuration`)]);
    await until('the other node has noticed', () => said.length > 0);
    expect(said).toEqual([expect.stringContaining(`node "${one.node}" runs by another configuration`)]);
    expect(await otherNodes(one)).toMatchObject([{ node: two.node }]);
    expect(await otherNodes(two)).toMatchObject([{ node: one.node }]);
    const doctor = await one.client.get('/v2/holdfast/doctor', { key });
    expect(at(doctor.body, 'data', 'differences')).toMatchObject([{ kind: 'other-configuration', canFix: false }]);
    expect(await reload(two)).toEqual([]);
    await until('both run by the same', async () => (await otherNodes(one)) === null);
    const { body } = await two.client.get('/v2/holdfast/consumers', { key });
    expect(at(body, 'data', 'nodes')).toMatchObject([two, one].map(({ node }) => ({ node, isSame: true })));
    await two.stop();
    await until('one is left', async () => {
      const listed = at((await one.client.get('/v2/holdfast/consumers', { key })).body, 'data', 'nodes');
      return Array.isArray(listed) && listed.length === 1;
    });
  });

  it('given one that has printed a key, when another starts, then the key opens it and no other is made', async () => {
    const { started } = await givenLog();
    const [one, two] = [await started(), await started({ folder: 'two' })];
    expect(two.newKey === null).toBe(true);
    const key = one.newKey !== null ? reveal(one.newKey) : '';
    for (const { client } of [one, two]) expect((await client.get('/v2/bookings', { key })).status).toBe(200);
    expect((await two.client.get('/v2/bookings', { key: `${key}0` })).status).toBe(401);
  });

  it.each([
    ['another secret', { secret: secretOf('a secret that nobody else has, and so no good') }, 'other_secret'],
    ['a secret of its own', { secret: null }, 'other_secret'],
    ['the name of another', { node: 'oslo-1' }, 'node_name_taken'],
    ['a calendar of another', { calendar: true }, 'calendar_elsewhere'],
  ] as const)(
    'given one with %s, when started, then it ends with one line, and the data folder is let go',
    async (_, given, code) => {
      const { start, started } = await givenLog();
      await started({ node: 'oslo-1', calendar: true });
      const line = await start({ folder: 'two', ...given });
      expect(line).toMatch(new RegExp(`^[^\\n]+ \\[${code}\\]$`));
      expect(typeof (await start({ folder: 'two' }))).toBe('object');
    },
  );

  it('given the secret of the data file, when another is given at a start, then that is told, once', async () => {
    const { started } = await givenLog();
    const told = [];
    for (const secret of [null, SECRET, SECRET, null]) {
      const { isSecretNew, stop } = await started({ secret, isEmbedded: true });
      told.push(isSecretNew);
      await stop();
    }
    expect(told).toEqual([false, true, false, true]);
  });
});
