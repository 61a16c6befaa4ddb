import { expect, it, onTestFinished } from 'vitest';
import { secretOf } from '../../../src/application/secret.ts';
import { runDoctor } from '../../../src/cli/api/doctor-command.ts';
import { startServer } from '../../../src/composition/server.ts';
import { makeCalendar, rawRequest } from '../../support/caldav-server.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { at, httpClient } from '../../support/http-client.ts';
import { mustRun } from '../../support/must.ts';
import { startRadicale } from '../../support/radicale.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { HOUSE_KEY, settingsFor } from '../../support/scenario-configuration.ts';

it('doctor finds on a real server what a person deleted, moved and copied, and --fix settles it', async () => {
  const radicale = await startRadicale();
  onTestFinished(radicale.stop);
  const url = await makeCalendar(radicale, 'work');
  const { path, remove } = await temporaryFolder();
  const policy = { whenDeleted: 'cancel', whenMoved: 'follow', deletedGraceMs: 120_000 } as const;
  const caldav = { type: 'caldav', id: 'work', label: 'Work', url, calendarName: null, ca: null, ...policy } as const;
  const login = { username: radicale.credentials.username, password: secretOf(radicale.credentials.password) };
  const local = { type: 'local', id: 'home', label: 'Home', ...policy } as const;
  const { configuration, environment } = settingsFor({}, path, 'http://127.0.0.1:9/');
  const hosts = configuration.hosts.map((host) => ({
    ...host,
    calendarIds: ['work', 'home'],
    acceptance: 'all-of' as const,
  }));
  const settings = {
    environment: { ...environment, allowPrivateAddresses: true },
    configuration: { ...configuration, hosts, calendars: [{ ...caldav, ...login }, local], webhooks: [] },
  };
  const server = await mustRun(
    startServer(settings, { report: () => undefined, http: () => undefined, info: () => undefined }),
  );
  onTestFinished(async () => {
    await server.stop();
    await remove();
  });
  const client = httpClient(server.url);
  const tomorrow = Temporal.Now.plainDateISO('Europe/Oslo').add({ days: 7 });
  const window = `start=${tomorrow.toString()}&end=${tomorrow.add({ days: 6 }).toString()}`;
  const slots = at((await client.get(`/v2/slots?eventTypeId=1&${window}`)).body, 'data');
  const starts = Object.values(slots as Record<string, ReadonlyArray<{ start: string }>>).flatMap(
    (day) => day[0] ?? [],
  );
  const uids: string[] = [];
  for (const { start } of starts.slice(0, 3)) {
    const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
    const booked = await client.post('/v2/bookings', { eventTypeId: 1, start, attendee });
    expect([booked.status, at(booked.body, 'data', 'status')]).toEqual([201, 'accepted']);
    uids.push(String(at(booked.body, 'data', 'uid')));
  }
  await server.idle();
  const [deleted = '', moved = '', copied = ''] = uids;
  const listed = await rawRequest(radicale, 'PROPFIND', url, undefined, { depth: '1' });
  const hrefOf = (uid: string) => {
    const found = [...listed.body.matchAll(/<href>([^<]*\.ics)<\/href>/g)].map(([, href = '']) => href);
    return new URL(found.find((href) => href.includes(uid)) ?? 'none', radicale.origin).href;
  };
  const ics = { 'content-type': 'text/calendar' };
  const textOf = async (uid: string) => (await rawRequest(radicale, 'GET', hrefOf(uid))).body;
  expect((await rawRequest(radicale, 'DELETE', hrefOf(deleted))).status).toBe(200);
  const later = (text: string) =>
    text.replaceAll(
      /(DT(?:START|END)[^:]*:\d{8}T)(\d\d)/g,
      (_, before: string, hour: string) => `${before}${String(Number(hour) + 2).padStart(2, '0')}`,
    );
  expect((await rawRequest(radicale, 'PUT', hrefOf(moved), later(await textOf(moved)), ics)).status).toBeLessThan(300);
  const copy = (await textOf(copied)).replace(/UID:[^\r\n]*/, 'UID:a-copy@example.com');
  expect((await rawRequest(radicale, 'PUT', `${url}copy.ics`, copy, ics)).status).toBe(201);

  const terminal = recordingTerminal();
  const context = { terminal, env: {}, end: () => undefined };
  const options = { url: server.url, apiKey: HOUSE_KEY, json: true } as const;
  type Found = { kind: string; bookingUid: string; calendarId: string; outcome?: string };
  const found = (): ReadonlyArray<Found> => JSON.parse(terminal.written.out.at(-1) ?? '').differences;
  expect(await runDoctor(context, options)).toBe(1);
  expect(new Set(found().map(({ kind, bookingUid, calendarId }) => `${kind} ${bookingUid} ${calendarId}`))).toEqual(
    new Set([`missing ${deleted} work`, `wrong-time ${moved} work`, `two-events ${copied} work`]),
  );
  // Nobody is watched by: the bar becomes lines.
  expect(terminal.written.err.join('\n')).toContain('comparing: 100 %');

  await runDoctor(context, { ...options, fix: true });
  expect(found().map(({ kind, outcome }) => [kind, outcome ?? 'left'])).toEqual(
    expect.arrayContaining([
      ['missing', 'settled'],
      ['wrong-time', 'settled'],
      ['two-events', 'left'],
    ]),
  );
  await server.idle();
  await rawRequest(radicale, 'DELETE', `${url}copy.ics`);
  expect(await runDoctor(context, options)).toBe(0);
  expect(found()).toEqual([]);
});
