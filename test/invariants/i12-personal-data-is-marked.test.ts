import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { readSubjectKeys } from '../../src/adapters/privacy/subject-key-folder.ts';
import { openEvent } from '../../src/application/privacy/sealing.ts';
import type { World } from '../crash/world.ts';
import { makeWorld } from '../crash/world.ts';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { at } from '../support/http-client.ts';
import { must } from '../support/must.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { minutesAfter9 } from './guests.ts';

vi.setConfig({ testTimeout: 60_000 });
const quiet = { timeout: 20_000, interval: 50 };

/** Everything a guest can type in, each text found nowhere else. */
const typed = {
  name: 'Zyxname Zyxlast',
  email: 'zyxmail@zyxhost.example',
  phone: '+4722334455',
  guest: 'zyxguest@example.com',
  place: 'Zyxstreet 17',
  metadata: 'zyxmetadata',
  reason: 'zyxreason because',
};
const markers = ['zyx', '22334455'];
const findsMarker = (text: string): boolean => markers.some((marker) => text.toLowerCase().includes(marker));

const withoutPersonal = ({ data, ...event }: { readonly data: Readonly<Record<string, unknown>> }): string => {
  const { personal: _, ...rest } = data;
  return JSON.stringify({ ...event, data: rest });
};

describeWith('radicale', 'I12 personal data is in marked fields only', () => {
  let world: World | undefined;
  afterEach(() => world?.close());

  it('in the events of the data file, and never in the log of the program, whatever fails', async () => {
    const unknownMailbox = { at: 'rcpt', reply: 550, text: `No mailbox ${typed.email} here` } as const;
    const later = { at: 'data', reply: 451, text: `Mail for <${typed.email}> is put off` } as const;
    world = await makeWorld({
      smtpFaults: [unknownMailbox, later],
      webhookAnswers: [{ status: 500, body: JSON.stringify(typed) }, 'drop'],
      env: { HOLDFAST_LOG_LEVEL: 'debug' },
    });
    world.calendars.faults((method) => (method === 'PUT' ? 507 : 'pass'));
    const server = await world.start();
    const { client } = server;
    const book = (minutes: number, eventTypeId: number, more = {}) =>
      client.post('/v2/bookings', {
        start: minutesAfter9(minutes),
        eventTypeId,
        attendee: { name: typed.name, email: typed.email, timeZone: 'Asia/Tokyo', phoneNumber: typed.phone },
        guests: [typed.guest],
        metadata: { note: typed.metadata },
        ...more,
      });
    const failing = await book(0, eventTypeIds(0).plain);
    const asked = await book(60, eventTypeIds(0).approved);
    expect([failing.status, asked.status]).toEqual([201, 201]);
    const uid = (reply: typeof failing) => String(at(reply.body, 'data', 'uid'));
    await client.post(`/v2/bookings/${uid(failing)}/cancel`, { cancellationReason: typed.reason });
    await client.post(`/v2/bookings/${uid(asked)}/decline`, { reason: typed.reason }, { key: ALL_ROLES_KEY });
    // Requests that fail in every way, with personal data at every place where it does not belong.
    await client.get(`/v2/bookings?attendeeEmail=${typed.email}&attendeeName=Zyxname`, { key: ALL_ROLES_KEY });
    await client.get(`/v2/bookings/${typed.email}`);
    await client.post('/v2/bookings', `{"attendee": "${typed.email}`);
    await book(0, 999_999, { location: typed.place });
    await book(90, eventTypeIds(0).plain, { [typed.email]: typed.name });
    await client.post('/v2/bookings', {}, { headers: { 'idempotency-key': `${typed.name} with spaces` } });
    await client.get('/v2/me', { key: typed.email });
    await expect
      .poll(() => world?.log().filter(({ type }) => type === 'NotificationSent').length, quiet)
      .toBeGreaterThan(4);
    await expect.poll(() => world?.log().some(({ type }) => type === 'NotificationParked'), quiet).toBe(true);
    expect((await server.terminate()).code).toBe(0);

    const keys = must(readSubjectKeys(join(world.dataFolder, 'privacy-keys')));
    const stored = world.log();
    // Whole words: ciphertext has any three letters by chance.
    expect(stored.filter((event) => Object.values(typed).some((text) => JSON.stringify(event).includes(text)))).toEqual(
      [],
    );
    const log = stored.map((event) => must(openEvent(keys, event)));
    expect(log.filter((event) => findsMarker(withoutPersonal(event)))).toEqual([]);
    const marked = log.filter(({ data }) => findsMarker(JSON.stringify(data.personal ?? null)));
    expect(new Set(marked.map(({ type }) => type))).toEqual(
      new Set(['BookingRequested', 'BookingCancelled', 'BookingRejected']),
    );
    const schedules = log.filter(({ stream }) => stream.startsWith('schedule-'));
    expect(schedules.length).toBeGreaterThan(0);
    expect(schedules.filter(({ data }) => 'personal' in data || findsMarker(JSON.stringify(data)))).toEqual([]);

    expect(server.logged().length).toBeGreaterThan(0);
    expect(server.logged().split('\n').filter(findsMarker)).toEqual([]);
    expect(findsMarker(server.printed())).toBe(false);
    // The check is able to find them: with the keys they are there as they were typed, and without them they are not.
    expect(JSON.stringify(log)).toContain(typed.email);
    expect((await readFile(join(world.dataFolder, 'holdfast.sqlite'))).includes(typed.email)).toBe(false);
  });
});
