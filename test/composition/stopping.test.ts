import { expect, it } from 'vitest';
import { CHECK_AGAIN_MS, PATIENCE_MS } from '../../src/application/saga/saga-consumer.ts';
import { until, world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

/** Each booking is looked at again once in so many milliseconds; with one booking a second, there is always one due. */
const ROUND_MS = PATIENCE_MS + CHECK_AGAIN_MS;
const starts = Array.from({ length: ROUND_MS / 1_000 }, (_, index) =>
  Temporal.Instant.from('2050-09-05T07:00:00Z')
    .add({ minutes: 30 * index })
    .toString(),
);

it('given calls that do not end, when the server stops, then in its grace; it goes on after a restart', async () => {
  const work = scriptedCalendar({ calendarId: 'work' });
  work.always('create', { type: 'stall' });
  const { runa, clock, records, restarts, passes, problems } = await world({ calendars: [work.calendar] });
  const uids: string[] = [];
  for (const start of starts) {
    uids.push((await runa.books({ start }, { async: true })).uid);
    await until('the calendar is asked', () => work.asked('create') === uids.length);
    clock.advance(1_000);
  }

  work.always('create', { type: 'accept' });
  await restarts();
  await passes(ROUND_MS);

  for (const uid of uids) {
    expect((await runa.looksAt(uid)).status).toBe('accepted');
    expect(await records.dataOf(uid, 'CalendarSyncFailed')).toEqual([]);
  }
  expect(work.events()).toHaveLength(starts.length);
  expect(problems).toEqual([]);
});
