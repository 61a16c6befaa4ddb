import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import {
  FIRST_TIMERS,
  readTimers,
  timersProjection,
  timersTable,
} from '../../../src/projections/timers/timers-projection.ts';
import { changesOf } from '../../../src/projections/projection.ts';
import {
  accepted,
  cancelled,
  epochMs,
  meetingEnded,
  meetingStarted,
  reminderFellDue,
  requested,
} from '../../../src/testing/index.ts';

const table = () => {
  const db = new DatabaseSync(':memory:');
  db.exec(timersTable.schema);
  db.exec(timersTable.indexes);
  return { db, rows: timersTable.open(db), read: readTimers(db) };
};

/** The row of a booking after each of its events. */
const rowsAfter = (...events: ReadonlyArray<BookingEvent>) => {
  let row: number | null = null;
  return events.map((event, index) => {
    const told = {
      event,
      eventId: `e${index}`,
      position: index,
      owner: 'one',
      before: foldBooking(events.slice(0, index)),
      after: foldBooking(events.slice(0, index + 1)),
    };
    for (const { to } of changesOf(timersProjection, told)) row = to(row);
    return row;
  });
};

describe('when the clock is next of interest to each booking', () => {
  it('follows a booking from timer to timer, and forgets it after the last', () => {
    expect(
      rowsAfter(
        requested({ remindersInMinutes: [60] }),
        accepted(),
        reminderFellDue(60, { at: '13:00' }),
        meetingStarted(),
        meetingEnded(),
      ),
    ).toEqual([null, epochMs('13:00'), epochMs('14:00'), epochMs('14:30'), null]);
    expect(rowsAfter(requested(), accepted(), cancelled())).toEqual([null, epochMs('14:00'), null]);
  });

  it('a row that says "never again" is none', () => {
    const { rows, read } = table();
    rows.put('one', 1);
    rows.put('two', 2);
    rows.put('one', null);
    expect(rows.find('one')).toBeUndefined();
    expect(read(10)).toEqual([{ uid: 'two', dueMs: 2 }]);
  });

  it('of 100,000 bookings in the future the first are read, and by an index that is in their order', () => {
    const { db, rows, read } = table();
    db.exec('BEGIN');
    for (let n = 0; n < 100_000; n += 1) rows.put(`uid${n}`, 1_000_000 + ((n * 7_919) % 100_000));
    db.exec('COMMIT');
    expect(read(3).map(({ dueMs }) => dueMs)).toEqual([1_000_000, 1_000_001, 1_000_002]);
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN ${FIRST_TIMERS}`)
      .all(3)
      .map(({ detail }) => detail);
    expect(plan).toEqual(['SCAN timers USING COVERING INDEX timers_by_time']);
  });
});
