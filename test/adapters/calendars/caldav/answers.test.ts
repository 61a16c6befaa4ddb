import { expect, it } from 'vitest';
import { MAX_ANSWER_BYTES } from '../../../../src/adapters/calendars/caldav/dav-client.ts';
import { anEvent, fails, hours, live, ownOf, succeeds } from '../../../contract/calendar/given.ts';
import { calDavCalendar } from '../../../support/caldav-calendar.ts';
import { multistatus, withServer } from '../../../support/scripted-caldav.ts';
import { type ScriptedAnswer, startScriptedHttp } from '../../../support/scripted-http.ts';
import { freePort } from '../../../support/server-process.ts';

const window = hours('08:00', '16:00');

const DAV = { dav: '1, 2, calendar-access' };
const html = { 'content-type': 'text/html' };
const challenge = (value: string): Record<string, string> => ({ 'www-authenticate': value });

it.each([
  [400, DAV, 'invalid-request', undefined],
  [401, challenge('Basic realm="Radicale - Password Required"'), 'auth-revoked', undefined],
  [403, DAV, 'forbidden', undefined],
  [404, DAV, 'calendar-not-found', undefined],
  [415, DAV, 'invalid-request', undefined],
  [429, { 'retry-after': '7' }, 'rate-limited', 7_000],
  [429, {}, 'rate-limited', undefined],
  [500, {}, 'outcome-unknown', undefined],
  [501, {}, 'provider-error', undefined],
  [502, { 'retry-after': '9' }, 'outcome-unknown', 9_000],
  [503, {}, 'provider-error', undefined],
  [503, { 'retry-after': 'Thu, 01 Sep 2050 00:00:30 GMT' }, 'rate-limited', 30_000],
  [503, { 'retry-after': 'Thursday, 01-Sep-50 00:00:30 GMT' }, 'rate-limited', 30_000],
  [503, { 'retry-after': 'Thu Sep  1 00:00:30 2050' }, 'rate-limited', 30_000],
  [504, {}, 'outcome-unknown', undefined],
  [507, {}, 'provider-error', undefined],
  [202, {}, 'outcome-unknown', undefined],
  [408, DAV, 'provider-error', undefined],
  [423, DAV, 'provider-error', undefined],
  [425, DAV, 'provider-error', undefined],
  // Without a sign of a calendar server these are no last words.
  [400, {}, 'provider-error', undefined],
  [401, {}, 'provider-error', undefined],
  [403, {}, 'provider-error', undefined],
  [403, html, 'provider-error', undefined],
  [404, {}, 'provider-error', undefined],
  [405, html, 'provider-error', undefined],
  [511, html, 'provider-error', undefined],
])('a write answered with %i %j is %s', async (status, headers, kind, retryAfterMs) => {
  await withServer(
    () => ({ status, headers }),
    async (calendar) => {
      const failure = await fails(calendar.create(anEvent(), live()));
      expect(failure).toMatchObject({ kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
      expect(failure.message).not.toMatch(/hunter2|Runa|runa@/);
    },
  );
});

it.each([
  ['Digest realm="x, Basic y", nonce="a", algorithm=MD5', 'digest'],
  ['Negotiate', 'negotiate'],
  ['Digest realm="x", qop="auth", Bearer realm="y"', 'digest and bearer'],
])('a server that takes only %s is named as one', async (header, named) => {
  await withServer(
    () => ({ status: 401, headers: challenge(header) }),
    async (calendar) => {
      const failure = await fails(calendar.create(anEvent(), live()));
      expect(failure).toMatchObject({ kind: 'auth-revoked', message: expect.stringContaining(`only ${named} auth`) });
    },
  );
});

it('an objection to the object itself is no question of rights, though it is a 403', async () => {
  const error = '<d:error xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><c:max-resource-size/></d:error>';
  await withServer(
    () => ({ status: 403, body: `<?xml version="1.0"?>${error}` }),
    async (calendar) => {
      const failure = await fails(calendar.create(anEvent(), live()));
      expect(failure).toMatchObject({ kind: 'invalid-request', message: expect.stringContaining('max-resource-size') });
    },
  );
});

const privileges = (...names: ReadonlyArray<string>): ScriptedAnswer =>
  multistatus(
    `<d:response><d:href>/cal/</d:href><d:propstat><d:prop><d:current-user-privilege-set>${names.map((name) => `<d:privilege><d:${name}/></d:privilege>`).join('')}</d:current-user-privilege-set></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
  );

it.each([
  ['says that only reading is allowed', ['read', 'read-acl'], 'forbidden'],
  ['says that writing is allowed', ['read', 'write'], 'provider-error'],
])('a page with a 403, while the calendar %s', async (_, names, kind) => {
  await withServer(
    ({ method }) => (method === 'PROPFIND' ? privileges(...names) : { status: 403, headers: html }),
    async (calendar) => expect((await fails(calendar.create(anEvent(), live()))).kind).toBe(kind),
  );
});

it('a gateway that gives up on a read is a provider-error', async () => {
  await withServer(
    () => ({ status: 504 }),
    async (calendar) => expect((await fails(calendar.find(ownOf(anEvent()), live()))).kind).toBe('provider-error'),
  );
});

it('a redirect is not followed, whatever it is an answer to', async () => {
  await withServer(
    () => ({ status: 302, headers: { location: 'http://127.0.0.1:1/elsewhere/?token=secret' } }),
    async (calendar, seen) => {
      const failure = await fails(calendar.create(anEvent(), live()));
      expect(failure.kind).toBe('provider-error');
      expect(failure.message).toContain('a redirect to http://127.0.0.1:1: if the calendar has moved');
      expect((await fails(calendar.busy(window, [], live()))).kind).toBe('provider-error');
      expect(seen).toHaveLength(2);
    },
  );
});

it('looks for calendars at the well-known URL where the first page is none of WebDAV', async () => {
  await withServer(
    ({ url }) => (url === '/' ? { status: 405 } : { status: 401, headers: challenge('Basic realm="x"') }),
    async (_, seen, origin) => {
      const calendar = calDavCalendar({ url: origin, calendarName: 'Odd' });
      expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('auth-revoked');
      const asked = seen.filter(({ method }) => method === 'PROPFIND').map(({ url }) => url);
      expect(asked).toEqual(['/', '/', '/.well-known/caldav', '/.well-known/caldav']);
    },
  );
});

it('credentials do not follow a calendar home at another origin', async () => {
  const elsewhere = await startScriptedHttp(() => ({ status: 500 }));
  const foreign = `<d:response><d:href>/</d:href><d:propstat><d:prop><c:calendar-home-set><d:href>${elsewhere.origin}/home/</d:href></c:calendar-home-set></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;
  await withServer(
    () => multistatus(foreign),
    async (_, __, origin) => {
      const failure = await fails(calDavCalendar({ url: origin, calendarName: 'Odd' }).create(anEvent(), live()));
      expect(failure.kind).toBe('invalid-request');
      expect(failure.message).toContain(elsewhere.origin);
      expect(elsewhere.seen).toEqual([]);
    },
  );
  await elsewhere.close();
});

it.each([
  ['is not XML', 'broken', { status: 207, body: 'nothing' }],
  ['is empty', 'broken', { status: 207, body: '' }],
  ['is no multistatus', 'no multistatus', { status: 207, body: '<html></html>' }],
  ['is a page of a proxy', '200', { status: 200, body: '<html></html>' }],
  ['is cut', 'broken', { status: 207, body: multistatus('').body?.replace('</d:multistatus>', '') ?? '' }],
  [
    'has a DOCTYPE',
    'DOCTYPE',
    { status: 207, body: `<!DOCTYPE x [<!ENTITY e "e">]>${multistatus('').body?.slice(21)}` },
  ],
  ['is too large', 'larger than', { status: 207, body: 'x'.repeat(MAX_ANSWER_BYTES + 1) }],
])('an answer that %s is never free', async (_, reason, answer) => {
  await withServer(
    () => answer,
    async (calendar) => {
      const failure = await fails(calendar.busy(window, [], live()));
      expect(failure.kind).toBe('provider-error');
      expect(failure.message).toContain(reason);
    },
  );
});

const home = (...hrefs: ReadonlyArray<string>): ScriptedAnswer =>
  multistatus(
    `<d:response><d:href>/</d:href><d:propstat><d:prop><c:calendar-home-set>${hrefs.map((href) => `<d:href>${href}</d:href>`).join('')}</c:calendar-home-set></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
  );
const named = (href: string, name: string): ScriptedAnswer =>
  multistatus(
    `<d:response><d:href>${href}</d:href><d:propstat><d:prop><d:displayname>${name}</d:displayname><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
  );

it('looks through all calendar homes, and compares names composed or decomposed', async () => {
  const seenIn: string[] = [];
  await withServer(
    ({ method, url }) => {
      if (method === 'PUT') return (seenIn.push(url), { status: 201, headers: { etag: '"1"' } });
      if (url === '/') return home('http://elsewhere.test/home/', '/one/', '/two/');
      return url === '/one/' ? named('/one/a/', 'Another') : named('/two/b/', 'Bjo\u0308rn');
    },
    async (_, __, origin) => {
      const calendar = calDavCalendar({ url: origin, calendarName: 'Bj\u00f6rn' });
      await succeeds(calendar.create(anEvent(), live()));
      expect(seenIn).toEqual(['/two/b/bk1%40holdfast.test.ics']);
    },
  );
});

it('a calendar that is in no home that could be looked into is not said to be missing', async () => {
  await withServer(
    ({ url }) => (url === '/' ? home('/one/', '/two/') : url === '/one/' ? named('/one/a/', 'X') : { status: 502 }),
    async (_, __, origin) => {
      const calendar = calDavCalendar({ url: origin, calendarName: 'Odd' });
      expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('provider-error');
    },
  );
});

it('a server that is not there is network, also for a write', async () => {
  const calendar = calDavCalendar({ url: `http://127.0.0.1:${await freePort()}/cal/` });
  const failure = await fails(calendar.create(anEvent(), live()));
  expect(failure.kind).toBe('network');
  expect(failure.message).toContain('ECONNREFUSED');
});

it('a ctag that counts in seconds is believed when its second is over: a change within it is not missed', async () => {
  let ctag = '1';
  const collection = (): ScriptedAnswer =>
    multistatus(
      `<d:response><d:href>/cal/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype><x:getctag xmlns:x="http://calendarserver.org/ns/">${ctag}</x:getctag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`,
    );
  await withServer(collection, async ({ watch }) => {
    if (watch === undefined) throw new Error('it is not watched');
    const asked = async (token: string | null) => succeeds(watch.changes(token, live()));
    const first = await asked(null);
    // Whatever happened after the first question and in its second, the ctag is the same.
    const second = await asked(first.token);
    const third = await asked(second.token);
    expect([first, second, third].map(({ touched }) => touched)).toEqual(['unknown', 'unknown', []]);
    ctag = '2';
    const changed = await asked(third.token);
    expect([changed, await asked(changed.token)].map(({ touched }) => touched)).toEqual(['unknown', 'unknown']);
  });
});
