/**
 * What one booking costs a log in EventStoreDB: events, commits and bytes, for sizing. One node; a stand-in for a calendar that takes
 * everything; a host, a guest and one webhook that are told. `--bookings=n`, `--quick`.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { demoConfiguration } from '../src/adapters/configuration/demo-configuration.ts';
import type { Configuration } from '../src/adapters/configuration/configuration.ts';
import { secretOf } from '../src/application/secret.ts';
import { makeLog } from '../src/composition/log.ts';
import { startServer } from '../src/composition/server.ts';
import { startEventStoreDbStandIn } from '../test/support/eventstoredb/stand-in.ts';
import { scriptedCalendar } from '../test/support/scripted-calendar.ts';
import { recordingMailer } from '../test/invariants/recording-mailer.ts';
import { firstSlot } from './support/many-hosts.ts';
import { numberFlag, quick, ratePerSecond } from './support/measure.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { environmentOf } from '../test/support/environment.ts';

const BOOKINGS = numberFlag('bookings', quick ? 20 : 200);
/** The host and the guest by mail, and one subscriber. */
const TOLD = 3;
const HALF_HOUR_MS = 1_800_000;
const KEY = 'bench-0123456789abcdef';

const receiver = createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200).end());
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
const address = receiver.address();
if (address === null || typeof address === 'string') throw new Error('the subscriber has no port');

const standIn = await startEventStoreDbStandIn();
const folder = temporaryFolder();
const calendar = scriptedCalendar({ calendarId: 'work' });
const environment = environmentOf(folder.path, {
  apiKey: secretOf(KEY),
  node: 'bench',
  allowPrivateAddresses: true,
});
const configuration: Configuration = {
  ...demoConfiguration,
  guestActions: 'open',
  store: {
    type: 'eventstoredb',
    connectionString: secretOf(standIn.connectionString),
    caFile: null,
    streamPrefix: 'holdfast-',
    startWaitMs: 10_000,
  },
  calendars: [],
  hosts: demoConfiguration.hosts.map((host) => ({
    ...host,
    calendarIds: ['work'],
    weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }],
    eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } })),
  })),
  webhooks: [
    {
      id: 'crm',
      url: `http://127.0.0.1:${address.port}/`,
      secret: null,
      triggers: ['BOOKING_CREATED'],
      hostIds: null,
      active: true,
    },
  ],
};

const started = await startServer({ configuration, environment }, makeLog('silent'), {
  calendars: new Map([['work', calendar.calendar]]),
  mailer: recordingMailer().mailer,
})();
if (started._tag === 'Left') throw new Error(JSON.stringify(started.left));
const server = started.right;

/** A stream's category; what the server keeps for its consumer groups is one of its own. */
const categoryOf = (stream: string): string =>
  stream.startsWith('$') ? 'of the server' : (stream.replace(/^holdfast-/, '').split('-')[0] ?? '');

type Count = { events: number; commits: number; bytes: number };
const counts = new Map<string, Count>();
const count = (name: string, commits: number, bytes: number): void => {
  const before = counts.get(name) ?? { events: 0, commits: 0, bytes: 0 };
  counts.set(name, {
    events: before.events + 1,
    commits: before.commits + commits,
    bytes: before.bytes + bytes,
  });
};
const forget = standIn.database.log.onCommit((events) => {
  for (const [index, event] of events.entries()) {
    const bytes = event.data.length + event.metadata.length;
    count(categoryOf(event.stream), index === 0 ? 1 : 0, bytes);
    if (!event.stream.startsWith('$')) count(`  ${event.type}`, index === 0 ? 1 : 0, bytes);
  }
});

const seen = (): { readonly reads: number; readonly appends: number } => ({
  reads: standIn.faults.seen('read'),
  appends: standIn.faults.seen('append'),
});
const before = seen();

const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
const book = async (index: number): Promise<void> => {
  const start = Temporal.Instant.fromEpochMilliseconds(first + index * HALF_HOUR_MS).toString();
  const attendee = { name: 'Ada Lovelace', email: 'ada.lovelace@example.com', timeZone: 'Europe/London' };
  const answer = await fetch(`${server.url}/v2/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cal-api-version': '2024-08-13', authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ eventTypeId: 1, start, attendee }),
  });
  const body = await answer.text();
  if (answer.status !== 201 || !body.includes('"status":"accepted"')) throw new Error(`${answer.status} ${body}`);
};

/** Milliseconds from the last answer until everybody has been told, at most. */
const PATIENCE_MS = 60_000;

/** Asks nobody: waiting for the server to be idle would be counted too. */
const untilTold = async (): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while ((counts.get('  NotificationSent')?.events ?? 0) < BOOKINGS * TOLD) {
    if (performance.now() > deadline) throw new Error('not everybody was told in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
let calls = { reads: 0, appends: 0 };

try {
  await ratePerSecond(BOOKINGS, 4, book);
  await untilTold();
  calls = { reads: seen().reads - before.reads, appends: seen().appends - before.appends };
  await server.idle();
} finally {
  forget();
  await server.stop();
  await standIn.close();
  receiver.close();
  folder.remove();
}

const perBooking = (figure: number): string => (figure / BOOKINGS).toFixed(2);
process.stdout.write('\nper booking, on the protocol stand-in: events, commits, bytes of data and metadata\n');
const rows = [...counts].toSorted(([a], [b]) => a.localeCompare(b));
for (const [name, { events, commits, bytes }] of rows)
  process.stdout.write(
    `  ${name.padEnd(28)} ${perBooking(events).padStart(7)} ${perBooking(commits).padStart(7)} ${perBooking(bytes).padStart(9)}\n`,
  );
process.stdout.write(
  `  calls of one node: ${perBooking(calls.appends)} appends, ${perBooking(calls.reads)} reads; second looks not among them\n`,
);
const figures = Object.fromEntries(
  rows.map(([name, { events, commits, bytes }]) => [
    name.trim(),
    { events: events / BOOKINGS, commits: commits / BOOKINGS, bytes: bytes / BOOKINGS },
  ]),
);
process.stdout.write(`${JSON.stringify({ bench: 'footprint', bookings: BOOKINGS, calls, figures })}\n`);
