import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/data-file.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { at } from '../support/http-client.ts';
import { ALL_ROLES_KEY, startKillable } from '../support/killable-server.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

const MONDAY_9 = Temporal.Instant.from('2050-09-05T07:00:00Z');

const host = (number: number, id: string, calendars: ReadonlyArray<string>) => ({
  id,
  number,
  username: id,
  name: id,
  email: `${id}@example.org`,
  timeZone: 'Europe/Oslo',
  weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
  calendars,
  eventTypes: [{ id: number, slug: 'plain', title: 'Plain', lengthInMinutes: 30, minimumNoticeInMinutes: 0 }],
});

const caldav = (id: string, url: string) => ({
  id,
  label: id,
  type: 'caldav',
  url,
  username: 'odd',
  password: { env: 'CALDAV_PASSWORD' },
});

/** Takes connections and never says anything. */
const startSilentServer = async (): Promise<number> => {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A server whose DNS is the stand-in; one host depends on names that stall, one on a server that does, one on neither. */
const given = async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const dns = await startDnsServer((name) => (name.startsWith('stalled') ? 'silence' : 'no-such-name'));
  onTestFinished(dns.close);
  const receiver = await startWebhookReceiver([]);
  onTestFinished(receiver.close);
  const silent = await startSilentServer();
  const hook = join(folder.path, 'dns.mjs');
  writeFileSync(
    hook,
    `import promises from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
const { Resolver } = promises;
promises.Resolver = class extends Resolver { constructor(...all) { super(...all); this.setServers(['${dns.address}']); } };
syncBuiltinESMExports();`,
  );
  const webhook = (id: string, url: string, hosts: ReadonlyArray<string>) => ({
    id,
    url,
    hosts,
    triggers: ['BOOKING_CREATED', 'BOOKING_CALENDAR_SYNC_FAILED'],
  });
  const server = await startKillable({
    folder: folder.path,
    env: { CALDAV_PASSWORD: 'secret', NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` },
    config: {
      hosts: [host(1, 'stalled', ['named']), host(2, 'silent', ['mute']), host(3, 'well', ['own'])],
      calendars: [
        caldav('named', 'http://stalled-calendar.example.org/dav/'),
        caldav('mute', `http://127.0.0.1:${silent}/dav/`),
        { id: 'own', label: 'own', type: 'local' },
      ],
      webhooks: [
        ...[1, 2, 3, 4].map((n) => webhook(`stalled${n}`, `http://stalled-receiver${n}.example.org/`, ['stalled'])),
        webhook('silent', `http://127.0.0.1:${silent}/`, ['silent']),
        webhook('well', receiver.url, ['well']),
      ],
      mail: {
        from: { name: 'Holdfast', address: 'bookings@holdfast.example' },
        smtp: { host: 'stalled-mail.example.org', port: 25, security: 'none' },
      },
      timings: { answerWaitInSeconds: 5 },
    },
  });
  onTestFinished(async () => void (await server.kill()));
  const book = (eventTypeId: number, slot: number) =>
    server.client.post(
      '/v2/bookings',
      {
        start: MONDAY_9.add({ hours: slot }).toString(),
        eventTypeId,
        attendee: { name: 'Runa', email: `runa${slot}@example.com`, timeZone: 'Asia/Tokyo' },
      },
      { key: ALL_ROLES_KEY },
    );
  return { server, dns, receiver, book };
};

it('given what stalls for two hosts, then a third is served at once, and SIGTERM ends all', async () => {
  const { server, dns, receiver, book } = await given();
  const others = [1, 2].flatMap((eventTypeId) => [0, 1, 2, 3].map((slot) => book(eventTypeId, slot)));
  others.forEach((other) => void other.catch(() => undefined));
  const slowest = { ms: 0 };
  for (const slot of [0, 1, 2, 3, 4, 5]) {
    const before = performance.now();
    const reply = await book(3, slot);
    slowest.ms = Math.max(slowest.ms, performance.now() - before);
    expect([reply.status, at(reply.body, 'data', 'status')]).toEqual([201, 'accepted']);
  }
  // A stalled name would have cost five seconds, a silent server ten.
  expect(slowest.ms).toBeLessThan(4_000);
  await receiver.waitFor(6);
  const answered = await Promise.all(others);
  expect(answered.map(({ body }) => at(body, 'data', 'status')).filter((status) => status === 'accepted')).toEqual([]);
  expect(new Set(dns.asked())).toContain('stalled-calendar.example.org A');
  expect(new Set(dns.asked())).toContain('stalled-mail.example.org A');
  const before = performance.now();
  const { code, logged } = await server.terminate();
  expect([code, logged.includes('    at ')]).toEqual([0, false]);
  expect(performance.now() - before).toBeLessThan(15_000);
});
