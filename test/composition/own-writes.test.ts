import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { StoreSettings } from '../../src/adapters/configuration/configuration.ts';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, httpClient } from '../support/http-client.ts';
import { odd } from '../support/hosts.ts';

const KEY = 'a-key-of-the-test-0123456789';
const BOOKINGS = 20;
/** A machine that is busy with other tests may keep the read model for more than the quarter of a second that lists wait. */
const MOST_BEHIND = 2;
const attendee = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
const DAYS = [5, 6, 7, 8, 9, 12, 13, 14, 15, 16];

/** Half hours from 07:00 UTC on, on ten working days of September 2050: 16 a day. */
const startOf = (n: number): string => {
  const day = Temporal.PlainDate.from({ year: 2050, month: 9, day: DAYS[Math.floor(n / 16)] ?? 5 });
  return day
    .toZonedDateTime({ timeZone: 'UTC', plainTime: '07:00' })
    .add({ minutes: 30 * (n % 16) })
    .toInstant()
    .toString();
};

const server = async (store: StoreSettings) => {
  const folder = await temporaryFolder();
  const configuration = {
    ...demoConfiguration,
    guestActions: 'open' as const,
    store,
    calendars: [],
    hosts: [
      {
        ...odd,
        calendarIds: [],
        eventTypes: odd.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' as const } })),
      },
    ],
  };
  const environment = environmentOf(folder.path, { apiKey: secretOf(KEY) });
  const started = await startServer({ configuration, environment }, makeLog('silent'))();
  if (E.isLeft(started)) throw new Error(describeStartError(started.left));
  onTestFinished(async () => {
    await started.right.stop();
    await folder.remove();
  });
  return httpClient(started.right.url);
};

/** How many lists right after a booking did not have it, without being told to wait for it. */
const listsBehind = async (store: StoreSettings): Promise<number> => {
  const client = await server(store);
  let behind = 0;
  for (let n = 0; n < BOOKINGS; n += 1) {
    const booked = await client.post('/v2/bookings', { eventTypeId: 1, start: startOf(n), attendee });
    expect(booked.status, booked.text).toBe(201);
    const listed = await client.get('/v2/bookings?take=250', { key: KEY });
    if (!listed.text.includes(String(at(booked.body, 'data', 'uid')))) behind += 1;
  }
  return behind;
};

describe(`${BOOKINGS} lists, each right after a booking, without a position`, () => {
  it('on the embedded engine they have it', async () => {
    expect(await listsBehind({ type: 'embedded' })).toBeLessThanOrEqual(MOST_BEHIND);
  });

  it('on EventStoreDB (a stand-in) too', async () => {
    const standIn = await startEventStoreDbStandIn();
    onTestFinished(standIn.close);
    const connectionString = secretOf(standIn.connectionString);
    const where = { caFile: null, streamPrefix: 'holdfast-', startWaitMs: 10_000 };
    expect(await listsBehind({ type: 'eventstoredb', connectionString, ...where })).toBeLessThanOrEqual(MOST_BEHIND);
  });
});
