import { describe, expect, it, onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import type { Configuration } from '../../src/application/configuration.ts';
import { secretOf } from '../../src/application/secret.ts';
import { startServer } from '../../src/composition/server.ts';
import { recordingMailer } from '../invariants/recording-mailer.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { at, httpClient } from '../support/http-client.ts';
import { mustRun } from '../support/must.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';
import { environmentOf } from '../support/environment.ts';

const LEASE_MS = 100;
const soon = { timeout: 10_000, interval: 20 };
const body = {
  eventTypeId: 1,
  start: '2050-09-05T08:00:00Z',
  attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' },
};

/** A node whose consumer groups get no answer from the server, as if it lost each of their messages. */
const givenSilentGroups = async () => {
  const standIn = await startEventStoreDbStandIn();
  standIn.faults.always('consume', { kind: 'answer-never' });
  const folder = await temporaryFolder();
  const calendar = scriptedCalendar({ calendarId: 'work' });
  const { mailer, mails } = recordingMailer();
  const problems: string[] = [];
  const configuration: Configuration = {
    ...demoConfiguration,
    calendars: [],
    timings: { ...demoConfiguration.timings, leaseMs: LEASE_MS, answerWaitMs: 0 },
    store: {
      type: 'eventstoredb',
      connectionString: secretOf(standIn.connectionString),
      caFile: null,
      startWaitMs: 10_000,
    },
    hosts: demoConfiguration.hosts.map((host) => ({
      ...host,
      calendarIds: ['work'],
      eventTypes: host.eventTypes.map((type) => ({ ...type, bookingWindow: { type: 'unlimited' } })),
    })),
  };
  const environment = environmentOf(folder.path);
  const log = {
    report: ({ reason }: { readonly reason: string }) => void problems.push(reason),
    http: () => undefined,
    info: () => undefined,
  };
  const substitutes = { calendars: new Map([['work', calendar.calendar]]), mailer };
  const server = await mustRun(startServer({ configuration, environment }, log, substitutes));
  onTestFinished(async () => {
    await server.stop();
    await standIn.close();
    await folder.remove();
  });
  return { client: httpClient(server.url), calendar, mails, problems };
};

describe('a server whose groups lose every message', () => {
  it('I3 I4 given a booking and its cancellation, then both are carried out and told all the same, once', async () => {
    const { client, calendar, mails, problems } = await givenSilentGroups();
    const uid = String(at((await client.post('/v2/bookings', body)).body, 'data', 'uid'));
    const status = async () => at((await client.get(`/v2/bookings/${uid}`)).body, 'data', 'status');
    expect(await status()).toBe('pending');
    await expect.poll(status, soon).toBe('accepted');
    expect(calendar.events()).toHaveLength(1);
    await expect.poll(() => mails.length, soon).toBe(2);

    expect((await client.post(`/v2/bookings/${uid}/cancel`)).status).toBe(200);
    await expect.poll(() => calendar.events().length, soon).toBe(0);
    await expect.poll(() => mails.length, soon).toBe(4);
    expect(mails.map(({ to }) => to.address).toSorted()).toEqual([
      'demo@localhost',
      'demo@localhost',
      'runa@example.com',
      'runa@example.com',
    ]);
    expect(problems.filter((reason) => reason.includes('never came'))).toHaveLength(4);
  });
});
