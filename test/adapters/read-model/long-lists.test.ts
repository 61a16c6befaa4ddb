import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { BookingListQuery } from '../../../src/application/ports/read-models.ts';
import { queryBookings } from '../../../src/projections/bookings/list-bookings.ts';
import { LIST_LIMIT_MS, makeListThread, MOST_WAITING_LISTS } from '../../../src/adapters/read-model/readers.ts';
import { createIndexes, createTables } from '../../../src/adapters/read-model/read-model.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { requested } from '../../projections/support/given-events.ts';
import { noBooking } from '../../../src/domain/booking/booking-state.ts';
import { evolve } from '../../../src/domain/booking/evolve.ts';
import { everything } from '../../projections/support/list-all.ts';

const BOOKINGS = 120_000;

/** Rows of many bookings of a few hosts, as a rebuild would leave them: every one with the same fold. */
const makeFile = (path: string): void => {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
  createTables(db);
  const state = JSON.stringify(evolve(noBooking, requested()));
  db.exec(`BEGIN;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${BOOKINGS})
    INSERT INTO bookings SELECT i, 'uid' || i, 'host' || (i % 4), i % 7, 'accepted', i * 1000, i * 1000 + 900, i * 1000,
      i * 1000, 'guest' || i || '@example.com', 'Guest ' || i FROM n;
    INSERT INTO checkpoints VALUES ('bookings', 77, 'x', NULL);`);
  db.prepare('INSERT INTO booking_states SELECT number, ? FROM bookings').run(state);
  db.exec('COMMIT');
  createIndexes(db);
  db.close();
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lists of a host with very many bookings', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'read-model-1.sqlite');
    makeFile(path);
  });
  afterAll(() => folder.remove());

  const long: BookingListQuery = {
    ...everything,
    now: 0,
    hostIds: ['host1', 'host2', 'host3'],
    skip: 80_000,
    take: 10,
  };

  it('are counted in full and paged to the end, while the event loop goes on turning', async () => {
    const thread = makeListThread(systemClock);
    await thread.list(path, { ...long, skip: 0, take: 1 });
    let turns = 0;
    let over = false;
    const listing = thread.list(path, long).finally(() => {
      over = true;
    });
    while (!over) {
      await nextTurn();
      turns += 1;
    }
    const page = await listing;
    await thread.stop();
    expect(page).toMatchObject({ right: { total: (BOOKINGS * 3) / 4, position: 77 } });
    expect(E.isRight(page) && page.right.rows.length).toBe(10);
    expect(turns).toBeGreaterThan(20);
  });

  it('are given up when they take too long, and the next one is read by a new thread', async () => {
    const clock = makeTestClock();
    const thread = makeListThread(clock);
    const listing = thread.list(path, long);
    clock.advance(LIST_LIMIT_MS);
    expect(await listing).toMatchObject({ left: { type: 'Unavailable' } });
    await expect
      .poll(() => thread.list(path, { ...everything, take: 1 }), { timeout: 10_000 })
      .toMatchObject({
        right: { total: BOOKINGS },
      });
    await thread.stop();
    expect(clock.pending()).toBe(0);
  });

  it('are refused when too many wait, or the file is not there; others are answered', async () => {
    const thread = makeListThread(systemClock);
    const lists = Array.from({ length: MOST_WAITING_LISTS + 5 }, () => thread.list(path, { ...everything, take: 1 }));
    const missing = thread.list(join(folder.path, 'read-model-2.sqlite'), everything);
    const pages = await Promise.all(lists);
    expect(pages.filter(E.isLeft)).toHaveLength(5);
    expect(await missing).toMatchObject({ left: { type: 'Unavailable' } });
    expect(await thread.list(join(folder.path, 'read-model-2.sqlite'), everything)).toMatchObject({
      left: { type: 'Unavailable' },
    });
    expect(await thread.list(path, { ...everything, take: 1 })).toMatchObject({ right: { total: BOOKINGS } });
    await thread.stop();
    expect(await makeListThread(systemClock).stop()).toBeUndefined();
  });

  const filters: ReadonlyArray<Partial<BookingListQuery>> = [
    { hostIds: ['host1'] },
    { statuses: ['cancelled'] },
    { statuses: ['upcoming'] },
    { statuses: ['past'] },
    { statuses: ['unconfirmed'] },
    { attendeeEmail: 'guest1@example.com' },
    { attendeeName: 'Guest 1' },
    { bookingUid: 'uid1' },
    { eventTypeIds: [3] },
    { eventTypeIds: [3, 4] },
    { afterStart: 5_000 },
    { beforeEnd: 5_000 },
    { afterCreatedAt: 5_000 },
    { beforeCreatedAt: 5_000 },
    { afterUpdatedAt: 5_000 },
    { beforeUpdatedAt: 5_000 },
  ];
  const cases = filters.flatMap((filter) => [filter, { hostIds: ['host1'], ...filter }]);

  it.each(cases)('are counted by an index for what they filter by: %j', (filter) => {
    const db = new DatabaseSync(path, { readOnly: true });
    const asked: Array<string> = [];
    const prepare = db.prepare.bind(db);
    Object.assign(db, {
      prepare: (sql: string) => {
        asked.push(sql);
        return prepare(sql);
      },
    });
    queryBookings(db)({ ...everything, ...filter, take: 1 });
    const count = asked.find((sql) => sql.includes('count(*)')) ?? '';
    const values = Array.from({ length: count.replaceAll('?1', '').split('?').length }, () => 1);
    const plan = prepare(`EXPLAIN QUERY PLAN ${count}`)
      .all(...values)
      .map((row) => String(row.detail));
    db.close();
    expect(plan.filter((step) => step.includes('bookings'))).toEqual([expect.stringMatching(/^SEARCH bookings USING/)]);
  });
});
