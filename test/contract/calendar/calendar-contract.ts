import { afterEach, beforeEach, describe } from 'vitest';
import { aborting } from './aborting.ts';
import { busy } from './busy.ts';
import type { CalendarFixture, MakeCalendarFixture } from './calendar-fixture.ts';
import { losingAnswers } from './losing-answers.ts';
import { writing } from './writing.ts';

const TIME_LIMIT_MS = 10_000;
const SHORT_TIME_LIMIT_MS = 400;
const NO_TIME_LIMIT_MS = 600_000;

type Cases = (given: () => CalendarFixture) => void;

const withFreshCalendar = (makeCalendar: MakeCalendarFixture, timeLimitMs: number, cases: Cases): void => {
  let fixture: CalendarFixture | undefined;
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
