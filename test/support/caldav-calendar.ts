import { Agent, type Dispatcher } from 'undici';
import { type CalDavConfig, makeCalDavCalendar } from '../../src/adapters/calendars/caldav/caldav-calendar.ts';
import type { Calendar } from '../../src/application/ports/calendar.ts';
import { calendarReader } from './calendar-reader.ts';
import { makeTestClock } from './clock.ts';

const shared = new Agent();

/** A CalDAV calendar as tests use it; `dispatcher` where the common one does not do. */
export const calDavCalendar = (
  config: Pick<CalDavConfig, 'url'> & Partial<CalDavConfig>,
  dispatcher: Dispatcher = shared,
): Calendar =>
  makeCalDavCalendar({ dispatcher, clock: makeTestClock(), reader: calendarReader })({
    calendarId: 'c1',
    username: 'odd',
    password: 'hunter2',
    hostTimeZone: 'Europe/Oslo',
    // The first reading of a file starts the reading thread, which takes seconds on a busy machine.
    timeLimitMs: 15_000,
    ...config,
  });
