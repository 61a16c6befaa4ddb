import { isNone, none } from 'fp-ts/lib/Option.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { anEvent, covered, fails, hours, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { toEpochMs } from '../../../../src/domain/time/time.ts';
import { calDavCalendar } from '../../../support/caldav-calendar.ts';
import { objectsIn } from '../../../support/caldav-fixture.ts';
import { makeCalendar, rawRequest } from '../../../support/caldav-server.ts';
import { startHoldingProxy } from '../../../support/holding-proxy.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { runningServer } from '../../../support/running-server.ts';

const own = ownOf(anEvent());
const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
const ICS = { 'content-type': 'text/calendar; charset=utf-8' };

const fail = (): never => {
  throw new Error('it is not watched');
};

const withoutMark = (_: string, body: string): string => body.replace(/^X-HOLDFAST-.*\r?\n( .*\r?\n)*/gm, '');
const withUid = (uid: string) => (method: string, body: string) =>
  method === 'PUT' ? body.replace(/^UID:.*$/m, `UID:${uid}`) : body;
const withEtag = (change: (etag: string) => string | null) => (headers: Readonly<Record<string, string>>) => {
  const { etag, ...others } = headers;
  const changed = etag === undefined ? null : change(etag);
  return changed === null ? others : { ...others, etag: changed };
};

describeWith('radicale', 'a real Radicale, bent into what other servers do', () => {
  const server = runningServer(startRadicale);
  let calendars = 0;
  const given = async () => {
    calendars += 1;
    const url = await makeCalendar(server(), `bent${calendars}`);
    const proxy = await startHoldingProxy(server().origin);
    onTestFinished(proxy.close);
    const calendar = calDavCalendar({ url: url.replace(server().origin, proxy.origin), ...server().credentials });
    return { url, proxy, calendar, objects: () => objectsIn(server(), url) };
  };

  it('one that writes its own user as ORGANIZER hands no event to somebody else', async () => {
    const { proxy, calendar } = await given();
    const mail = 'mailto:me@calendar.example';
    const knows = { isUser: true };
    proxy.bends({
      request: (method, body) =>
        method === 'PUT' ? body.replace(/ORGANIZER.*\r?\n( .*\r?\n)*/, `ORGANIZER:${mail}\r\n`) : body,
      answer: (method, body) =>
        method === 'PROPFIND' && knows.isUser
          ? body.replace(/<[^/>]*calendar-user-address-set>/, `$&<href xmlns="DAV:">${mail}</href>`)
          : body,
    });
    const event = anEvent();
    const { start, end, organizer } = event;
    await succeeds(calendar.create(event, live()));
    const look = () => succeeds(calendar.watch?.look({ ...own, start, end, organizer }, live()) ?? fail());
    expect(await look()).toEqual({ type: 'at', start, end });
    knows.isUser = false;
    expect(await look()).toEqual({ type: 'other-organizer' });
  });

  it('with strong ETags costs one request to create, one to change, five to remove', async () => {
    const { proxy, calendar } = await given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    await succeeds(calendar.change(moved, stored, live()));
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    const asked = proxy.seen.map(({ method }) => method);
    expect(asked).toEqual(['PUT', 'PUT', 'GET', 'DELETE', 'GET', 'PROPFIND', 'REPORT']);
  });

  describe.each([
    ['weak ETags', withEtag((etag) => `W/${etag}`)],
    ['no ETags at all', withEtag(() => null)],
    ['ETags that never match', withEtag((etag) => etag.replace(/"$/, '-gzip"'))],
  ])('%s', (_, headers) => {
    it('creates, changes and removes, and says so once it is so', async () => {
      const { proxy, calendar, objects } = await given();
      proxy.bends({ headers });
      const stored = await succeeds(calendar.create(anEvent(), live()));
      await succeeds(calendar.change(moved, stored, live()));
      expect((await objects()).join()).toContain('DTSTART:20500905T110000Z');
      expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
      expect(await objects()).toEqual([]);
    });

    it('does not write over an event that is not ours, nor bring a removed one back', async () => {
      const { proxy, calendar, objects, url } = await given();
      proxy.bends({ headers });
      const stored = await succeeds(calendar.create(anEvent(), live()));
      const [object] = await objects();
      const name = `${url}bk1%40holdfast.test.ics`;
      await rawRequest(server(), 'PUT', name, String(object).replace('BOOKING:bk1', 'BOOKING:bk2'), ICS);
      // An ETag that is known may be old, and is all that there is to go by.
      expect((await fails(calendar.change(moved, { ...stored, etag: none }, live()))).kind).toBe('already-exists');
      expect((await objects()).join()).toContain('DTSTART:20500905T090000Z');
      await rawRequest(server(), 'DELETE', name);
      expect((await fails(calendar.change(moved, { ...stored, etag: none }, live()))).kind).toBe('calendar-not-found');
      expect(await objects()).toEqual([]);
    });
  });

  it('one that drops our X- lines: found, changed and removed by our UID and its start', async () => {
    const { proxy, calendar, objects } = await given();
    proxy.bends({ request: withoutMark });
    const stored = await succeeds(calendar.create(anEvent(), live()));
    expect((await objects()).join()).not.toContain('X-HOLDFAST');
    expect((await succeeds(calendar.create(anEvent(), live()))).providerEventId).toBe(stored.providerEventId);
    await succeeds(calendar.change(moved, stored, live()));
    expect(isNone(await succeeds(calendar.find(ownOf(moved), live())))).toBe(true);
    const known = { providerEventId: stored.providerEventId, calendarAddress: stored.calendarAddress ?? null };
    expect(isNone(await succeeds(calendar.find({ ...own, stored: known }, live())))).toBe(false);
    expect(await succeeds(calendar.remove({ ...own, stored: known }, live()))).toBe('removed');
    expect(await objects()).toEqual([]);
  });

  it('one that drops our X- lines, and nothing else known: a doubt, which is left there and told', async () => {
    const { proxy, calendar, objects } = await given();
    proxy.bends({ request: withoutMark });
    await succeeds(calendar.create(anEvent(), live()));
    expect((await fails(calendar.remove(own, live()))).kind).toBe('already-exists');
    expect(await objects()).toHaveLength(1);
    expect(await succeeds(calendar.remove({ ...own, start: anEvent().start }, live()))).toBe('removed');
  });

  it('one that gives our event another UID: known by our mark', async () => {
    const { proxy, calendar, objects } = await given();
    proxy.bends({ request: withUid('server-made-1') });
    const stored = await succeeds(calendar.create(anEvent(), live()));
    expect((await objects()).join()).toContain('UID:server-made-1');
    expect(isNone(await succeeds(calendar.find(own, live())))).toBe(false);
    await succeeds(calendar.change(moved, stored, live()));
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    expect(await objects()).toEqual([]);
  });

  it('one that replaces UID and mark: a doubt, never "already gone", and never removed', async () => {
    const { proxy, calendar, objects } = await given();
    proxy.bends({ request: (method, body) => withUid('server-made-2')(method, withoutMark(method, body)) });
    await succeeds(calendar.create(anEvent(), live()));
    expect((await fails(calendar.remove({ ...own, start: anEvent().start }, live()))).kind).toBe('already-exists');
    expect(await objects()).toHaveLength(1);
  });

  it('one that answers 404 to a GET of what it lists: found by its UID, and its removal is no success', async () => {
    const { proxy, calendar, objects } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    proxy.faults((method) => (method === 'GET' ? 404 : 'pass'));
    expect(isNone(await succeeds(calendar.find(own, live())))).toBe(false);
    expect(await succeeds(calendar.remove(own, live()))).toBe('removed');
    expect(await objects()).toEqual([]);
    expect(await succeeds(calendar.remove(own, live()))).toBe('already-gone');
  });

  describe('one that answers 404 inside a multiget', () => {
    const window = hours('08:00', '16:00');
    const notThere = (_: string, body: string): string =>
      body.includes('calendar-data')
        ? body.replaceAll(/<(\w*:?)propstat>.*?<\/\1propstat>/gs, '<$1status>HTTP/1.1 404 Not Found</$1status>')
        : body;

    it('for what is there: asked by GET, it is busy', async () => {
      const { proxy, calendar } = await given();
      await succeeds(calendar.create(anEvent(), live()));
      proxy.bends({ answer: notThere });
      const { busy, unreadable } = await succeeds(calendar.busy(window, [], live()));
      expect(proxy.seen.map(({ method }) => method)).toContain('GET');
      expect(busy).toEqual([{ start: toEpochMs(anEvent().start), end: toEpochMs(anEvent().end) }]);
      expect(unreadable).toEqual([]);
    });

    it('for what it does not give to a GET either: a doubt on its days, never free', async () => {
      const { proxy, calendar } = await given();
      await succeeds(calendar.create(anEvent(), live()));
      proxy.bends({ answer: notThere });
      proxy.faults((method) => (method === 'GET' ? 500 : 'pass'));
      const { busy, unreadable } = await succeeds(calendar.busy(window, [], live()));
      expect(covered(busy, window)).toEqual([window]);
      expect(unreadable).toMatchObject([{ reason: 'the server answered 500 for it' }]);
    });

    it('for what is gone: asked twice, it takes no time', async () => {
      const { proxy, calendar } = await given();
      await succeeds(calendar.create(anEvent(), live()));
      proxy.bends({ answer: notThere });
      proxy.faults((method) => (method === 'GET' ? 404 : 'pass'));
      expect(await succeeds(calendar.busy(window, [], live()))).toEqual({ busy: [], unreadable: [] });
    });
  });

  it('one that stores and then answers 500: unknown, and the event is found', async () => {
    const { proxy, calendar, objects } = await given();
    await succeeds(calendar.create(anEvent(), live()));
    proxy.faults((method) => (method === 'PUT' ? 500 : 'pass'));
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('outcome-unknown');
    expect(isNone(await succeeds(calendar.find(own, live())))).toBe(false);
    expect(await objects()).toHaveLength(1);
  });
});
