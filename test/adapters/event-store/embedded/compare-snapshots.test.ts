import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { compareSnapshots } from '../../../../src/adapters/event-store/embedded/compare-snapshots.ts';
import { makeSqliteEventStore } from '../../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeSqliteSnapshots } from '../../../../src/adapters/event-store/embedded/sqlite-snapshots.ts';
import { makeBookingBuses } from '../../../../src/application/commands/booking-buses.ts';
import { record } from '../../../../src/application/commands/record.ts';
import { SNAPSHOT_EVERY } from '../../../../src/application/commands/stream-loader.ts';
import type { EventStore } from '../../../../src/application/ports/event-store.ts';
import { systemIdentity } from '../../../../src/composition/identity.ts';
import { GENESIS_HASH } from '../../../../src/domain/log/hash-chain.ts';
import type { ScheduleEvent } from '../../../../src/domain/schedule/schedule-state.ts';
import { toInstant } from '../../../../src/domain/time/time.ts';
import { epochMs, slotConfirmed, slotHeld, slotReleased } from '../../../../src/testing/index.ts';
import { contextOf } from '../../../application/process.helper.ts';
import { mustOpen, temporaryFolder } from '../../../support/data-file.ts';
import { must, mustRun } from '../../../support/must.ts';

const STREAM = 'schedule-odd';
const HOUR = 3_600_000;

/** Times that are held, confirmed and given up, a day after the other, so that what is over is forgotten on the way. */
const story = (from: number, count: number): ReadonlyArray<ScheduleEvent> =>
  Array.from({ length: count }, (_, at): ReadonlyArray<ScheduleEvent> => {
    const index = from + at;
    const start = epochMs('10:00') + index * HOUR;
    const held = {
      ...slotHeld(`b${index}`, toInstant(start), toInstant(start + HOUR)),
      occurredAt: toInstant(start - 30 * HOUR),
    };
    const next = index % 3 === 0 ? slotReleased(`b${index}`) : slotConfirmed(`b${index}`);
    return [held, { ...next, occurredAt: toInstant(start - 29 * HOUR) }];
  }).flat();

describe('folds that are kept for the next start, compared with the log', () => {
  let path: string;
  let remove: () => Promise<void>;
  let file: ReturnType<typeof mustOpen>;
  let store: EventStore;
  beforeEach(async () => {
    const folder = await temporaryFolder();
    [path, remove] = [join(folder.path, 'data.sqlite'), folder.remove];
    file = mustOpen(path);
    store = must(makeSqliteEventStore(file));
  });
  afterEach(async () => {
    await store.close();
    await file.close();
    await remove();
  });

  let written = 0;
  let hash = GENESIS_HASH;
  const write = async (events: ReadonlyArray<ScheduleEvent>): Promise<void> => {
    const sealed = record(systemIdentity)(events, contextOf('c'), hash);
    const expected = written === 0 ? 'no-stream' : written - 1;
    await mustRun(store.append({ stream: STREAM, expected, events: sealed }));
    written += sealed.length;
    hash = sealed.at(-1)?.hash ?? hash;
  };
  /** A start of the program, which folds the stream, from the kept fold on where there is one, and keeps it. */
  const start = async (): Promise<void> => {
    const before = await revision();
    const snapshots = must(makeSqliteSnapshots(file));
    must(await makeBookingBuses({ store, identity: systemIdentity, snapshots }).schedules.load('odd')());
    await expect.poll(revision).not.toBe(before);
  };
  const revision = async (): Promise<number | undefined> =>
    (await must(makeSqliteSnapshots(file)).find(STREAM))?.revision;
  const compare = async () => must(await compareSnapshots({ log: store, path }));

  beforeEach(async () => {
    [written, hash] = [0, GENESIS_HASH];
    await write(story(0, SNAPSHOT_EVERY / 2));
    await start();
  });

  it('given nobody has touched them, then nothing is found, also of one that goes on from an earlier one', async () => {
    expect(await compare()).toEqual([]);
    await write(story(SNAPSHOT_EVERY / 2, SNAPSHOT_EVERY / 2));
    await start();
    expect(await revision()).toBe(2 * SNAPSHOT_EVERY - 1);
    expect(await compare()).toEqual([]);
    await write(story(SNAPSHOT_EVERY, 10));
    expect(await compare()).toEqual([]);
  });

  it.each([
    ['a time is taken out', `UPDATE snapshot_parts SET body = json_remove(body, '$[7]') WHERE part = 0`],
    ['a time is another one', `UPDATE snapshot_parts SET body = json_set(body, '$[7][4]', 5) WHERE part = 0`],
    ['a part is no JSON', `UPDATE snapshot_parts SET body = 'oops' WHERE part = 0`],
  ])('given %s in one, then it is named, and what helps', async (_, sql) => {
    file.db.exec(sql);
    expect(await compare()).toMatchObject([
      {
        kind: 'read-model',
        row: { table: 'snapshots', key: STREAM, column: null },
        reason: expect.stringContaining('DELETE FROM snapshots'),
      },
    ]);
    file.db.exec('DELETE FROM snapshots');
    expect(await compare()).toEqual([]);
  });

  it.each([
    ['of another version', 'UPDATE snapshots SET fold = 1'],
    ['of a log that had another event there', `UPDATE snapshots SET last_id = 'other'`],
    ['of more events than there are', 'UPDATE snapshots SET revision = revision + 1'],
    ['without one of its parts', 'UPDATE snapshots SET parts = parts + 1'],
  ])('given one %s, which no start would use, then it is left out', async (_, sql) => {
    file.db.exec(`UPDATE snapshot_parts SET body = '[]' WHERE part = 0`);
    file.db.exec(sql);
    expect(await compare()).toEqual([]);
  });

  it('given a data file without them, or none, then there is nothing to compare', async () => {
    file.db.exec('DROP TABLE snapshots');
    expect(await compare()).toEqual([]);
    expect(must(await compareSnapshots({ log: store, path: `${path}.none` }))).toEqual([]);
  });
});
