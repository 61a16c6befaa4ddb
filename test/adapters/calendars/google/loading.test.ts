import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const adapter = new URL('../../../../src/adapters/calendars/google/google-calendar.ts', import.meta.url).href;

/** Counts the modules of Google's libraries in a fresh process, before and after the first call. */
const PROBE = `
  import { createRequire } from 'node:module';
  const loaded = (part) => Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes(part)).length;
  const { makeGoogleCalendar } = await import(${JSON.stringify(adapter)});
  const calendar = makeGoogleCalendar({
    calendarId: 'a', googleCalendarId: 'primary', hostTimeZone: 'UTC',
    credentials: { type: 'oauth', clientId: 'a', clientSecret: 'b', refreshToken: 'c' },
    rootUrl: 'http://127.0.0.1:1/', tokenUrl: 'http://127.0.0.1:1/token',
  }, { clock: { now: () => 0, elapsed: () => 0, at: () => () => {} } });
  const before = loaded('/node_modules/google');
  const answer = await calendar.find({ bookingUid: 'a', icsUid: 'b' }, new AbortController().signal)();
  console.log(JSON.stringify({
    before, kind: answer.left.kind,
    calendarApi: loaded('/apis/calendar/'), otherApis: loaded('/googleapis/build/src/apis/') - loaded('/apis/calendar/'),
  }));
`;

it("loads Google's library at the first call only, and of its APIs only the calendar's", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROBE]);
  expect(JSON.parse(stdout)).toEqual({ before: 0, kind: 'network', calendarApi: 2, otherApis: 0 });
});
