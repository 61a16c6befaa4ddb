import { spawnSync } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import type { Reply } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import type { KillableServer } from '../support/killable-server.ts';
import { ALL_ROLES_KEY, startKillable } from '../support/killable-server.ts';
import { brokenStreams, readLog } from '../support/log-checks.ts';
import type { Acknowledged } from '../support/log-checks-outside.ts';
import { lostOrMisstated } from '../support/log-checks-outside.ts';

vi.setConfig({ testTimeout: 60_000 });
const quiet = { timeout: 30_000, interval: 100 };
const run = (command: string, ...args: ReadonlyArray<string>): boolean => spawnSync(command, args).status === 0;

const book = (server: KillableServer, index: number): Promise<Reply> => {
  const first = Temporal.ZonedDateTime.from('2027-03-01T09:00[Europe/Oslo]');
  const start = first.add({ weeks: Math.floor(index / 16), minutes: (index % 16) * 30 }).toInstant();
  return server.client.post('/v2/bookings', {
    eventTypeId: 1,
    start: start.toString(),
    attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' },
    metadata: { note: 'x'.repeat(400) },
  });
};

const acknowledgedBy = (reply: Reply): Acknowledged => {
  const said = (name: string) => String(at(reply.body, 'data', name));
  const position = Number(reply.headers.get('holdfast-position'));
  return { what: 'book', key: null, uid: said('uid'), start: said('start'), status: said('status'), position };
};

const codeOf = (reply: Reply) => at(reply.body, 'error', 'code');

/** Books until a request is refused. */
const untilRefused = async (server: KillableServer, acknowledged: Acknowledged[]): Promise<Reply> => {
  for (let index = acknowledged.length; index < 2_000; index += 1) {
    const reply = await book(server, index);
    if (reply.status !== 201) return reply;
    acknowledged.push(acknowledgedBy(reply));
  }
  throw new Error('nothing was refused');
};

const expectReadsOnly = async (server: KillableServer, acknowledged: ReadonlyArray<Acknowledged>): Promise<void> => {
  expect((await server.client.get('/health/live')).status).toBe(200);
  // It asks what is so now, and a last small write may still find room.
  await expect.poll(async () => (await server.client.get('/health/ready')).status, quiet).toBe(503);
  expect((await server.client.get(`/v2/bookings/${acknowledged[0]?.uid}`, { key: ALL_ROLES_KEY })).status).toBe(200);
};

const allAccepted = (server: KillableServer, acknowledged: ReadonlyArray<Acknowledged>) =>
  expect
    .poll(async () => {
      const shown = acknowledged.map(({ uid }) => server.client.get(`/v2/bookings/${uid}`, { key: ALL_ROLES_KEY }));
      return new Set((await Promise.all(shown)).map(({ body }) => at(body, 'data', 'status')));
    }, quiet)
    .toEqual(new Set(['accepted']));

const expectNothingLost = (dataFolder: string, acknowledged: ReadonlyArray<Acknowledged>): void => {
  const log = readLog(dataFolder);
  expect(lostOrMisstated(log, acknowledged)).toEqual([]);
  expect(brokenStreams(log)).toEqual([]);
};

const canMount = process.getuid?.() === 0 && (await canMountTmpfs());
if (!canMount) console.warn('skipped: a full disk under a running server: no file system can be mounted here');
const canLimit = run('prlimit', '--version');
if (!canLimit) console.warn('skipped: a disk that fails under a running server: there is no prlimit here');

async function canMountTmpfs(): Promise<boolean> {
  const folder = await temporaryFolder();
  const mounted = run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder.path) && run('umount', folder.path);
  await folder.remove();
  return mounted;
}

describe('a disk that fills up or fails under a running server', () => {
  it.runIf(canMount)('full: 503 store_unavailable, nothing is lost, and it goes on when there is room', async () => {
    const folder = await temporaryFolder();
    const dataFolder = join(folder.path, 'data');
    await mkdir(dataFolder);
    expect(run('mount', '-t', 'tmpfs', '-o', 'size=2300k', 'tmpfs', dataFolder)).toBe(true);
    const server = await startKillable({ folder: folder.path });
    onTestFinished(async () => {
      await server.kill();
      run('umount', dataFolder);
      await folder.remove();
    });
    const acknowledged: Acknowledged[] = [];
    const refused = await untilRefused(server, acknowledged);
    expect([refused.status, codeOf(refused)]).toEqual([503, 'store_unavailable']);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(acknowledged.length).toBeGreaterThan(3);
    await expectReadsOnly(server, acknowledged);

    expect(run('mount', '-o', 'remount,size=32m', dataFolder)).toBe(true);
    const again = await book(server, acknowledged.length + 1);
    expect(again.status).toBe(201);
    acknowledged.push(acknowledgedBy(again));
    await allAccepted(server, acknowledged);
    expect((await server.terminate()).code).toBe(0);
    expectNothingLost(dataFolder, acknowledged);
  });

  /** RLIMIT_FSIZE of the running process: past it a write fails with EFBIG, which SQLite takes for a failing disk. */
  it.runIf(canLimit)(
    'failing: refuses until it is restarted, since such a disk proves nothing; nothing is lost',
    async () => {
      const folder = await temporaryFolder();
      const dataFolder = join(folder.path, 'data');
      const server = await startKillable({ folder: folder.path });
      onTestFinished(async () => {
        await server.kill();
        await folder.remove();
      });
      const acknowledged = [acknowledgedBy(await book(server, 0))];
      const { size } = await stat(join(dataFolder, 'holdfast.sqlite-wal'));
      expect(run('prlimit', '--pid', String(server.pid), `--fsize=${size + 60_000}:unlimited`)).toBe(true);
      const refused = await untilRefused(server, acknowledged);
      expect(refused.status).toBe(503);
      expect(['store_unavailable', 'outcome_unknown']).toContain(codeOf(refused));
      await expectReadsOnly(server, acknowledged);
      expect(run('prlimit', '--pid', String(server.pid), '--fsize=unlimited:unlimited')).toBe(true);
      expect(codeOf(await book(server, acknowledged.length + 1))).toBe('store_unavailable');
      expect((await server.terminate()).code).toBe(0);
      expectNothingLost(dataFolder, acknowledged);

      const again = await startKillable({ folder: folder.path });
      onTestFinished(async () => void (await again.kill()));
      acknowledged.push(acknowledgedBy(await book(again, acknowledged.length + 2)));
      await allAccepted(again, acknowledged);
      expect((await again.terminate()).code).toBe(0);
      expectNothingLost(dataFolder, acknowledged);
    },
  );
});
