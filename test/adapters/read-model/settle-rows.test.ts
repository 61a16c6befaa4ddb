import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTables } from '../../../src/adapters/read-model/read-model.ts';
import { settlingRows } from '../../../src/adapters/read-model/settle-rows.ts';
import { foldBooking } from '../../../src/domain/booking/evolve.ts';
import { bookingsTable } from '../../../src/projections/bookings/bookings-projection.ts';
import { timersTable } from '../../../src/projections/timers/timers-projection.ts';
import { requested } from '../../projections/support/given-events.ts';
import { temporaryFolder } from '../../support/data-file.ts';

const booking = foldBooking([requested()]);
let db: DatabaseSync;
let stored: DatabaseSync;
let remove: () => Promise<void>;

beforeEach(async () => {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'stored.sqlite');
  stored = new DatabaseSync(path);
  createTables(stored);
  db = new DatabaseSync('');
  db.prepare('ATTACH ? AS stored').run(pathToFileURL(path).href);
  createTables(db);
  remove = folder.remove;
});
afterEach(async () => {
  db.close();
  stored.close();
  await remove();
});

const made = (table: string): number => Number(db.prepare(`SELECT count(*) AS rows FROM main.${table}`).get()?.rows);

describe('rows that are made and compared', () => {
  it('given one that is stored as it is made, then its key alone is kept', () => {
    bookingsTable.open(stored).put('uid1', booking);
    const { around, keys } = settlingRows(db);
    const rows = around(bookingsTable.open(db), bookingsTable, 'bookings');
    rows.put('uid1', booking);
    rows.put('uid2', booking);
    expect([...keys('bookings')]).toEqual(['uid1']);
    expect([made('bookings'), made('booking_states')]).toEqual([1, 1]);
    expect(rows.find('uid3')).toBeUndefined();
  });

  it('given a later event about it, then it is taken back, and compared once more', () => {
    bookingsTable.open(stored).put('uid0', booking);
    bookingsTable.open(stored).put('uid1', booking);
    const { around, keys } = settlingRows(db);
    const rows = around(bookingsTable.open(db), bookingsTable, 'bookings');
    rows.put('uid1', booking);
    expect(rows.find('uid1')).toEqual(booking);
    expect([keys('bookings').size, made('bookings'), made('booking_states')]).toEqual([0, 1, 1]);
    rows.put('uid1', booking);
    expect([keys('bookings').size, made('bookings'), made('booking_states')]).toEqual([1, 0, 0]);
  });

  it('given a row that is changed or removed after it was the same, then it is that no more', () => {
    for (const uid of ['a', 'b', 'c']) timersTable.open(stored).put(uid, 5);
    const { around, keys } = settlingRows(db);
    const rows = around(timersTable.open(db), timersTable, 'timers');
    for (const uid of ['a', 'b', 'c']) rows.put(uid, 5);
    rows.put('a', 6);
    rows.put('b', null);
    expect([...keys('timers')]).toEqual(['c']);
    expect([rows.find('a'), rows.find('b'), made('timers')]).toEqual([6, undefined, 1]);
  });

  it('given letters that differ in their case alone, then it is another row', () => {
    bookingsTable.open(stored).put('uid1', booking);
    stored.exec('UPDATE bookings SET attendee_email = upper(attendee_email)');
    const { around, keys } = settlingRows(db);
    around(bookingsTable.open(db), bookingsTable, 'bookings').put('uid1', booking);
    expect([...keys('bookings')]).toEqual([]);
  });
});
