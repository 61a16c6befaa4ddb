import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import type { Configuration, StoreSettings } from '../../src/adapters/configuration/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { copyStore } from '../../src/cli/copy/copy-command.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import type { Client } from '../support/http-client.ts';
import { at, httpClient } from '../support/http-client.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

const KEY = 'a-key-of-the-test-0123456789';

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

const started = async (dataFolder: string, store: StoreSettings, keyFolder: string | null = null) => {
  const environment = environmentOf(dataFolder, { apiKey: secretOf(KEY), keyFolder });
  const server = await startServer({ configuration: withStore(store), environment }, makeLog('silent'))();
  if (E.isLeft(server)) throw new Error(describeStartError(server.left));
  onTestFinished(server.right.stop);
  return { ...server.right, client: httpClient(server.right.url) };
};

const book = (client: Client, start: string) =>
  client.post('/v2/bookings', {
    eventTypeId: 1,
    start,
    attendee: { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' },
  });

/** Mails that a server without a mail server has written. */
const mailsIn = async (dataFolder: string): Promise<ReadonlyArray<string>> =>
  (await readdir(dataFolder, { recursive: true })).filter((name) => name.endsWith('.eml'));

it('given a moved log, when the server is started on it, then it goes on and tells nobody twice', async () => {
  const folder = await temporaryFolder();
  const standIn = await startEventStoreDbStandIn();
  onTestFinished(async () => {
    await standIn.close();
    await folder.remove();
  });
  const [before, after] = [join(folder.path, 'before'), join(folder.path, 'after')];
  const first = await started(before, { type: 'embedded' });
  const uid = String(at((await book(first.client, '2050-09-05T08:00:00Z')).body, 'data', 'uid'));
  await first.idle();
  await first.stop();
  expect((await mailsIn(before)).length).toBeGreaterThan(0);

  const context = { terminal: recordingTerminal(), env: { TARGET: standIn.connectionString }, end: () => undefined };
  expect(await copyStore(context, { fromData: before, toEventstoredbEnv: 'TARGET' })).toBe(0);

  const connectionString = secretOf(standIn.connectionString);
  const store = {
    type: 'eventstoredb',
    connectionString,
    caFile: null,
    streamPrefix: 'holdfast-',
    startWaitMs: 10_000,
  } as const;
  const { client, idle } = await started(after, store, join(before, 'privacy-keys'));
  await idle();
  expect(await mailsIn(after)).toEqual([]);
  expect((await book(client, '2050-09-05T08:00:00Z')).status).toBe(409);
  expect((await client.post(`/v2/bookings/${uid}/cancel`)).status).toBe(200);
  await idle();
  expect((await mailsIn(after)).length).toBeGreaterThan(0);
  expect(standIn.database.log.stream(`holdfast-booking-${uid}`).map(({ type }) => type)).toContain('BookingCancelled');
});
