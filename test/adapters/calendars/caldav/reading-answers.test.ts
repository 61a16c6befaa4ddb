import { expect, it } from 'vitest';
import { covered, fails, hours, live, succeeds } from '../../../contract/calendar/given.ts';
import { type Cases, multistatus, withServer } from '../../../support/scripted-caldav.ts';
import type { ScriptedAnswer } from '../../../support/scripted-http.ts';

const window = hours('08:00', '16:00');
const ITSELF =
  '<d:response><d:href>/cal/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>';
const resourcetype = (content: string, href = '/cal/'): ScriptedAnswer =>
  multistatus(ITSELF.replace('<c:calendar/>', content).replace('/cal/', href));

const object = (data: string): string => `<d:response><d:href>/cal/a.ics</d:href>${data}</d:response>`;
const found = (properties: string): string =>
  object(`<d:propstat><d:prop>${properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`);
const LISTED = found('<d:getetag>"1"</d:getetag>');
const NO_TIME =
  'BEGIN:VCALENDAR&#13;\nBEGIN:VEVENT&#13;\nUID:a&#13;\nDTSTART:soon&#13;\nEND:VEVENT&#13;\nEND:VCALENDAR';

/** A calendar that lists one object, and answers all reports alike. */
const withObject = (report: string, cases: Cases): Promise<void> =>
  withServer(({ method }) => multistatus(method === 'PROPFIND' ? `${ITSELF}${LISTED}` : report), cases);

it.each([
  [
    'without its data',
    'the server left out its data',
    object('<d:propstat><d:prop><c:calendar-data/></d:prop><d:status>HTTP/1.1 403 Forbidden</d:status></d:propstat>'),
  ],
  [
    'that is no iCalendar',
    'it holds no event',
    found('<d:getetag>"1"</d:getetag><c:calendar-data>BEGIN:</c:calendar-data>'),
  ],
  [
    'whose start is no time',
    'DTSTART is not a time',
    found(`<d:getetag>"1"</d:getetag><c:calendar-data>${NO_TIME}</c:calendar-data>`),
  ],
  [
    'that the server cannot give',
    'the server answered 500 for it',
    object('<d:status>HTTP/1.1 500 Internal Server Error</d:status>'),
  ],
])('an object %s blocks the days that the server says it is on, and is named', async (_, reason, report) => {
  await withObject(report, async (calendar) => {
    const { busy, unreadable } = await succeeds(calendar.busy(window, [], live()));
    expect(covered(busy, window)).toEqual([window]);
    expect(unreadable).toMatchObject([{ href: '/cal/a.ics', reason }]);
  });
});

it('an object that is gone, by a 404 inside the answer and another one to a GET, is no object', async () => {
  const gone = object('<d:status>HTTP/1.1 404 Not Found</d:status>');
  await withServer(
    ({ method }) => {
      if (method === 'GET') return { status: 404 };
      return multistatus(method === 'PROPFIND' ? `${ITSELF}${LISTED}` : gone);
    },
    async (calendar) => expect(await succeeds(calendar.busy(window, [], live()))).toEqual({ busy: [], unreadable: [] }),
  );
});

it.each([
  ['is cut, as its 507 says', '507', object('<d:status>HTTP/1.1 507 Insufficient Storage</d:status>')],
  ['is about something else', 'something else', LISTED.replace('/cal/', '/others/')],
])('a listing that %s is never free', async (_, reason, listed) => {
  await withServer(
    () => multistatus(`${ITSELF}${listed}`),
    async (calendar) => {
      const failure = await fails(calendar.busy(window, [], live()));
      expect(failure).toMatchObject({ kind: 'provider-error', message: expect.stringContaining(reason) });
    },
  );
});

it('reads an empty multistatus as free, where what was asked is a calendar', async () => {
  await withServer(
    ({ method }) => (method === 'REPORT' ? multistatus('\n') : resourcetype('<c:calendar/>')),
    async (calendar) => expect(await succeeds(calendar.busy(window, [], live()))).toEqual({ busy: [], unreadable: [] }),
  );
});

it.each([
  ['no calendar', resourcetype('')],
  ['another resource', resourcetype('<c:calendar/>', '/others/')],
  ['nothing', multistatus('')],
])('an empty multistatus is not free where the collection answers as %s', async (_, itself) => {
  await withServer(
    ({ method }) => (method === 'REPORT' ? multistatus('') : itself),
    async (calendar) => expect((await fails(calendar.busy(window, [], live()))).message).toContain('no calendar'),
  );
});

it.each([
  ['under our prefix', '/cal/'],
  ['by its whole URL at another host', 'http://radicale.internal:5232/cal/'],
  ['escaped in another way', '/c%61l'],
])('a calendar names itself %s', async (_, href) => {
  await withServer(
    ({ method }) => (method === 'REPORT' ? multistatus('') : resourcetype('<c:calendar/>', href)),
    async (calendar) => expect(await succeeds(calendar.busy(window, [], live()))).toEqual({ busy: [], unreadable: [] }),
  );
});
