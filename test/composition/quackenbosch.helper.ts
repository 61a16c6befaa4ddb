import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { onTestFinished } from 'vitest';
import { runDemo } from '../../demo/run-demo.ts';
import { secretOf } from '../../src/application/secret.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { makeLog } from '../../src/composition/log.ts';
import { startServer } from '../../src/composition/server.ts';
import { describeStartError } from '../../src/composition/start-error.ts';
import { configurationOf } from '../support/configuration/load-text.ts';
import type { TestClock } from '../support/clock.ts';
import { environmentOf } from '../support/environment.ts';
import { at, type Client, httpClient } from '../support/http-client.ts';
import { readMail } from '../support/read-mail.ts';
import { stopped } from '../support/scenario-world.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { writtenAs } from './traces.helper.ts';

export const KEY = 'a-key-of-the-test-0123456789';
export const EMAIL = 'quackenbosch@zwaan.example';
/** All that is known of her. Each text is found nowhere else, and some have letters that encodings write otherwise. */
const HER = {
  name: 'Wíllemijn Quackenbosch',
  phone: '+31207946123',
  place: 'Boomkruiperspad 7a',
  answer: 'over de Zwaluwstaartverbinding',
  metadata: 'Grutto-4711',
  cancelled: 'wegens een Knotwilgentak',
  moved: 'na het Haardvuurfeest',
  declined: 'geen plaats voor Pimpelmezen',
} as const;
export const wanted = [EMAIL, 'quackenbosch', ...Object.values(HER)].flatMap((text) => writtenAs(text));

const attendee = { name: HER.name, email: EMAIL, timeZone: 'Europe/Amsterdam', phoneNumber: HER.phone };
const runa = { name: 'Runa', email: 'runa@example.org', timeZone: 'Europe/Oslo' };
const asked = { key: KEY };

/** One host with a built-in calendar and two subscribers. */
const fileOf = (subscribers: ReadonlyArray<string>, more: object) => {
  const open = { bookingWindow: { type: 'unlimited' }, lengthInMinutes: 30, locations: [{ type: 'attendeeDefined' }] };
  const bookingFields = [{ slug: 'topic', label: 'Topic', type: 'text' }];
  const intro = { ...open, bookingFields, id: 1, slug: 'intro', title: 'Introduction' };
  const ask = { ...open, id: 2, slug: 'ask', title: 'Ask', confirmationPolicy: { type: 'always' } };
  const host = {
    id: 'demo',
    number: 1,
    username: 'demo',
    name: 'Odd',
    email: 'odd@localhost',
    timeZone: 'Europe/Oslo',
  };
  const weeklyHours = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];
  const triggers = [
    'BOOKING_CREATED',
    'BOOKING_CANCELLED',
    'BOOKING_RESCHEDULED',
    'BOOKING_REQUESTED',
    'BOOKING_REJECTED',
  ];
  return {
    guestActions: 'open',
    hosts: [{ ...host, weeklyHours, calendars: ['home'], eventTypes: [intro, ask] }],
    calendars: [{ type: 'local', id: 'home', label: 'Home' }],
    webhooks: subscribers.map((url, index) => ({ id: `subscriber${index}`, url, triggers })),
    ...more,
  };
};

type World = {
  readonly data: string;
  readonly subscribers: ReadonlyArray<string>;
  /** More of the configuration. */
  readonly more?: object;
  /** Turned by the test; none: the time of day. */
  readonly clock?: TestClock;
};

/** A server that logs every request, and the command line beside it. */
export const startWorld = async ({ data, subscribers, more = {}, clock }: World) => {
  const file = fileOf(subscribers, more);
  const configuration = await configurationOf(file, { env: { HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1' } });
  const environment = environmentOf(data, { apiKey: secretOf(KEY), allowPrivateAddresses: true });
  const logged: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void logged.push(line) });
  const started = await startServer({ configuration, environment }, log, clock === undefined ? {} : { clock })();
  if (E.isLeft(started)) throw new Error(describeStartError(started.left));
  const server = started.right;
  onTestFinished(clock === undefined ? server.stop : () => stopped(server, clock));
  const client = httpClient(server.url);
  const configFile = join(data, '..', 'holdfast.json');
  await writeFile(configFile, JSON.stringify(file));
  const env = {
    HOLDFAST_DATA: data,
    HOLDFAST_API_KEY: KEY,
    HOLDFAST_CONFIG: configFile,
    HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1',
    PORT: new URL(server.url).port,
  };
  /** What a command prints; words are given apart. */
  const run = async (...words: ReadonlyArray<string>): Promise<string> => {
    const terminal = recordingTerminal();
    const context = { terminal, env, end: () => undefined };
    await makeProgram(context, async () => runDemo).parseAsync([...words], { from: 'user' });
    return [...terminal.written.out, ...terminal.written.err].join('\n');
  };
  return { server, client, logged, run, get: async (path: string) => (await client.get(path, asked)).text };
};

const must = (reply: { readonly status: number; readonly text: string }): void => {
  if (reply.status >= 300) throw new Error(`${reply.status} ${reply.text}`);
};

/** She books, answers, moves, cancels, is declined, is a guest of another's, is refused a time, and asks again. */
export const livesThrough = async (client: Client, idle: () => Promise<void>): Promise<ReadonlyArray<string>> => {
  let day = 4;
  const book = async (body: object): Promise<string> => {
    day += 1;
    const start = `2050-09-${String(day).padStart(2, '0')}T08:00:00Z`;
    const booked = await client.post('/v2/bookings', { eventTypeId: 1, start, ...body });
    must(booked);
    return String(at(booked.body, 'data', 'uid'));
  };
  const bookingFieldsResponses = { topic: HER.answer };
  const location = { type: 'attendeeDefined', location: HER.place };
  const ofRuna = { type: 'attendeeDefined', location: 'At the harbour' };
  const told = { attendee, bookingFieldsResponses, location, metadata: { note: HER.metadata } };
  const kept = await book(told);
  const [moved, cancelled, guested, declined, asker] = [
    await book(told),
    await book(told),
    await book({ attendee: runa, guests: [EMAIL], location: ofRuna }),
    await book({ attendee, location, eventTypeId: 2 }),
    await book({ attendee, location, eventTypeId: 2 }),
  ];
  await idle();
  const change = async (uid: string, what: string, body: object): Promise<void> =>
    must(await client.post(`/v2/bookings/${uid}/${what}`, body, asked));
  await change(moved, 'reschedule', { start: '2050-09-19T08:00:00Z', reschedulingReason: HER.moved });
  await change(cancelled, 'cancel', { cancellationReason: HER.cancelled });
  await change(declined, 'decline', { reason: HER.declined });
  const other = await book({ attendee: runa, location: ofRuna });
  await change(other, 'attendees', attendee);
  const headers = { 'idempotency-key': `${EMAIL}-1` };
  const again = { eventTypeId: 1, start: '2050-09-26T08:00:00Z', ...told };
  must(await client.post('/v2/bookings', again, { headers }));
  must(await client.post('/v2/bookings', again, { headers }));
  // Refused: the time is taken, the answer is too long, there is no such type, the address is none.
  for (const body of [
    { ...told, start: '2050-09-05T08:00:00Z' },
    { ...told, start: '2050-09-28T08:00:00Z', bookingFieldsResponses: { topic: HER.answer.repeat(1_000) } },
    { ...told, start: '2050-09-28T08:00:00Z', eventTypeId: 99 },
    { ...told, start: '2050-09-28T08:00:00Z', attendee: { ...attendee, email: `${EMAIL} ${HER.name}` } },
  ])
    if ((await client.post('/v2/bookings', { eventTypeId: 1, ...body })).status < 400) throw new Error('it was taken');
  await client.get(`/v2/bookings?attendeeEmail=${EMAIL}&attendeeName=${encodeURIComponent(HER.name)}`, asked);
  await idle();
  return [kept, moved, cancelled, guested, declined, asker, other];
};

/** Pages that mails to the host lead to, by booking. */
export const hostPages = async (mailFolder: string): Promise<ReadonlyArray<string>> => {
  const names = (await readdir(mailFolder)).filter((name) => name.endsWith('.eml'));
  const mails = await Promise.all(names.map(async (name) => readMail(await readFile(join(mailFolder, name)))));
  const links = mails.flatMap(({ text }) => [...text.matchAll(/https?:\/\/[^/\s]+(\/bookings\/\w+[^\s)]*)/g)]);
  return [...new Set(links.flatMap(([, path]) => path ?? []))];
};
