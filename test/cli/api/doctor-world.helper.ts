import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { startServer } from '../../../src/composition/server.ts';
import { seal } from '../../../src/domain/log/hash-chain.ts';
import type { Json, JsonObject } from '../../../src/domain/log/envelope.ts';
import { holdfast } from '../../support/command-line.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { at, httpClient } from '../../support/http-client.ts';
import { must, mustRun } from '../../support/must.ts';
import { startRadicale } from '../../support/radicale.ts';
import { realCalendar } from '../../support/scenario-caldav.ts';
import { HOUSE_KEY, settingsFor } from '../../support/scenario-configuration.ts';
import { standInGoogle } from '../../support/scenario-google.ts';
import { startSmtpServer } from '../../support/smtp-server.ts';

type Change = { readonly type: string; readonly data: JsonObject };

/** Puts events behind a stream, by the store itself and past every rule, as a fault of the program would. */
export const writePast = async (folder: string, stream: string, changes: ReadonlyArray<Change>): Promise<void> => {
  const file = mustOpen(join(folder, DATA_FILE));
  const store = must(makeSqliteEventStore(file));
  const before = must(await store.readStream(stream)());
  const last = before.at(-1);
  if (last === undefined) throw new Error(`${stream} is empty`);
  const events = seal(sha256Hex)(
    last.hash,
    changes.map(({ type, data }) => ({
      id: systemIdentity.newCommandId(),
      type,
      version: 1,
      data,
      occurredAt: last.occurredAt,
      actor: { kind: 'system' } as const,
      correlationId: stream,
      causationId: null,
    })),
  );
  await mustRun(store.append({ stream, expected: last.revision, events }));
  await file.close();
};

export type Booked = { readonly uid: string; readonly status: Json; readonly icsUid: string };

/** One server with a calendar on a real Radicale and one at a stand-in for Google, both of which have to hold a booking. */
export const doctorWorld = async () => {
  const radicale = await startRadicale();
  onTestFinished(radicale.stop);
  const work = await realCalendar(radicale);
  const { google, settings: googleSettings } = await standInGoogle();
  const smtp = await startSmtpServer();
  onTestFinished(smtp.stop);
  const { path, remove } = await temporaryFolder();
  const settings = settingsFor(
    {
      configured: [work.settings, googleSettings],
      acceptance: 'all-of',
      // Nothing happens by itself in this test: what is left for the doctor stays.
      timings: { calendarWatchMs: 3_600_000, calendarConfirmMs: 1_000, answerWaitMs: 5_000 },
      retries: { calendar: { baseMs: 600_000, capMs: 3_600_000, deadlineMs: 86_400_000 } },
      mail: {
        type: 'smtp',
        from: { name: 'Holdfast', address: 'holdfast@example.org' },
        host: '127.0.0.1',
        port: smtp.port,
        security: 'none',
        ca: null,
        login: null,
      },
    },
    path,
    'http://127.0.0.1:9/',
  );
  const withoutHooks = { ...settings, configuration: { ...settings.configuration, webhooks: [] } };
  const start = () =>
    mustRun(startServer(withoutHooks, { report: () => undefined, http: () => undefined, info: () => undefined }));
  let server = await start();
  onTestFinished(async () => {
    await server.stop();
    await remove();
  });
  const monday = Temporal.Now.plainDateISO('Europe/Oslo').add({ days: 7 });
  const window = `start=${monday.toString()}&end=${monday.add({ days: 8 }).toString()}`;
  const slots = at((await httpClient(server.url).get(`/v2/slots?eventTypeId=1&${window}`)).body, 'data');
  const free = Object.values(slots as Record<string, ReadonlyArray<{ start: string }>>)
    .flatMap((day) => day.filter((_, index) => index % 4 === 0))
    .map(({ start: from }) => from);
  const base = new URL(work.settings.url);
  const collection = new URL(base.pathname, radicale.origin).href;
  return {
    url: () => server.url,
    radicale,
    work,
    google,
    smtp,
    path,
    /** Where the event of a booking is in the CalDAV calendar, past the proxy. */
    hrefOf: (icsUid: string) => `${collection}${encodeURIComponent(icsUid)}.ics`,
    collection,
    idle: () => server.idle(),
    book: async (): Promise<Booked> => {
      const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' };
      const body = { eventTypeId: 1, start: free.shift(), attendee };
      const { body: booked } = await httpClient(server.url).post('/v2/bookings', body);
      if (at(booked, 'data', 'uid') === null) throw new Error(JSON.stringify(booked));
      const [uid, icsUid] = [String(at(booked, 'data', 'uid')), String(at(booked, 'data', 'icsUid'))];
      return { uid, icsUid, status: at(booked, 'data', 'status') };
    },
    /** The look that a start and a booking ask for is over, so that what is done now is left for the doctor. */
    watched: () =>
      expect
        .poll(async () => {
          const { body } = await httpClient(server.url).get('/v2/holdfast/calendars', { key: HOUSE_KEY });
          const calendars = at(body, 'data');
          return Array.isArray(calendars) && calendars.every((one) => typeof at(one, 'lastWatchedAt') === 'string');
        })
        .toBe(true),
    /** While the server is away. */
    behindItsBack: async (change: () => Promise<void>) => {
      await server.idle();
      await server.stop();
      await change();
      server = await start();
    },
    cli: async (...args: ReadonlyArray<string>) => {
      const ended = await holdfast([...args, '--url', server.url], { HOLDFAST_API_KEY: HOUSE_KEY });
      return { ...ended, said: (): Json => JSON.parse(ended.stdout) };
    },
  };
};
