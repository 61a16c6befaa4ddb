import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bookingAnswer } from '../../src/cli/api/answers.ts';
import { holdfast, startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { must } from '../support/must.ts';

const configuration = {
  store: { type: 'eventstoredb', connectionString: { env: 'WHERE_THE_LOG_IS' }, startWaitInSeconds: 1 },
  hosts: [
    {
      id: 'odd',
      number: 1,
      username: 'odd',
      name: 'Odd Hansen',
      email: 'odd@example.org',
      timeZone: 'Europe/Oslo',
      eventTypes: [{ id: 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30 }],
      calendars: ['local'],
    },
  ],
  calendars: [{ id: 'local', type: 'local', label: 'Built-in' }],
  // A secret that a command on the log alone does without.
  webhooks: [
    {
      id: 'crm',
      url: 'https://crm.example.org/',
      secret: { env: 'CRM' },
      triggers: ['BOOKING_CREATED'],
      active: false,
    },
  ],
};

const given = async () => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'holdfast.json');
  await writeFile(file, JSON.stringify(configuration));
  const standIn = await startEventStoreDbStandIn();
  onTestFinished(async () => {
    await standIn.close();
    await folder.remove();
  });
  const env = {
    HOLDFAST_CONFIG: file,
    HOLDFAST_DATA: join(folder.path, 'data'),
    WHERE_THE_LOG_IS: standIn.connectionString,
    PORT: '0',
  };
  return { standIn, env };
};

const body = {
  start: '2050-09-05T08:00:00Z',
  eventTypeId: 1,
  attendee: { name: 'Runa', email: 'runa@example.org', timeZone: 'Asia/Tokyo' },
};

it('given a server on EventStoreDB (stand-in), when its log is audited and its read model rebuilt, then its own events are read', async () => {
  const { standIn, env } = await given();
  const server = startHoldfast(['serve'], { ...env, CRM: 'secret-of-the-crm' });
  const [said = '', url] = await server
    .says(/^log: (.*)\n(?:.*\n)*listening on (\S+)$/m)
    .then(([, ...groups]) => groups);
  expect(said).toBe('in EventStoreDB; this must be the only Holdfast on it');
  const headers = { 'content-type': 'application/json' };
  const booked = await fetch(`${url}/v2/bookings`, { method: 'POST', headers, body: JSON.stringify(body) });
  const { uid, status } = must(bookingAnswer.decode(await booked.json())).data;
  expect(status).toBe('accepted');

  const written = standIn.database.log.stream(`booking-${uid}`).length;
  const audited = await holdfast(['audit', 'verify', '--json'], env);
  expect(audited.code).toBe(0);
  expect(JSON.parse(audited.stdout)).toMatchObject({ streams: 2, firstBreak: null });
  expect(JSON.parse(audited.stdout).events).toBeGreaterThan(written);
  expect(await holdfast(['projections', 'rebuild'], env)).toMatchObject({ code: 0 });

  const begun = performance.now();
  server.child.kill('SIGTERM');
  const { code, stdout, stderr } = await server.ended;
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(stdout + stderr).not.toContain('esdb://');
}, 30_000);

it('given no server, when started or audited, then exit code 1 and one line', async () => {
  const { standIn, env } = await given();
  standIn.stop();
  const started = await holdfast(['serve'], { ...env, CRM: 'secret-of-the-crm' });
  expect(started).toMatchObject({ code: 1, stdout: '' });
  expect(started.stderr).toMatch(/^The log cannot be used: EventStoreDB at \S+ had no leader .* within 1000 ms: .*\n$/);
  const audited = await holdfast(['audit', 'verify'], env);
  expect(audited).toMatchObject({ code: 1, stdout: '' });
  expect(audited.stderr).toMatch(/^holdfast: EventStoreDB at \S+ had no leader/);
}, 30_000);
