import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { demoConfiguration } from '../../src/adapters/configuration/demo-configuration.ts';
import { REFUSAL_LIMITS } from '../../src/application/refusals/record-refusals.ts';
import type { Configuration } from '../../src/adapters/configuration/configuration.ts';
import type { Mail, Mailer } from '../../src/application/ports/delivery.ts';
import { secretOf } from '../../src/application/secret.ts';
import type { Log as ServerLog } from '../../src/composition/log.ts';
import type { RunningServer } from '../../src/composition/running-server.ts';
import { startServer } from '../../src/composition/server.ts';
import type { EventType } from '../../src/domain/bookable/event-type.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { environmentOf } from '../support/environment.ts';
import { intro, odd } from '../support/hosts.ts';
import { type Client, httpClient } from '../support/http-client.ts';
import { type Log, readLog } from '../support/log-checks.ts';
import { mustRun } from '../support/must.ts';
import type { ScriptedCalendar } from '../support/scripted-calendar.ts';
import { type WebhookReceiver, startWebhookReceiver } from '../support/webhook-receiver.ts';
import { recordingMailer } from './recording-mailer.ts';

export const KEY = 'invariants-key-0123456789';
export const SUBSCRIPTION = 'everything';

const open: EventType = { ...intro, minimumNotice: 0, bookingWindow: { type: 'unlimited' } };
/** By id: 1 half an hour; 2 with approval; 3 with buffers, every ten minutes; 4 of several lengths, every quarter. */
export const eventTypes: ReadonlyArray<EventType> = [
  open,
  { ...open, id: 2, slug: 'ask', title: 'Ask', requiresConfirmation: true },
  {
    ...open,
    id: 3,
    slug: 'short',
    title: 'Short',
    lengthInMinutes: 20,
    slotInterval: 10,
    beforeBuffer: 10,
    afterBuffer: 5,
  },
  { ...open, id: 4, slug: 'long', title: 'Long', lengthInMinutes: 45, lengthOptions: [15, 45, 60], slotInterval: 15 },
];

const soon = { baseMs: 50, capMs: 200, deadlineMs: 3_600_000 };

type Given = {
  readonly calendars?: ReadonlyArray<ScriptedCalendar>;
  readonly mailer?: Mailer;
  readonly changes?: Partial<Configuration>;
};

const configurationOf = ({ calendars = [], changes = {} }: Given, webhookUrl: string): Configuration => ({
  publicUrl: 'https://book.example',
  guestActions: 'open',
  guestInvitations: 'after-attendee',
  secret: null,
  operator: null,
  audit: { heads: null, refusals: REFUSAL_LIMITS },
  privacy: { forgetAfterDays: null },
  store: { type: 'embedded' },
  hosts: [{ ...odd, calendarIds: calendars.map(({ calendar }) => calendar.calendarId), eventTypes }],
  calendars: [],
  webhooks: [
    {
      id: SUBSCRIPTION,
      url: webhookUrl,
      secret: null,
      triggers: [
        'BOOKING_CREATED',
        'BOOKING_REQUESTED',
        'BOOKING_CANCELLED',
        'BOOKING_REJECTED',
        'BOOKING_CALENDAR_SYNC_FAILED',
      ],
      hostIds: null,
      active: true,
    },
  ],
  mail: { type: 'folder', from: { name: 'Holdfast', address: 'bookings@holdfast.example' } },
  conferencing: { jitsi: null },
  timings: { ...demoConfiguration.timings, settleWindowMs: 100, answerWaitMs: 3_000 },
  retries: { calendar: soon, mail: soon, webhook: soon },
  limits: demoConfiguration.limits,
  ...changes,
});

const silent: ServerLog = { report: () => undefined, http: () => undefined, info: () => undefined };

export type GivenServer = {
  readonly client: () => Client;
  readonly webhooks: WebhookReceiver;
  readonly mails: ReadonlyArray<Mail>;
  readonly log: () => Log;
  readonly idle: () => Promise<void>;
  /** Stops, does something while nobody holds the data, and starts again on the same data folder. */
  readonly restart: (between?: (dataFolder: string) => void | Promise<void>) => Promise<void>;
};

/** A whole server in this process on the system's clock, with stand-ins for calendars and mail, gone after the test. */
export const givenServer = async (given: Given = {}): Promise<GivenServer> => {
  const folder = await temporaryFolder();
  const dataFolder = join(folder.path, 'data');
  const webhooks = await startWebhookReceiver();
  const { mailer, mails } = recordingMailer();
  const start = (): Promise<RunningServer> =>
    mustRun(
      startServer(
        {
          environment: environmentOf(dataFolder, { apiKey: secretOf(KEY), allowPrivateAddresses: true }),
          configuration: configurationOf(given, webhooks.url),
        },
        silent,
        {
          calendars: new Map((given.calendars ?? []).map(({ calendar }) => [calendar.calendarId, calendar])),
          mailer: given.mailer ?? mailer,
        },
      ),
    );
  let server = await start();
  onTestFinished(async () => {
    for (const calendar of given.calendars ?? []) calendar.release();
    await server.stop();
    await webhooks.close();
    await folder.remove();
  });
  return {
    client: () => httpClient(server.url),
    webhooks,
    mails,
    log: () => readLog(dataFolder),
    idle: () => server.idle(),
    restart: async (between = () => undefined) => {
      await server.stop();
      await between(dataFolder);
      server = await start();
    },
  };
};
