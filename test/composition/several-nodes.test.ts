import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { reveal, type Secret, secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { httpClient } from '../support/http-client.ts';
import { environmentOf } from '../support/environment.ts';

const SECRET = secretOf('the secret that all of these nodes are given');
type Start = {
  readonly folder?: string;
  readonly node?: string;
  readonly secret?: Secret | null;
  readonly calendar?: true;
  readonly isEmbedded?: true;
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
  const start = async ({ folder: name = 'one', node, secret = SECRET, calendar, isEmbedded }: Start = {}) => {
    const configuration = {
      ...demoConfiguration,
      guestActions: 'open' as const,
      store: isEmbedded ? demoConfiguration.store : store,
      calendars: calendar ? calendars : [],
      hosts: calendar ? hosts : hosts.map((host) => ({ ...host, calendarIds: [] })),
    };
    const environment = environmentOf(join(folder.path, name), { node: node ?? null, secret });
    const server = await startServer({ configuration, environment }, makeLog('silent'))();
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
