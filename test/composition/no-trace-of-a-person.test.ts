import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { EMAIL, hostPages, livesThrough, startWorld, wanted } from './quackenbosch.helper.ts';
import { filesWith, tracesIn } from './traces.helper.ts';

type Run = (...words: ReadonlyArray<string>) => Promise<string>;
type Shown = Readonly<Record<string, string>>;

/** Everything that shows bookings or what was done with them, by command and by path. */
const everythingShown = async (
  { run, get }: { readonly run: Run; readonly get: (path: string) => Promise<string> },
  uids: ReadonlyArray<string>,
  pages: ReadonlyArray<string>,
): Promise<Shown> => {
  const commands = [
    ...uids.flatMap((uid) => [
      `audit show ${uid}`,
      `audit show ${uid} --json`,
      `audit why ${uid}`,
      `audit why ${uid} --json`,
      `audit prove ${uid}`,
      `booking show ${uid}`,
      `booking events ${uid} --json`,
    ]),
    'audit agenda demo --at 2050-08-01T00:00:00Z',
    'audit agenda demo --json',
    'audit replay',
    'audit replay --rules recorded --json',
    'audit refusals demo',
    'audit refusals demo --json',
    'audit changes --json',
    'audit verify --json',
    'audit export',
    'audit export --format csv',
    'booking list',
    'booking list --json',
    'notification list --json',
    'parked list --json',
    'deliveries --json',
    'consumers --json',
    'doctor',
    'doctor --json',
    'calendar list --json',
    `privacy export ${EMAIL}`,
  ];
  const paths = [
    ...uids.flatMap((uid) =>
      ['', '/events', '/attendees', '/calendar-links', '/references'].map((part) => `/v2/bookings/${uid}${part}`),
    ),
    ...uids.map((uid) => `/bookings/${uid}`),
    ...uids.map((uid) => `/bookings/${uid}/calendar.ics`),
    ...uids.map((uid) => `/v2/holdfast/audit/bookings/${uid}`),
    ...uids.map((uid) => `/v2/holdfast/audit/bookings/${uid}/proof`),
    ...pages,
    '/v2/bookings?take=100',
    '/v2/holdfast/events',
    '/v2/holdfast/audit/export',
    '/v2/holdfast/audit/hosts/demo/agenda',
    '/v2/holdfast/notifications',
    '/v2/holdfast/deliveries',
    '/v2/holdfast/doctor',
  ];
  const shown: Record<string, string> = {};
  for (const line of commands) shown[line] = await run(...line.split(' '));
  for (const path of paths) shown[path] = await get(path);
  return shown;
};
/** Addresses that were asked for say themselves who was meant. */
const told = (shown: Shown): ReadonlyArray<string> =>
  Object.keys(shown).filter(
    (what) => tracesIn((shown[what] ?? '').replaceAll(`"mailbox": "${EMAIL}"`, ''), wanted).length > 0,
  );

it('given somebody who is forgotten, then nothing that is shown or kept has a trace of them', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const [good, bad] = [await startWebhookReceiver(), await startWebhookReceiver()];
  onTestFinished(async () => void (await Promise.all([good.close(), bad.close()])));
  // One that says no, and gives back what it was sent.
  bad.answerWith(Array.from({ length: 100 }, () => ({ status: 422, body: `no such person: ${EMAIL}` })));
  const world = await startWorld({ data, subscribers: [good.url, bad.url] });
  const { client, server, run } = world;
  const uids = await livesThrough(client, server.idle);
  const [, feed = ''] = /https?:\/\/[^/]+(\/calendars\/\S+)/.exec(await run('calendar', 'link', 'home')) ?? [];
  const pages = [...(await hostPages(join(data, 'mail'))), feed];
  expect(pages.filter((page) => page.includes('/host'))).not.toEqual([]);

  // All of it is looked at where she is in it.
  const before = told(await everythingShown(world, uids, pages));
  expect(before).toEqual(
    expect.arrayContaining([
      ...[`audit show ${uids[0]}`, `audit why ${uids[0]}`, 'audit agenda demo --json', 'audit export --format csv'],
      ...['booking list', `booking show ${uids[0]}`, `privacy export ${EMAIL}`, '/v2/bookings?take=100'],
      ...[feed, '/v2/holdfast/events', `/bookings/${uids[0]}`, `/bookings/${uids[0]}/calendar.ics`],
    ]),
  );
  expect(before).not.toEqual(expect.arrayContaining([`audit prove ${uids[0]}`, 'audit export', 'deliveries --json']));
  expect((await filesWith(data, wanted)).length).toBeGreaterThan(10);
  const exported = join(folder.path, 'log.ndjson');
  await run('audit', 'export', '--output', exported);
  expect(tracesIn(Buffer.concat(good.received.map(({ body }) => body)), wanted)).not.toEqual([]);

  const forgotten = await run('privacy', 'forget', EMAIL, '--cancel');
  expect(forgotten).toContain('1 key destroyed');
  await server.idle();
  const sent = [good.received.length, bad.received.length];
  const backup = join(folder.path, 'backup.sqlite');
  expect(await run('backup', backup)).not.toContain('failed');
  expect(tracesIn(await readFile(backup), wanted)).toEqual([]);
  expect(await filesWith(data, wanted)).toEqual([]);
  expect(told(await everythingShown(world, uids, pages))).toEqual([]);
  expect(await run('audit', 'verify', '--json')).toContain('"findings": []');
  // Nor which bookings were hers.
  expect(JSON.parse(await run('privacy', 'export', EMAIL))).toMatchObject({ mailbox: EMAIL, bookings: [] });

  // What is told again is told without her.
  for (const line of (await run('deliveries', '--json')).matchAll(/"deliveryId": "([^"]+)"/g))
    await run('resend', line[1] ?? '');
  for (const [, group = ''] of (await run('consumers', '--json')).matchAll(/"name": "([^"]+)"/g))
    await run('parked', 'replay', group);
  await server.idle();
  const later = [...good.received.slice(sent[0]), ...bad.received.slice(sent[1])];
  expect(tracesIn(Buffer.concat(later.map(({ body }) => body)), wanted)).toEqual([]);
  expect(await filesWith(data, wanted)).toEqual([]);
  expect(tracesIn(world.logged.join(''), wanted)).toEqual([]);
  await server.stop();
  expect(await filesWith(data, wanted)).toEqual([]);

  // An export of before has her sealed: with the keys of now nobody can open her.
  const imported = join(folder.path, 'imported');
  const keys = join(data, 'privacy-keys');
  await run('store', 'import', exported, '--to-data', imported, '--privacy-keys', keys);
  const second = await startWorld({ data: imported, subscribers: [] });
  await second.server.idle();
  expect(await second.get(`/v2/bookings/${uids[3]}`)).toContain('runa@example.org');
  expect(told(await everythingShown(second, uids, []))).toEqual([]);
  expect(await filesWith(folder.path, wanted)).toEqual([]);
});

it('given a mail server that quotes whom it refuses, then nothing is kept of what it said', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const data = join(folder.path, 'data');
  const text = `5.1.1 quackenbosch: no such user; Wíllemijn Quackenbosch <${EMAIL}> has moved`;
  const smtp = await startSmtpServer({ unknown: { [EMAIL]: text } });
  onTestFinished(smtp.stop);
  const server = { host: '127.0.0.1', port: smtp.port, security: 'none' };
  const mail = { from: { name: 'Odd', address: 'odd@localhost.example' }, smtp: server };
  const world = await startWorld({ data, subscribers: [], more: { mail } });
  const uids = await livesThrough(world.client, world.server.idle);
  const parked = await world.run('parked', 'list');
  expect(parked).toContain('no such user');
  expect(tracesIn(parked, wanted)).toEqual([]);
  expect(await world.run('privacy', 'forget', EMAIL, '--cancel')).toContain('1 key destroyed');
  await world.server.idle();
  expect(await filesWith(data, wanted)).toEqual([]);
  expect(told(await everythingShown(world, uids, []))).toEqual([]);
  expect(tracesIn(world.logged.join(''), wanted)).toEqual([]);
});
