import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, httpClient } from '../support/http-client.ts';

const KEY = 'a-key-of-the-test-0123456789';
const FOREIGN_EVENTS = 300;
const quiet = { timeout: 10_000, interval: 20 };

/** A database that another application writes to, in streams that are called what ours are called without a prefix. */
const givenDatabase = async () => {
  const standIn = await startEventStoreDbStandIn();
  const other = EventStoreDBClient.connectionString(standIn.connectionString);
  const stops: Array<() => Promise<unknown>> = [];
  onTestFinished(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await other.dispose();
    await standIn.close();
  });
  const writeForeign = async (): Promise<void> => {
    const event = () => jsonEvent({ type: 'RoomBooked', data: { room: 7 } });
    for (const stream of ['booking-1', 'schedule-1', 'calendar-1', 'holdfast', 'installation-keys'])
      await other.appendToStream(
        stream,
        Array.from({ length: FOREIGN_EVENTS / 5 }, () => event()),
      );
  };
  const start = async (streamPrefix: string) => {
    const folder = await temporaryFolder();
    const connectionString = secretOf(standIn.connectionString);
    const configuration = {
      ...demoConfiguration,
      guestActions: 'open',
      store: { type: 'eventstoredb', connectionString, caFile: null, streamPrefix, startWaitMs: 10_000 },
      hosts: demoConfiguration.hosts.map((host) => ({
        ...host,
        eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } as const })),
      })),
    } as const;
    const environment = environmentOf(folder.path, { apiKey: secretOf(KEY) });
    const server = await startServer({ configuration, environment }, makeLog('silent'))();
    if (E.isLeft(server)) throw new Error(describeStartError(server.left));
    stops.push(() => server.right.stop().then(folder.remove));
    const client = httpClient(server.right.url);
    const list = async () => {
      const data = at((await client.get('/v2/bookings', { key: KEY })).body, 'data');
      return Array.isArray(data) ? data.map((row) => String(at(row, 'uid'))) : data;
    };
    const book = async (startsAt: string): Promise<string> => {
      const attendee = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
      const reply = await client.post('/v2/bookings', { eventTypeId: 1, start: startsAt, attendee });
      expect([reply.status, at(reply.body, 'data', 'status')]).toEqual([201, 'accepted']);
      return String(at(reply.body, 'data', 'uid'));
    };
    const consumers = async () => at((await client.get('/v2/holdfast/consumers', { key: KEY })).body, 'data');
    return { client, list, book, consumers, idle: server.right.idle };
  };
  const writeInto = (stream: string) => other.appendToStream(stream, [jsonEvent({ type: 'RoomBooked', data: {} })]);
  return { standIn, writeForeign, writeInto, start };
};

describe('a database that others use too (EventStoreDB stand-in)', () => {
  it('given two installations and another application, then each sees its own, and nothing stops', async () => {
    const { standIn, writeForeign, start } = await givenDatabase();
    await writeForeign();
    const [one, two] = [await start('holdfast-'), await start('second-')];
    // The same slot of the same host: two schedules.
    const uids = [await one.book('2050-09-05T08:00:00Z'), await two.book('2050-09-05T08:00:00Z')];
    await writeForeign();
    await Promise.all([one.idle(), two.idle()]);

    await expect.poll(one.list, quiet).toEqual([uids[0]]);
    await expect.poll(two.list, quiet).toEqual([uids[1]]);
    expect((await two.client.get(`/v2/bookings/${uids[0]}`)).status).toBe(404);
    for (const server of [one, two]) {
      expect(at(await server.consumers(), 'parked')).toEqual([]);
      expect((await server.client.get('/health/ready')).status).toBe(200);
    }
    const names = standIn.database.log.all().map(({ stream }) => stream.split('-')[0] ?? '');
    const streams = new Set(names.filter((name) => !name.startsWith('$')));
    expect([...streams].toSorted()).toEqual(['booking', 'calendar', 'holdfast', 'installation', 'schedule', 'second']);
  });

  it('given an event of nobody in its own streams, then its booking and the lists stop, nothing else', async () => {
    const { writeInto, start } = await givenDatabase();
    const server = await start('holdfast-');
    const spoilt = await server.book('2050-09-05T08:00:00Z');
    await server.idle();
    await writeInto(`holdfast-booking-${spoilt}`);
    await writeInto('holdfast-booking-strange');

    const uids = [await server.book('2050-09-05T09:00:00Z'), await server.book('2050-09-05T10:00:00Z')];
    await server.idle();
    for (const uid of uids)
      expect(at((await server.client.get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('accepted');
    const cancelled = await server.client.post(`/v2/bookings/${spoilt}/cancel`);
    expect([cancelled.status, at(cancelled.body, 'error', 'code')]).toEqual([500, 'log_corrupt']);
    const parked = JSON.stringify(at(await server.consumers(), 'parked'));
    expect(parked).toContain('booking-strange@0: no event is called RoomBooked');
    const ready = await server.client.get('/health/ready', { key: KEY });
    expect(ready.status).toBe(503);
    expect(ready.text).toContain(`(booking-${spoilt}, revision`);
  });
});
