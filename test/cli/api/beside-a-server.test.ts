import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookingAnswer } from '../../../src/cli/api/answers.ts';
import type { Ended, Running } from '../../support/command-line.ts';
import { holdfast, startHoldfast } from '../../support/command-line.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';

const KEY = 'a-key-of-the-test-0123456789';

describe('the command line beside a running server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: Running;
  let url: string;
  let data: string;
  const ask = (...args: ReadonlyArray<string>): Promise<Ended> =>
    holdfast([...args, '--url', url], { HOLDFAST_API_KEY: KEY });
  const offline = (...args: ReadonlyArray<string>): Promise<Ended> => holdfast(args, { HOLDFAST_DATA: data });

  /** Books the first free slot of an event type, and answers the booking's uid. */
  const book = async (eventType: number): Promise<string> => {
    const days = await ask('slots', String(eventType), '--json');
    const [start] = Object.values<ReadonlyArray<{ start: string }>>(JSON.parse(days.stdout)).flat();
    const attendee = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
    const answer = await fetch(`${url}/v2/bookings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ eventTypeId: eventType, start: start?.start, attendee }),
    });
    return must(bookingAnswer.decode(await answer.json())).data.uid;
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, 'data');
    server = startHoldfast(['serve'], { HOLDFAST_DATA: data, PORT: '0', HOLDFAST_API_KEY: KEY });
    url = (await server.says(/^listening on (http:\S+)$/m))[1] ?? '';
  });
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
    await folder.remove();
  });

  it('given bookings, when listed, then the short uid of the list opens each', async () => {
    const uid = await book(1);
    const { stdout } = await ask('booking', 'list', '--status', 'upcoming');
    const short = new RegExp(`^(${uid.slice(0, 8)}\\w*)\\s+accepted`, 'm').exec(stdout)?.[1] ?? 'none';
    const shown = await ask('booking', 'show', short, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ uid, status: 'accepted' });
  });

  it('given a booking, when its events are asked for, then one line for each, in words', async () => {
    const uid = await book(1);
    const { stdout, code } = await ask('booking', 'events', uid);
    const lines = stdout.trim().split('\n');
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}.*requested.*\(guest\)$/);
    expect(lines.some((line) => line.includes('accepted'))).toBe(true);
  });

  it('given the built-in calendar, when its link is asked for, then it is what the start does not print', async () => {
    const { stdout, code } = await offline('calendar', 'link', 'demo', '--url', url);
    const feed = await fetch(stdout.trim());
    expect([code, feed.status, feed.headers.get('content-type')]).toEqual([
      0,
      200,
      expect.stringContaining('calendar'),
    ]);
    await server.says(/^calendar "[^"]+": "holdfast calendar link demo_calendar"/m);
    await expect(
      Promise.race([server.says(/\/calendars\/|token=[0-9a-f]{32}/), Promise.resolve('not said')]),
    ).resolves.toBe('not said');
    const unknown = await offline('calendar', 'link', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      'holdfast: the configuration has no host or calendar "nobody"\n',
    ]);
  });

  it('given a request, when declined and another one confirmed, then their status says so', async () => {
    const [first, second] = [await book(2), await book(2)];
    expect((await ask('booking', 'decline', first, '--reason', 'no time')).stdout).toMatch(/status +rejected/);
    expect((await ask('booking', 'confirm', second)).stdout).toMatch(/status +accepted/);
    expect((await ask('booking', 'cancel', second, '--reason', 'ill')).stdout).toMatch(/reason +ill/);
  });

  it('given what the server refuses, when asked, then exit code 1 and its stable code', async () => {
    expect(await ask('booking', 'show', 'zzzzzzzz')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('zzzzzzzz'),
    });
    expect(await ask('parked', 'replay', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[consumer_group_not_found]'),
    });
    expect(await holdfast(['consumers', '--url', url])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HOLDFAST_API_KEY'),
    });
  });

  it('given a server in order, when looked at, then consumers are named and nothing is parked', async () => {
    expect((await ask('consumers')).stdout).toMatch(/^saga +\d+ +\d+ +\d+ +0$/m);
    expect((await ask('parked', 'list')).stdout.trim()).toBe('nothing is parked');
    expect((await ask('deliveries')).stdout.trim()).toBe('nothing was sent');
  });

  it('given a booking, when notifications are listed, then who was told what, as a table and as data', async () => {
    const uid = await book(1);
    await expect
      .poll(async () => (await ask('notification', 'list', '--booking', uid, '--state', 'sent')).stdout, {
        timeout: 15_000,
      })
      .toMatch(new RegExp(`${uid} +mail +confirmed +host +sent`));
    const { stdout } = await ask('notification', 'list', '--booking', uid, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ bookings: [{ bookingUid: uid }], next: null });
    expect((await ask('notification', 'list', '--state', 'parked')).stdout.trim()).toBe('there are none');
    expect(await ask('notification', 'list', '--state', 'lost')).toMatchObject({ code: 2 });
  });

  it('given the running server, when the log is audited and the read model rebuilt, then both go beside it', async () => {
    expect(await offline('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^root \S{44} over \d+ events$/m),
    });
    expect(await offline('projections', 'rebuild')).toMatchObject({ code: 0 });
  });

  it('given the running server, when a key is made, used and revoked, then it counts at once', async () => {
    const env = { HOLDFAST_DATA: data, HOLDFAST_API_KEY: KEY, PORT: new URL(url).port };
    const made = await holdfast(['key', 'create', 'desk', '--role', 'operate', '--json'], env);
    const { id, key } = JSON.parse(made.stdout);
    expect(await holdfast(['consumers', '--url', url], { HOLDFAST_API_KEY: key })).toMatchObject({ code: 0 });
    expect((await holdfast(['key', 'list'], env)).stdout).toContain(`${id}  desk`);
    expect(await holdfast(['key', 'revoke', id], env)).toMatchObject({ code: 0 });
    expect(await holdfast(['consumers', '--url', url], { HOLDFAST_API_KEY: key })).toMatchObject({ code: 1 });
    const { PORT } = env;
    const without = await holdfast(['key', 'list'], { HOLDFAST_DATA: data, PORT });
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('HOLDFAST_API_KEY') });
  });

  it('given a changed event, when the log is audited, then exit code 1 and where it is', async () => {
    const uid = await book(1);
    const file = new DatabaseSync(join(data, 'holdfast.sqlite'), { timeout: 5_000 });
    file.exec(`UPDATE events SET body = replace(body, '"text":"', '"text":"A')
      WHERE revision = 0 AND stream = (SELECT id FROM streams WHERE name = 'booking-${uid}')`);
    file.close();
    const { code, stderr } = await offline('audit', 'verify');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(new RegExp(`BROKEN.*booking-${uid}, revision 0, position \\d+`)),
    });
  });
});
