import { makeCalendarReader } from '../../src/adapters/calendars/caldav/reading/calendar-reader.ts';

/** One for all calendars of a test file. Its thread starts with the first reading, and keeps no process alive. */
export const calendarReader = makeCalendarReader();
