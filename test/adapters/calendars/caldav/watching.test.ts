import { isLeft } from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import type { Calendar, OwnEvent } from '../../../../src/application/ports/calendar.ts';
import { anEvent, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { calDavCalendar } from '../../../support/caldav-calendar.ts';
import { objectsIn } from '../../../support/caldav-fixture.ts';
import { type CalDavServer, makeCalendar, rawRequest } from '../../../support/caldav-server.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { runningServer } from '../../../support/running-server.ts';
import { startXandikos } from '../../../support/xandikos.ts';

const ICS = { 'content-type': 'text/calendar; charset=utf-8' };
const there = <A>(value: A | undefined): A => {
  if (value === undefined) throw new Error('it is not there');
  return value;
};

let made = 0;

/** Our event in a new calendar of a real server, and what a person's own client does to it by plain requests. */
const withEvent = async (server: CalDavServer) => {
  made += 1;
  const url = await makeCalendar(server, `watched${made}`);
  const calendar: Calendar = calDavCalendar({ url, ...server.credentials });
  const watch = there(calendar.watch);
  const event = anEvent();
  const stored = await succeeds(calendar.create(event, live()));
  const href = `${server.origin}${stored.providerEventId}`;
  const own = { ...ownOf(event), stored: { providerEventId: stored.providerEventId, calendarAddress: url } };
  const text = there((await objectsIn(server, url))[0]);
  const put = async (changed: string, at = href) =>
    expect((await rawRequest(server, 'PUT', at, changed, ICS)).status).toBeLessThan(300);
  const lookAt = (asked: OwnEvent) => succeeds(watch.look(asked, live()));
  const look = () => lookAt(own);
  const changes = (token: string | null) => succeeds(watch.changes(token, live()));
  const asWritten = { type: 'at', start: event.start, end: event.end };
  return { url, watch, event, href, own, text, put, look, lookAt, changes, asWritten, stored };
};

const times = (text: string, start: string, end: string): string =>
  text.replace(/DTSTART[^\r\n]*/, `DTSTART${start}`).replace(/DTEND[^\r\n]*/, `DTEND${end}`);

const bothServers = (given: () => CalDavServer): void => {
  it('asks with one token what has changed, and is told nothing where nothing has', async () => {
    const { changes } = await withEvent(given());
    const first = await changes(null);
    expect(first).toMatchObject({ token: expect.stringMatching(/^(sync|ctag) /), touched: 'unknown' });
    expect(await changes(first.token)).toEqual({ token: first.token, touched: [] });
  });

  it('sees an event that was deleted, and that was put back from the trash', async () => {
    const { changes, look, href, text, put, asWritten, stored } = await withEvent(given());
    const { token } = await changes(null);
    expect(await look()).toEqual(asWritten);
    expect((await rawRequest(given(), 'DELETE', href)).status).toBeLessThan(300);
    const after = await changes(token);
    expect(after.touched).toEqual([stored.providerEventId]);
    expect(await look()).toEqual({ type: 'missing' });
    await put(text);
    expect((await changes(after.token)).touched).toEqual([stored.providerEventId]);
    expect(await look()).toEqual(asWritten);
  });

  it('sees an event that was moved, as clients write times: in a zone, with a duration, as a whole day', async () => {
    const { look, text, put } = await withEvent(given());
    await put(times(text, ';TZID=Europe/Oslo:20500905T170000', ';TZID=Europe/Oslo:20500905T173000'));
    expect(await look()).toEqual({ type: 'at', start: '2050-09-05T15:00:00Z', end: '2050-09-05T15:30:00Z' });
    await put(times(text, ':20500905T150000Z', ':X').replace('DTEND:X', 'DURATION:PT45M'));
    expect(await look()).toEqual({ type: 'at', start: '2050-09-05T15:00:00Z', end: '2050-09-05T15:45:00Z' });
    await put(times(text, ';VALUE=DATE:20500905', ';VALUE=DATE:20500906'));
    expect(await look()).toMatchObject({ type: 'at' });
  });

  it('an edited title is no difference, and a cancelled event is one', async () => {
    const { look, text, put, asWritten } = await withEvent(given());
    await put(text.replace(/SUMMARY:[^\r\n]*/, 'SUMMARY:Lunch with Runa'));
    expect(await look()).toEqual(asWritten);
    await put(text.replace(/STATUS:[^\r\n]*/, 'STATUS:CANCELLED'));
    expect(await look()).toEqual({ type: 'cancelled' });
  });

  it('another organizer is told where the event is at its time; none, or what cannot be read, is nobody', async () => {
    const { lookAt, text, put, asWritten, own, event } = await withEvent(given());
    const asked = { ...own, start: event.start, end: event.end, organizer: event.organizer };
    const handedOn = (to: string): string =>
      text.replace(/\r\n[ \t]/g, '').replace(/ORGANIZER[^\r\n]*/, `ORGANIZER;CN=Somebody:${to}`);
    expect(text).toContain('ORGANIZER');
    expect(await lookAt(asked)).toEqual(asWritten);
    await put(handedOn('mailto:somebody@else.example'));
    expect(await lookAt(asked)).toEqual({ type: 'other-organizer' });
    expect(await lookAt({ ...asked, end: event.start })).toEqual(asWritten);
    expect(await lookAt(own)).toEqual(asWritten);
    await put(handedOn(`MAILTO:${event.organizer.email.toUpperCase().replace('@', '%40')}`));
    expect(await lookAt(asked)).toEqual(asWritten);
    await put(handedOn('urn:uuid:0'));
    expect(await lookAt(asked)).toEqual(asWritten);
    await put(text.replace(/\r\n[ \t]/g, '').replace(/ORGANIZER[^\r\n]*\r\n/, ''));
    expect(await lookAt(asked)).toEqual(asWritten);
  });

  it('an event in another collection is missing here, one under another name is not', async () => {
    const server = given();
    const { look, url, href, text, put, asWritten } = await withEvent(server);
    const other = await makeCalendar(server, `other${made}`);
    await rawRequest(server, 'DELETE', href);
    await put(text, `${url}another-name.ics`);
    expect(await look()).toEqual(asWritten);
    await rawRequest(server, 'DELETE', `${url}another-name.ics`);
    await put(text, `${other}moved.ics`);
    expect(await look()).toEqual({ type: 'missing' });
  });

  it('I10 a calendar that is gone or was renamed is no answer', async () => {
    const server = given();
    const { watch, own, url } = await withEvent(server);
    await rawRequest(server, 'DELETE', url);
    expect(isLeft(await watch.look(own, live())())).toBe(true);
    expect(isLeft(await watch.changes(null, live())())).toBe(true);
  });

  it('tells versions of our events in one request: another after an edit, none where it is gone', async () => {
    const server = given();
    const { watch, stored, text, put, href } = await withEvent(server);
    const ids = [stored.providerEventId, '/elsewhere/x.ics', `${stored.providerEventId}.not.ics`];
    const versions = async () => succeeds(there(watch.versions)(ids, live()));
    const first = await versions();
    expect(first).toEqual([expect.stringMatching(/./), null, null]);
    expect(await versions()).toEqual(first);
    await put(text.replace(/SUMMARY:[^\r\n]*/, 'SUMMARY:Lunch with Runa'));
    const second = await versions();
    expect(second[0]).not.toBe(first[0]);
    await rawRequest(server, 'DELETE', href);
    expect(await versions()).toEqual([null, null, null]);
  });

  it('a token that the server does not know makes it look at everything', async () => {
    const { changes } = await withEvent(given());
    expect(await changes('sync http://example.com/no-such-token')).toMatchObject({ touched: 'unknown' });
  });
};

describeWith('radicale', 'watching a calendar on Radicale', () => {
  const given = runningServer(() => startRadicale());
  bothServers(given);

  it('I10 a refused password is no answer', async () => {
    const server = given();
    const { own, url } = await withEvent(server);
    const locked = calDavCalendar({ url, ...server.credentials, password: 'wrong' });
    expect(isLeft(await there(locked.watch).look(own, live())())).toBe(true);
    expect(isLeft(await there(locked.watch).changes(null, live())())).toBe(true);
  });
});
describeWith('xandikos', 'watching a calendar on Xandikos', () => bothServers(runningServer(() => startXandikos())));
