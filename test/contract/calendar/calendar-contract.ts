import { afterEach, beforeEach, describe } from 'vitest';
import { aborting } from './aborting.ts';
import { busy } from './busy.ts';
import { between } from './between.ts';
import type { BoxedCalendarFixture, CalendarFixture, MakeCalendarFixture } from './calendar-fixture.ts';
import { losingAnswers } from './losing-answers.ts';
import { writing } from './writing.ts';

const TIME_LIMIT_MS = 10_000;
const SHORT_TIME_LIMIT_MS = 400;
const NO_TIME_LIMIT_MS = 600_000;

const withFreshCalendar = <F extends CalendarFixture>(
  makeCalendar: MakeCalendarFixture<F>,
  timeLimitMs: number,
  cases: (given: () => F) => void,
): void => {
  let fixture: F | undefined;
  beforeEach(async () => {
    fixture = await makeCalendar({ timeLimitMs });
  });
  afterEach(async () => {
    await fixture?.close();
    fixture = undefined;
  });
  cases(() => {
    if (fixture === undefined) throw new Error('no calendar was made');
    return fixture;
  });
};

/** What every calendar adapter keeps to. Runs all cases against calendars made by `makeCalendar`, one per case. */
export const calendarContract = (name: string, makeCalendar: MakeCalendarFixture): void => {
  describe(`calendar contract: ${name}`, () => {
    describe('writing', () => withFreshCalendar(makeCalendar, TIME_LIMIT_MS, writing));
    describe('busy', () => withFreshCalendar(makeCalendar, TIME_LIMIT_MS, busy));
    describe('losing answers', () => withFreshCalendar(makeCalendar, SHORT_TIME_LIMIT_MS, losingAnswers));
    describe('aborting', () => withFreshCalendar(makeCalendar, NO_TIME_LIMIT_MS, aborting));
  });
};

/** The same, and what is between us and a calendar that is reached over HTTP. */
export const remoteCalendarContract = (name: string, makeCalendar: MakeCalendarFixture<BoxedCalendarFixture>): void => {
  calendarContract(name, makeCalendar);
  describe(`calendar contract: ${name}, answered by what is in between`, () =>
    withFreshCalendar(makeCalendar, TIME_LIMIT_MS, between));
};
