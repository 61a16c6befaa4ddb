import { DatabaseSync } from 'node:sqlite';
import { rmSync, writeFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMPARED_TABLES } from '../../../src/adapters/read-model/compare-rows.ts';
import { compareReadModel } from '../../../src/adapters/read-model/compare-read-model.ts';
import { currentGeneration, generationPath } from '../../../src/adapters/read-model/generations.ts';
import { createTables } from '../../../src/adapters/read-model/read-model.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { requested } from '../../projections/support/given-events.ts';
import { caughtUp, type Given, givenReadModel } from '../../projections/support/given-read-model.ts';
import { givenBookings } from '../../projections/support/given-story.ts';
import { must, mustRun } from '../../support/must.ts';

const QUIET = (): void => undefined;

describe('a read model compared with the log', () => {
  let given: Given;
  beforeEach(async () => {
    given = await givenReadModel();
    await givenBookings(given, 6);
  });
  afterEach(() => given.cleanUp());

  const followed = async (): Promise<void> => {
    const projections = given.start();
    await caughtUp(projections, given.store);
    await projections.stop();
  };
  const path = (): string => generationPath(given.folder, currentGeneration(given.folder) ?? 0);
  /** As somebody with an SQLite shell would. */
  const edit = (sql: string): void => {
    const db = new DatabaseSync(path());
    db.exec(sql);
    db.close();
  };
  const compare = async (log: Pick<EventStore, 'readAll'> = given.store) =>
    // A few rows in memory: most are compared, left out, and taken back for a later event.
    must(await compareReadModel({ log, folder: given.folder, pageEvents: 3, heldRows: 4 })(QUIET));
  const found = async (log?: Pick<EventStore, 'readAll'>): Promise<ReadonlyArray<string>> =>
    (await compare(log)).findings.map(({ row }) => [row?.table, row?.key, row?.column].join(' '));

  it('given what following the log made, then nothing is found, and every row was looked at', async () => {
    await followed();
    const { findings, more, position, rows, note } = await compare();
    expect([findings, more, note]).toEqual([[], 0, null]);
    expect(position).toBe(await mustRun(given.store.head()));
    // Bookings, their outboxes, the calendar, what it has to do with bookings, and timers.
    expect(rows).toBeGreaterThan(13);
  });

  it.each([
    ["UPDATE bookings SET status = 'accepted' WHERE uid = 'uid00000'", ['bookings uid00000 status']],
    [
      "UPDATE bookings SET attendee_email = 'eve@example.com' WHERE uid = 'uid00001'",
      ['bookings uid00001 attendee_email'],
    ],
    [
      `UPDATE booking_states SET state = json_set(state, '$.request.title', 'Other')
       WHERE number = (SELECT number FROM bookings WHERE uid = 'uid00001')`,
      ['bookings uid00001 state.request.title'],
    ],
    ["UPDATE booking_states SET state = 'oops' WHERE number = 1", ['bookings uid00000 state']],
    ["DELETE FROM bookings WHERE uid = 'uid00002'", ['bookings uid00002 ', 'booking_states 3 ']],
    ['DELETE FROM booking_states WHERE number = 2', ['bookings uid00001 state']],
    [
      `INSERT INTO bookings SELECT 99, 'uid00009', host_id, event_type_id, status, start_ms, end_ms, created_ms, updated_ms,
       attendee_email, attendee_name FROM bookings WHERE uid = 'uid00001'`,
      ['bookings uid00009 '],
    ],
    [
      `UPDATE outbox SET entries = replace(entries, '"pending"', '"sent"') WHERE booking_uid = 'uid00000'`,
      ['outbox uid00000 entries.2.state'],
    ],
    ["UPDATE outbox SET parked = 0, sent = 7 WHERE booking_uid = 'uid00000'", ['outbox uid00000 sent']],
    ["DELETE FROM outbox WHERE booking_uid = 'uid00003'", ['outbox uid00003 ']],
    [
      "UPDATE calendar_health SET health = json_set(health, '$.failuresInRow', 0, '$.lastFailure', NULL)",
      ['calendar_health work health.lastFailure'],
    ],
    [
      `UPDATE calendar_bookings SET state = 'held' WHERE key = '["work","uid00002"]'`,
      ['calendar_bookings ["work","uid00002"] state'],
    ],
    ["INSERT INTO timers VALUES ('uid00000', 4102444800000)", ['timers uid00000 ']],
    ['CREATE TRIGGER t AFTER INSERT ON bookings BEGIN DELETE FROM outbox; END', ['sqlite_schema trigger t ']],
    ['CREATE VIEW v AS SELECT 1', ['sqlite_schema view v ']],
    ['DROP INDEX bookings_by_name', ['sqlite_schema index bookings_by_name ']],
    ["UPDATE checkpoints SET position = position - 1 WHERE name = 'timers'", ['checkpoints timers ']],
    ["UPDATE checkpoints SET event_id = 'other' WHERE name = 'outbox'", ['checkpoints outbox ']],
  ])('given %s, then the row is named', async (sql, expected) => {
    await followed();
    edit(sql);
    expect(await found()).toEqual(expected);
  });

  it('given one that was edited, then it says where, what helps, and no value', async () => {
    await followed();
    edit("UPDATE bookings SET attendee_name = 'Eve' WHERE uid = 'uid00001'");
    const { findings } = await compare();
    expect(findings).toEqual([
      {
        kind: 'read-model',
        stream: '',
        revision: -1,
        position: await mustRun(given.store.head()),
        reason:
          'bookings, row uid00001, attendee_name: it is not what the log makes of it; "holdfast projections rebuild" makes it anew',
        row: { table: 'bookings', key: 'uid00001', column: 'attendee_name' },
      },
    ]);
  });

  it('given a log that goes on, also meanwhile, then it is compared where it stands', async () => {
    await followed();
    await given.append('booking-later', [requested()]);
    expect(await found()).toEqual([]);
    const projections = given.start();
    await caughtUp(projections, given.store);
    let appended = 0;
    const readAll: EventStore['readAll'] = (after, limit) => async () => {
      appended += 1;
      await given.append(`booking-meanwhile${appended}`, [requested()]);
      if (appended % 2 === 0) await caughtUp(projections, given.store);
      return given.store.readAll(after, limit)();
    };
    const { findings, position } = await compare({ readAll });
    expect([findings, appended > 4]).toEqual([[], true]);
    expect(position).toBeGreaterThan(30);
  });

  it('given a log whose end was cut off, then the read model knows better', async () => {
    await followed();
    const head = await mustRun(given.store.head());
    const readAll: EventStore['readAll'] = (after, limit) => async () =>
      E.right((await mustRun(given.store.readAll(after, limit))).filter((event) => event.position < head - 2));
    expect(await found({ readAll })).toEqual(
      COMPARED_TABLES.flatMap(({ projection }, at) => (at === 1 ? [] : [`checkpoints ${projection} `])),
    );
  });

  it('given no read model, or one of another version, then that is said, and is no finding', async () => {
    expect(await compare()).toMatchObject({ findings: [], position: null, note: 'there is no read model yet' });
    await followed();
    edit("UPDATE definition SET text = '[8]'");
    expect(await compare()).toMatchObject({ findings: [], note: expect.stringContaining('of another version') });
  });

  it('given a file that is gone or damaged, then that is found', async () => {
    await followed();
    const before = path();
    writeFileSync(before, 'no database at all, but long enough to have a header of one hundred bytes: '.repeat(20));
    expect((await compare()).findings[0]?.reason).toContain('is damaged');
    rmSync(before);
    expect((await compare()).findings[0]?.reason).toContain('is gone');
  });

  it('given a log that cannot be read, then that is an error', async () => {
    await followed();
    const readAll = () => TE.left({ type: 'Unavailable', reason: 'away' } as const);
    const deps = { log: { readAll }, folder: given.folder, pageEvents: 7 };
    expect(await compareReadModel(deps)(QUIET)).toEqual(E.left({ type: 'Unavailable', reason: 'away' }));
  });

  it('given a table of a projection, then it is compared', () => {
    const db = new DatabaseSync(':memory:');
    createTables(db);
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => String(name));
    const apart = ['definition', 'checkpoints', 'calendar_sightings'];
    expect(tables.filter((name) => !apart.includes(name)).toSorted()).toEqual(
      COMPARED_TABLES.map(({ table }) => table).toSorted(),
    );
    db.close();
  });
});
