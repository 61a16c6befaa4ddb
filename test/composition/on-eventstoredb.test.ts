import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import type { Configuration, StoreSettings } from '../../src/adapters/configuration/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, type Client, httpClient } from '../support/http-client.ts';
import { environmentOf } from '../support/environment.ts';

const KEY = 'a-key-of-the-test-0123456789';
const NO_SERVER = 'esdb://holdfast:Geheim-77@127.0.0.1:9?tls=false';
const quiet = { timeout: 10_000, interval: 20 };

const onEventStoreDb = (connectionString: string, startWaitMs = 10_000): StoreSettings => ({
  type: 'eventstoredb',
  connectionString: secretOf(connectionString),
  caFile: null,
  streamPrefix: 'holdfast-',
  startWaitMs,
});

/** The demo, bookable on any day from now on. */
const withStore = (store: StoreSettings): Configuration => ({
  ...demoConfiguration,
  guestActions: 'open',
  store,
  hosts: demoConfiguration.hosts.map((host) => ({
    ...host,
    eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } })),
  })),
});

const starting = (dataFolder: string, store: StoreSettings) => {
  const environment = environmentOf(dataFolder, { apiKey: secretOf(KEY) });
  return startServer({ configuration: withStore(store), environment }, makeLog('silent'))();
};

/** Servers of the test at hand: stopped before what they live on is taken away. */
let running: Array<() => Promise<void>> = [];

const started = async (dataFolder: string, store: StoreSettings) => {
  const server = await starting(dataFolder, store);
  if (E.isLeft(server)) throw new Error(describeStartError(server.left));
  running.push(server.right.stop);
  return { ...server.right, client: httpClient(server.right.url) };
};

const refusal = async (dataFolder: string, store: StoreSettings): Promise<string> => {
  const server = await starting(dataFolder, store);
  if (E.isRight(server)) await server.right.stop();
  return E.isLeft(server) ? describeStartError(server.left) : 'it started';
};

const book = async (client: Client, start: string): Promise<string> => {
  const attendee = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
  const reply = await client.post('/v2/bookings', { eventTypeId: 1, start, attendee });
  expect(reply.body).toMatchObject({ data: { status: 'accepted' } });
  return String(at(reply.body, 'data', 'uid'));
};

const listed = async (client: Client): Promise<ReadonlyArray<unknown>> => {
  const data = at((await client.get('/v2/bookings', { key: KEY })).body, 'data');
  return Array.isArray(data) ? data.map((row) => [at(row, 'uid'), at(row, 'status')]) : [];
};

describe('a server whose log is in EventStoreDB (stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    standIn = await startEventStoreDbStandIn();
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await Promise.all(running.map((stop) => stop()));
    running = [];
    await standIn.close();
    await folder.remove();
  });
  const typesOf = (uid: string) => standIn.database.log.stream(`holdfast-booking-${uid}`).map(({ type }) => type);

  it('given a booking and its cancellation, when made, then both are in the log of the stand-in', async () => {
    const { client, idle, feeds, url } = await started(folder.path, onEventStoreDb(standIn.connectionString));
    expect((await client.get('/health/ready')).status).toBe(200);

    const uid = await book(client, '2050-09-05T08:00:00Z');
    expect(typesOf(uid)).toEqual(expect.arrayContaining(['BookingRequested', 'BookingAccepted']));
    expect((await (await fetch(url + feeds.pathOf('demo_calendar'))).text()).match(/BEGIN:VEVENT/g)).toHaveLength(1);

    expect((await client.post(`/v2/bookings/${uid}/cancel`)).status).toBe(200);
    await idle();
    expect(typesOf(uid)).toContain('BookingCancelled');
    expect((await (await fetch(url + feeds.pathOf('demo_calendar'))).text()).match(/BEGIN:VEVENT/g)).toBeNull();
    await vi.waitFor(async () => expect(await listed(client)).toEqual([[uid, 'cancelled']]), quiet);

    const audited = await client.get('/v2/holdfast/audit/verify', { key: KEY });
    expect(audited).toMatchObject({
      status: 200,
      body: { data: { findings: [], more: 0, readModel: { note: null } } },
    });
    expect(at(audited.body, 'data', 'readModel', 'rows')).toBeGreaterThan(2);
  });

  it('given a booking, when the server starts again, then it is there and holds its slot', async () => {
    const store = onEventStoreDb(standIn.connectionString);
    const first = await started(folder.path, store);
    const uid = await book(first.client, '2050-09-05T08:00:00Z');
    await first.stop();

    const { client } = await started(folder.path, store);
    const another = await book(client, '2050-09-05T09:00:00Z');
    const attendee = { name: 'Eve', email: 'eve@example.org', timeZone: 'Europe/Oslo' };
    const taken = await client.post('/v2/bookings', { eventTypeId: 1, start: '2050-09-05T08:00:00Z', attendee });
    expect(taken.status).toBe(409);
    const both = [uid, another].map((each) => [each, 'accepted']);
    await vi.waitFor(async () => expect(await listed(client)).toEqual(both), quiet);
  });

  it('given the server down for a while, when it is back, then bookings are accepted again', async () => {
    const { client } = await started(folder.path, onEventStoreDb(standIn.connectionString));
    await book(client, '2050-09-05T08:00:00Z');
    await standIn.restart();
    await vi.waitFor(async () => expect((await client.get('/health/ready')).status).toBe(200), quiet);
    const uid = await book(client, '2050-09-05T09:00:00Z');
    expect(typesOf(uid)).toContain('BookingAccepted');
  });

  it('given no server, when started, then it ends with one line without the password; the folder is free', async () => {
    const line = await refusal(folder.path, onEventStoreDb(NO_SERVER, 300));
    expect(line).toMatch(/^The log cannot be used: EventStoreDB at 127\.0\.0\.1:9 had no leader .* within 300 ms: .+$/);
    expect(line).not.toContain('Geheim');
    await started(folder.path, onEventStoreDb(standIn.connectionString));
  });

  it('given a data folder of one engine, when started on the other, then it is refused', async () => {
    const store = onEventStoreDb(standIn.connectionString);
    await (await started(folder.path, store)).stop();
    expect(await refusal(folder.path, { type: 'embedded' })).toContain('is in EventStoreDB');

    const other = await temporaryFolder();
    onTestFinished(other.remove);
    const embedded = await started(other.path, { type: 'embedded' });
    await book(embedded.client, '2050-09-05T08:00:00Z');
    await embedded.stop();
    expect(await refusal(other.path, store)).toContain('has a log in it');
  });

  // How many questions a start had asked when the leader went: each is another step of it.
  it.each([1, 3, 5, 8])('given the leader goes at question %i of a start, then the start goes on', async (n) => {
    const [cluster, folder] = [await startEventStoreDbStandIn({ nodes: 3 }), await temporaryFolder()];
    onTestFinished(async () => {
      await cluster.close();
      await folder.remove();
    });
    const asked = () => cluster.faults.seen('read') + cluster.faults.seen('append');
    const starting = started(folder.path, onEventStoreDb(cluster.connectionString, 30_000));
    await expect.poll(asked, { interval: 1, timeout: 10_000 }).toBeGreaterThanOrEqual(n);
    cluster.loseLeader();
    // So many looks for a leader are more than one call takes before it gives up.
    await expect.poll(() => cluster.faults.seen('gossip'), { timeout: 30_000 }).toBeGreaterThan(60);
    cluster.elect();
    const { client } = await starting;
    await expect.poll(async () => (await client.get('/health/ready')).status, quiet).toBe(200);
  });

  it('given a log that goes away during a start and does not come back, then the line names the log', async () => {
    const [cluster, folder] = [await startEventStoreDbStandIn({ nodes: 3 }), await temporaryFolder()];
    onTestFinished(async () => {
      await cluster.close();
      await folder.remove();
    });
    const line = refusal(folder.path, onEventStoreDb(cluster.connectionString, 2_000));
    await expect.poll(() => cluster.faults.seen('append'), { interval: 1 }).toBeGreaterThan(0);
    cluster.loseLeader();
    expect(await line).toMatch(/^The log cannot be used: /);
  });
});
