import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeTestClock } from '../support/clock.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { EMAIL, KEY, livesThrough, startWorld, wanted } from './quackenbosch.helper.ts';
import { filesWith, tracesIn } from './traces.helper.ts';

const instant = (text: string): number => Temporal.Instant.from(text).epochMilliseconds;

it('given meetings that are long over, then a round leaves no trace of who was there', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const receiver = await startWebhookReceiver();
  onTestFinished(receiver.close);
  const clock = makeTestClock();
  const more = { privacy: { forgetAfterDays: 30 } };
  const world = await startWorld({ data, subscribers: [receiver.url], more, clock });
  const { client, server, run, get } = world;
  const uids = await livesThrough(client, server.idle);
  clock.leapTo(instant('2050-10-01T12:00:00Z'));
  await server.idle();
  const attendees = [{ email: EMAIL, absent: true }];
  const absent = await client.post(`/v2/bookings/${uids[0]}/mark-absent`, { attendees }, { key: KEY });
  expect(absent.status).toBe(200);
  await server.idle();
  const [feed = ''] = /\/calendars\/\S+/.exec(await run('calendar', 'link', 'home')) ?? [];
  expect(tracesIn(await get(feed), wanted)).not.toEqual([]);

  const rounds = () => world.logged.filter((line) => line.includes('"msg":"forgot 1 people"')).length;
  // Her last meeting was on 26 September, Runa's on the 11th.
  clock.leapTo(instant('2050-10-25T12:00:00Z'));
  await expect.poll(rounds, { timeout: 10_000 }).toBe(1);
  expect(await get('/v2/bookings?take=100')).not.toContain('runa@');
  expect((await filesWith(data, wanted)).length).toBeGreaterThan(10);
  clock.leapTo(instant('2050-10-27T12:00:00Z'));
  await expect.poll(rounds, { timeout: 10_000 }).toBe(2);
  expect(await filesWith(data, wanted)).toEqual([]);
  for (const path of [feed, `/v2/bookings/${uids[0]}`, '/v2/bookings?take=100', '/v2/holdfast/events'])
    expect(tracesIn(await get(path), wanted)).toEqual([]);
  expect(await get(feed)).toContain('SUMMARY:(erased)');
  expect(await run('audit', 'export', '--format', 'csv')).not.toMatch(/quackenbosch/i);
  expect(await run('doctor', '--json')).toContain('"differences": []');
  console.log('V', await run('audit', 'verify'));
  expect(await run('audit', 'verify')).toContain('every chain holds');
  expect(tracesIn(world.logged.join(''), wanted)).toEqual([]);
});
