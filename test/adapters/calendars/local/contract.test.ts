import { isLeft } from 'fp-ts/lib/Either.js';
import { eventRows } from '../../../../src/adapters/calendars/local/event-rows.ts';
import { type LocalCalendars, openLocalCalendars } from '../../../../src/adapters/calendars/local/local-calendars.ts';
import type { DataFile } from '../../../../src/adapters/sqlite/data-file.ts';
import { intervalOf } from '../../../../src/domain/time/time.ts';
import { calendarContract } from '../../../contract/calendar/calendar-contract.ts';
import { anEvent, live, succeeds } from '../../../contract/calendar/given.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';

type Fault = 'none' | 'stall' | 'lose-answer';

const never = <A>(): Promise<A> => new Promise(() => undefined);

const open = (file: Pick<DataFile, 'db' | 'writer' | 'migrate'>, timeLimitMs: number): LocalCalendars => {
  const opened = openLocalCalendars({ file, clock: makeTestClock(), timeLimitMs });
  if (isLeft(opened)) throw new Error(opened.left.type);
  return opened.right;
};

calendarContract('built-in calendar', async ({ timeLimitMs }) => {
  const { file, remove } = await temporaryDataFile();
  let fault: Fault = 'none';
  const faulty: Pick<DataFile, 'db' | 'writer' | 'migrate'> = {
    db: file.db,
    migrate: file.migrate,
    writer: {
      ...file.writer,
      run: async (task) => {
        const now = fault;
        if (now === 'stall') return never();
        const done = await file.writer.run(task);
        if (now === 'none') return done;
        fault = 'none';
        return never();
      },
    },
  };
  const calendars = open(faulty, timeLimitMs);
  const calendar = calendars.calendar('c1');
  return {
    calendar,
    held: async () =>
      eventRows(file.db)
        .all('c1')
        .map(({ icsUid, sequence, status, attendees, summary, description, location, ...times }) => ({
          icsUid,
          sequence,
          status,
          answers: attendees.map(() => (status === 'confirmed' ? 'accepted' : 'tentative')),
          summary,
          description,
          location,
          ...intervalOf(times),
        })),
    occupy: async (own) => {
      await succeeds(calendar.create(anEvent({ ...own, bookingUid: 'stranger' }), live()));
    },
    addForeign: async ({ start, end }) => {
      const uid = `foreign${start}`;
      const times = {
        start: Temporal.Instant.fromEpochMilliseconds(start).toString(),
        end: Temporal.Instant.fromEpochMilliseconds(end).toString(),
      };
      await succeeds(calendar.create(anEvent({ bookingUid: uid, icsUid: uid, ...times }), live()));
    },
    makeUnreadable: async () => file.db.exec('DROP TABLE local_calendar_events'),
    stall: async () => {
      fault = 'stall';
    },
    readsAtOnce: true,
    loseNextAnswer: async () => {
      fault = 'lose-answer';
    },
    close: remove,
  };
});
