import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import type { Launched } from '../support/killable-server.ts';
import { launch, startKillable } from '../support/killable-server.ts';
import { brokenStreams, readLog } from '../support/log-checks.ts';

vi.setConfig({ testTimeout: 60_000 });

const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
const booking = (start: string) => ({ eventTypeId: 1, start, attendee });
const MONDAY_9 = '2027-03-01T08:00:00Z';

describe('the data folder', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let started: Launched[] = [];
  beforeEach(async () => {
    folder = await temporaryFolder();
    started = [];
  });
  afterEach(async () => {
    for (const launched of started) launched.signal('SIGKILL');
    await Promise.all(started.map(({ ended }) => ended));
    await folder.remove();
  });
  const start = async () => {
    const server = await startKillable({ folder: folder.path });
    started.push(server);
    return server;
  };
  /** Starts a server that should not come up. */
  const refused = async () => {
    const launched = await launch({ folder: folder.path });
    started.push(launched);
    return launched.ended;
  };
  const dataFile = () => join(folder.path, 'data', 'holdfast.sqlite');

  it('a second server on it says so and ends with 1; the first goes on', async () => {
    const first = await start();
    const second = await refused();
    expect(second.code).toBe(1);
    expect(second.logged).toMatch(/already open|in use|another/i);
    expect(second.logged).not.toContain('    at ');
    expect(second.printed).not.toContain('listening');
    const booked = await first.client.post('/v2/bookings', booking(MONDAY_9));
    expect([booked.status, at(booked.body, 'data', 'status')]).toEqual([201, 'accepted']);
    expect((await first.terminate()).code).toBe(0);
    expect(brokenStreams(readLog(join(folder.path, 'data')))).toEqual([]);
    await start();
  });

  it.each([
    ['cut off', async (path: string) => truncate(path, 30_000)],
    [
      'overwritten in the middle',
      async (path: string) => {
        const bytes = await readFile(path);
        bytes.fill(0x5a, 100, bytes.length - 100);
        await writeFile(path, bytes);
      },
    ],
    ['not a database', async (path: string) => writeFile(path, 'These are my notes.\n'.repeat(1_000))],
  ])('a data file that is %s: the start is refused in a clear line, and the file left as it is', async (_, damage) => {
    const server = await start();
    await server.client.post('/v2/bookings', booking(MONDAY_9));
    expect((await server.terminate()).code).toBe(0);
    await damage(dataFile());
    const damaged = await readFile(dataFile());
    const ended = await refused();
    expect(ended.code).toBe(1);
    expect(ended.printed).not.toContain('listening');
    expect(ended.logged).toMatch(/data file|holdfast\.sqlite/);
    expect(ended.logged).not.toContain('    at ');
    expect(ended.logged.trim().split('\n')).toHaveLength(1);
    expect((await readFile(dataFile())).equals(damaged)).toBe(true);
  });
});
