import { afterEach, expect, it, vi } from 'vitest';
import { rawRequest } from '../support/caldav-server.ts';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY, type KillableServer } from '../support/killable-server.ts';
import { audited, bookingsIn, checkLog, isFact, textOf } from '../support/log-checks.ts';
import { copiesOf, wrongInMails, wrongInWebhooks } from '../support/log-checks-messages.ts';
import { wrongEvents, wrongInCalendars } from '../support/log-checks-outside.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';
import { eventTypeIds, SUBSCRIPTION } from './world-configuration.ts';

vi.setConfig({ testTimeout: 90_000 });
const quiet = { timeout: 30_000, interval: 50 };
const NEW_START = '20500905T110000Z';
const NEW_END = '20500905T113000Z';

describeWith('radicale', 'kill -9 after a person changed an event in the calendar', () => {
  let world: World | undefined;
  afterEach(() => world?.close());

  /** Two bookings of one host: one event is deleted, and the host is asked; the other one is moved, and followed. */
  it('between the hint and the fact, and between the fact and its mails: one fact, one mail to each', async () => {
    world = await makeWorld({
      timings: { calendarConfirmInSeconds: 1 },
      policies: { host1: { whenDeleted: 'pending', whenMoved: 'follow' } },
      limits: { mostDifferences: 100, mostDifferencesPercent: 100 },
    });
    const { start, log, openLog, calendars, smtp, byHand, mails, held, heldEvents } = world;
    const url = byHand.urls.get('host1') ?? '';
    const book = async (server: KillableServer, start_: string) => {
      const attendee = { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo' };
      const body = { start: start_, eventTypeId: eventTypeIds(0).plain, attendee };
      const reply = await server.client.post('/v2/bookings', body, { headers: { prefer: 'wait=20' } });
      const uid = String(at(reply.body, 'data', 'uid'));
      return { uid, href: `${url}${encodeURIComponent(String(at(reply.body, 'data', 'icsUid')))}.ics` };
    };
    const put = async (href: string, text: string) => {
      const headers = { 'content-type': 'text/calendar; charset=utf-8' };
      expect((await rawRequest(byHand.server, 'PUT', href, text, headers)).status).toBeLessThan(300);
    };
    /** By command, so that nobody waits for the next round; a kill may cut it. */
    const looked = ({ client }: KillableServer) =>
      client.post('/v2/holdfast/calendars/host1/look', {}, { key: ALL_ROLES_KEY }).catch(() => null);
    const factsOf = (uid: string) => log().filter((event) => event.stream === `booking-${uid}` && isFact(event));
    const mailsOf = async (id: string | undefined) => {
      const own = (await mails()).filter(({ causedBy }) => causedBy === id);
      return own.map(({ recipient }) => recipient).toSorted();
    };

    const first = await start();
    const deleted = await book(first, '2050-09-05T07:00:00Z');
    const moved = await book(first, '2050-09-05T09:00:00Z');
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    const text = (await rawRequest(byHand.server, 'GET', deleted.href)).body;
    const other = (await rawRequest(byHand.server, 'GET', moved.href)).body;
    // The first direct look at what the hint was about is answered, and its answer never comes.
    const look = calendars.hold('GET', 'after');
    expect((await rawRequest(byHand.server, 'DELETE', deleted.href)).status).toBe(200);
    const dragged = other
      .replace(/DTSTART[^\r\n]*/, `DTSTART:${NEW_START}`)
      .replace(/DTEND[^\r\n]*/, `DTEND:${NEW_END}`);
    await put(moved.href, dragged);
    const lookedFirst = looked(first);
    await look.reached;
    await first.kill();
    await lookedFirst;
    look.release();
    expect([...factsOf(deleted.uid), ...factsOf(moved.uid)]).toEqual([]);

    // Whoever is to be told first meets a mail server that does not answer.
    const before = smtp.connections();
    for (let stalled = 1; stalled <= 4; stalled += 1) smtp.next({ at: 'connect', stall: true });
    const second = await start();
    const lookedSecond = looked(second);
    await expect.poll(() => factsOf(deleted.uid).length, quiet).toBe(1);
    await expect.poll(() => smtp.connections(), quiet).toBeGreaterThan(before);
    await second.kill();
    await lookedSecond;
    const [fact] = factsOf(deleted.uid);
    expect(await mailsOf(fact?.id)).toEqual([]);

    const third = await start();
    await expect.poll(() => mailsOf(fact?.id), quiet).toEqual(['attendee', 'host']);
    const read = async (uid: string) => at((await third.client.get(`/v2/bookings/${uid}`)).body, 'data', 'status');
    expect(await read(deleted.uid)).toBe('pending');
    // Out of the bin: it stands as it was.
    await put(deleted.href, text);
    await looked(third);
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    expect([await read(deleted.uid), await read(moved.uid)]).toEqual(['accepted', 'accepted']);
    expect((await third.terminate()).code).toBe(0);

    const left = log();
    expect([factsOf(deleted.uid), factsOf(moved.uid)].map((facts) => facts.map(({ type }) => type))).toEqual([
      ['CalendarEventMissing'],
      ['CalendarEventMoved'],
    ]);
    // An operator asked, so that what is where it should be is written down too; that tells nobody.
    const tellsAll = left.filter(
      ({ type, stream }) =>
        type === 'BookingRescheduled' || (type === 'CalendarEventVerified' && stream === `booking-${deleted.uid}`),
    );
    expect(tellsAll.map(({ stream, type }) => [stream.split('-')[1], type]).toSorted()).toEqual(
      [
        [deleted.uid, 'CalendarEventVerified'],
        [moved.uid, 'BookingRescheduled'],
      ].toSorted(),
    );
    for (const { id, type } of tellsAll)
      expect(await mailsOf(id)).toEqual(type === 'BookingRescheduled' ? ['attendee', 'host'] : ['attendee']);
    expect(bookingsIn(left).map(({ status }) => status)).toEqual(['accepted', 'accepted']);
    expect([...checkLog(left), ...audited(left)]).toEqual([]);
    expect(wrongInCalendars(left, await held())).toEqual([]);
    expect(wrongEvents(openLog(), await heldEvents(), [])).toEqual([]);
    expect(wrongInMails(left, await mails())).toEqual([]);
    expect(copiesOf(await mails()).extra).toBe(0);
    expect(wrongInWebhooks(left, world.webhooks.received)).toEqual([]);
    expect(textOf(at(tellsAll.find(({ type }) => type === 'BookingRescheduled')?.data ?? null, 'start'))).toBe(
      '2050-09-05T11:00:00Z',
    );
  });
});
