import { createServer } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { reveal, secretOf } from '../../src/application/secret.ts';
import { quickStartHints } from '../../src/composition/first-booking-hint.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';

const silent = makeLog('silent');
const environment = (dataFolder: string, port = 0) => environmentOf(dataFolder, { port });

const newFolder = async (): Promise<string> => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  return path;
};

const started = async (dataFolder: string) => {
  const server = await startServer(
    { configuration: demoConfiguration, environment: environment(dataFolder) },
    silent,
  )();
  if (E.isLeft(server)) throw new Error(describeStartError(server.left));
  onTestFinished(server.right.stop);
  return server.right;
};

describe('a server from start to stop', () => {
  it('makes a key with all roles at the first start, and only there; it goes on where it was', async () => {
    const folder = await newFolder();
    const first = await started(folder);
    const key = first.newKey !== null ? reveal(first.newKey) : '';
    expect(key).toMatch(/^cal_[0-9a-f]{64}$/);
    await first.stop();
    const second = await started(folder);
    expect(second.newKey).toEqual(null);
    const me = await fetch(`${second.url}/v2/me`, { headers: { authorization: `Bearer ${key}` } });
    expect(me.status).toBe(200);
  });

  it('is ready once it listens, and prints a line that books the first slot', async () => {
    const server = await started(await newFolder());
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    const words = (await quickStartHints(server.slots, demoConfiguration, server.url)).join('\n');
    const body = /-d '([^']+)'/.exec(words)?.[1] ?? '';
    const headers = { 'content-type': 'application/json' };
    const booked = await fetch(`${server.url}/v2/bookings`, { method: 'POST', headers, body });
    expect(booked.status).toBe(201);
    const answer = await booked.text();
    expect(JSON.parse(answer)).toMatchObject({ status: 'success', data: { status: 'accepted' } });
    const [, uid = ''] = /"uid":"(\w+)"/.exec(answer) ?? [];
    const [, token = ''] = /"guestToken":"([^"]+)"/.exec(answer) ?? [];
    const [, shown = ''] = /What the guest sees: (\S+)/.exec(words) ?? [];
    const page = shown.replace('UID', uid).replace('TOKEN', token);
    expect(await (await fetch(page)).text()).toContain('<h1>Your booking is confirmed</h1>');
  });

  it('serves the built-in calendar to whoever has its address, and to nobody else', async () => {
    const server = await started(await newFolder());
    const path = server.feeds.pathOf('demo_calendar');
    const feed = await fetch(server.url + path);
    expect(feed.headers.get('content-type')).toContain('text/calendar');
    expect(await feed.text()).toContain('BEGIN:VCALENDAR');
    const guessed = path.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect((await fetch(server.url + guessed)).status).toBe(404);
  });

  it('counts callers apart that a trusted proxy tells apart, and takes the word of no other', async () => {
    const configuration = { ...demoConfiguration, limits: { ...demoConfiguration.limits, requestsPerMinute: 1 } };
    const statuses = async (trustedProxies: ReadonlyArray<string>) => {
      const settings = { configuration, environment: { ...environment(await newFolder()), trustedProxies } };
      const server = await startServer(settings, silent)();
      if (E.isLeft(server)) throw new Error(describeStartError(server.left));
      onTestFinished(server.right.stop);
      const ask = (address: string) =>
        fetch(`${server.right.url}/v2/event-types`, { headers: { 'x-forwarded-for': address } });
      return [(await ask('192.0.2.1')).status, (await ask('192.0.2.2')).status];
    };
    expect(await statuses(['loopback'])).toEqual([200, 200]);
    expect(await statuses([])).toEqual([200, 429]);
  });

  it('says so when its data folder is in use, and leaves the other server alone', async () => {
    const folder = await newFolder();
    const first = await started(folder);
    const second = await startServer({ configuration: demoConfiguration, environment: environment(folder) }, silent)();
    expect(E.isLeft(second) && describeStartError(second.left)).toContain('is in use by another Holdfast process');
    expect((await fetch(`${first.url}/health/live`)).status).toBe(200);
  });

  it('says so when its port is taken, and lets its data folder go', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const folder = await newFolder();
    const taken = await startServer(
      { configuration: demoConfiguration, environment: environment(folder, port) },
      silent,
    )();
    expect(E.isLeft(taken) && describeStartError(taken.left)).toContain('EADDRINUSE');
    await started(folder);
  });

  it('takes the key of the environment instead of making one', async () => {
    const apiKey = secretOf('a-key-from-the-environment');
    const settings = { configuration: demoConfiguration, environment: { ...environment(await newFolder()), apiKey } };
    const server = await startServer(settings, silent)();
    if (E.isLeft(server)) throw new Error(describeStartError(server.left));
    onTestFinished(server.right.stop);
    expect(server.right.newKey).toEqual(null);
    const me = await fetch(`${server.right.url}/v2/me`, { headers: { authorization: `Bearer ${reveal(apiKey)}` } });
    expect(me.status).toBe(200);
  });
});
