import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isObject } from '../../src/domain/unknown.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { at } from '../support/http-client.ts';
import { ALL_ROLES_KEY, startKillable } from '../support/killable-server.ts';

const EMAIL = 'quackenbosch@zwaan.example';
const asked = { key: ALL_ROLES_KEY };
const hosts = [
  {
    ...{ id: 'odd', number: 1, username: 'odd', name: 'Odd', email: 'odd@localhost', timeZone: 'Europe/Oslo' },
    ...{ weeklyHours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }], calendars: ['home'] },
    eventTypes: [{ id: 1, slug: 'intro', title: 'Intro', lengthInMinutes: 30, bookingWindow: { type: 'unlimited' } }],
  },
];

/** The texts of a heap snapshot. */
const stringsOf = (snapshot: string): ReadonlyArray<string> => {
  const parsed: unknown = JSON.parse(snapshot);
  if (!isObject(parsed) || !Array.isArray(parsed.strings)) throw new Error('it is no heap snapshot');
  return parsed.strings.filter((text) => typeof text === 'string');
};

it('given somebody who is forgotten, then the memory of the server has nothing of them', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  // As on a server that strangers reach.
  const limits = { mailsOfStrangers: { perRecipient: 10 } };
  const calendars = [{ type: 'local', id: 'home', label: 'Home' }];
  const config = { hosts, calendars, guestActions: 'open', limits };
  const env = { NODE_OPTIONS: `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${folder.path}` };
  const server = await startKillable({ folder: join(folder.path, 'server'), config, env });
  const { client } = server;
  const attendee = { name: 'Willemijn Quackenbosch', email: EMAIL, timeZone: 'Europe/Amsterdam' };
  const book = async (day: number) => {
    const booked = await client.post('/v2/bookings', { eventTypeId: 1, start: `2050-09-0${day}T08:00:00Z`, attendee });
    expect(booked.status).toBe(201);
    return String(at(booked.body, 'data', 'uid'));
  };
  const uids = [await book(5), await book(6)];
  const mails = async () => (await readdir(join(folder.path, 'server', 'data', 'mail'))).length;
  await expect.poll(mails, { timeout: 10_000 }).toBe(4);
  for (const path of [`/v2/bookings/${uids[0]}/events`, '/v2/bookings', `/v2/bookings?attendeeEmail=${EMAIL}`])
    expect((await client.get(path, asked)).text).toContain('Quackenbosch');

  const snapshot = async (number: number): Promise<ReadonlyArray<string>> => {
    server.signal('SIGUSR2');
    const written = async () =>
      (await readdir(folder.path)).filter((name) => name.endsWith('.heapsnapshot')).toSorted();
    await expect.poll(async () => (await written()).length, { timeout: 20_000 }).toBe(number);
    // Written as a stream while the server stands still: it answers again once that is done.
    await client.get('/health/live');
    const name = (await written()).at(-1) ?? '';
    return stringsOf(await readFile(join(folder.path, name), 'utf8')).filter((text) => /quackenbosch/i.test(text));
  };
  expect(await snapshot(1)).toContain(EMAIL);
  const forgotten = await client.post('/v2/holdfast/privacy/forget', { email: EMAIL, cancel: true }, asked);
  expect(forgotten.status).toBe(200);
  expect(await snapshot(2)).toEqual([]);
}, 60_000);
