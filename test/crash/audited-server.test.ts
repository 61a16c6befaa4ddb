import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSAL_LIMITS } from '../../src/application/refusals/record-refusals.ts';
import { refusalStream } from '../../src/application/refusals/refusal-streams.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at, type Reply } from '../support/http-client.ts';
import { ALL_ROLES_KEY, type KillableServer, launch, startKillable } from '../support/killable-server.ts';

const key = ALL_ROLES_KEY;
const STORM = 500;
/** Requests under way at once. */
const WORKERS = 25;
/** Long polls that wait at once, as the documents say. */
const MOST_WAITING = 32;
/** Milliseconds: a poll of one second that is answered sooner had no place. */
const WAITED = 900;
const START = '2027-03-01T08:00:00Z';

/** Which hour it is, of those that refusals are counted by. */
const hour = (): number => Math.floor(Temporal.Now.instant().epochMilliseconds / 3_600_000);

const body = (count: number) => ({
  eventTypeId: 1,
  start: START,
  attendee: { name: 'Ivar', email: `ivar${count}@example.com`, timeZone: 'Europe/Oslo' },
});

describe('a server that is audited', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: KillableServer;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startKillable({ folder: folder.path });
  });
  afterAll(async () => {
    server.signal('SIGKILL');
    await server.ended;
    await folder.remove();
  });
  const data = () => join(folder.path, 'data');
  const poll = (after: number, wait: number, signal?: AbortSignal): Promise<Reply> =>
    server.client.get(`/v2/holdfast/events?after=${after}&wait=${wait}`, {
      key,
      ...(signal === undefined ? {} : { signal }),
    });
  const refusals = async () =>
    at((await server.client.get('/v2/holdfast/audit/hosts/demo/refusals', { key })).body, 'data');
  /** Rows of the refusals of the host, and of all streams beside the log, as they are on the disk. */
  const stored = () => {
    const db = new DatabaseSync(join(data(), 'holdfast.sqlite'), { readOnly: true });
    try {
      const types = db.prepare('SELECT type FROM own_events WHERE stream = ?').all(refusalStream('demo'));
      return types.map(({ type }) => type);
    } finally {
      db.close();
    }
  };

  it('given a storm of 500 requests for a taken time, then 60 are listed, and neither log nor disk grows', async () => {
    expect((await server.client.post('/v2/bookings', body(0), { key })).status).toBe(201);
    const [logged, answers] = [server.logged().length, new Map<unknown, number>()];
    const begun = hour();
    let asked = 0;
    const work = async (): Promise<void> => {
      while (asked < STORM) {
        asked += 1;
        const reply = await server.client.post('/v2/bookings', body(asked), { key });
        const code = at(reply.body, 'error', 'code');
        answers.set(code, (answers.get(code) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    expect([...answers]).toEqual([['slot_unavailable', STORM]]);
    const most = REFUSAL_LIMITS.listedPerHour * (1 + hour() - begun);
    const listed = async () => at(await refusals(), 'listed', 'length');
    await expect.poll(listed).toBeGreaterThanOrEqual(REFUSAL_LIMITS.listedPerHour);
    expect(stored().length).toBeLessThanOrEqual(most);
    expect(server.logged().slice(logged)).toBe('');
  });

  it('given clients that wait for events, when one goes away, then another has its place', async () => {
    // Everybody is told of the booking before: whoever waits is answered by the next event.
    const told = async () =>
      (await server.client.get('/v2/holdfast/notifications', { key })).text.split('"sent"').length - 1;
    await expect.poll(told).toBe(2);
    let end = 0;
    for (let next = -1; next !== end;) {
      next = end;
      end = Number(at((await poll(end, 1)).body, 'data', 'next'));
    }
    const polls = Array.from({ length: MOST_WAITING + 8 }, () => {
      const [gone, settled] = [new AbortController(), { is: false }];
      const answer = poll(end, 30, gone.signal).finally(() => {
        settled.is = true;
      });
      return { gone, settled, answer };
    });
    const waiting = () => polls.filter(({ settled }) => !settled.is);
    await expect.poll(() => waiting().length).toBe(MOST_WAITING);
    const waited = async (): Promise<boolean> => {
      const began = performance.now();
      await poll(end, 1);
      return performance.now() - began > WAITED;
    };
    expect(await waited()).toBe(false);
    const [first, ...others] = waiting();
    first?.gone.abort();
    await expect(first?.answer).rejects.toThrow('abort');
    await expect.poll(waited).toBe(true);

    // A stop is not put off by those who wait, and cuts nobody off.
    const ended = server.terminate();
    const answers = await Promise.all(others.map(({ answer }) => answer));
    expect(answers.map(({ status, body: answer }) => [status, at(answer, 'data', 'events')])).toEqual(
      others.map(() => [200, []]),
    );
    expect((await ended).code).toBe(0);
  });

  it('given the storm, when the server has stopped, then the rest is counted exactly, and told', async () => {
    const told = await (await launch({ folder: folder.path }, ['audit', 'refusals', 'demo'])).ended;
    const listed = stored().filter((type) => type === 'BookingRefused').length;
    const counts = [...told.printed.matchAll(/^(\d+) more between .*: slot_taken (\d+)$/gm)];
    expect(counts.length, told.printed).toBeGreaterThan(0);
    for (const [, all, taken] of counts) expect(taken).toBe(all);
    expect(counts.reduce((sum, [, all]) => sum + Number(all), listed)).toBe(STORM);
    expect(stored().length).toBe(listed + counts.length);
  });
});
