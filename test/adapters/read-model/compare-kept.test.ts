import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareKept } from '../../../src/adapters/read-model/compare-kept.ts';
import { currentGeneration, generationPath } from '../../../src/adapters/read-model/generations.ts';
import { makeSqliteSnapshots } from '../../../src/adapters/event-store/embedded/sqlite-snapshots.ts';
import { packSchedule, SCHEDULE_FOLD } from '../../../src/domain/schedule/pack-schedule.ts';
import { emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { slotHeld } from '../../../src/testing/index.ts';
import { caughtUp, type Given, givenReadModel } from '../../projections/support/given-read-model.ts';
import { givenBookings } from '../../projections/support/given-story.ts';
import { mustOpen } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

const STREAM = 'schedule-odd';
let given: Given;
let dataFile: string;
beforeEach(async () => {
  given = await givenReadModel();
  dataFile = join(given.folder, 'data.sqlite');
  await givenBookings(given, 2);
  await given.append(STREAM, [slotHeld('b1', '2050-09-05T09:00:00Z', '2050-09-05T10:00:00Z')]);
});
afterEach(() => given.cleanUp());

const found = async (): Promise<ReadonlyArray<string>> => {
  const deps = { log: given.store, folder: given.folder, dataFile, pageEvents: 7 };
  const { findings } = must(await compareKept(deps)(() => undefined));
  return findings.map(({ row }) => `${row?.table} ${row?.key}`);
};

/** As if the schedule held nothing. */
const keepAnEmptyFold = async (): Promise<void> => {
  const [event] = await mustRun(given.store.readStream(STREAM));
  if (event === undefined) throw new Error('nothing was appended');
  const file = mustOpen(dataFile);
  const { revision, position } = event;
  const header = { stream: STREAM, fold: SCHEDULE_FOLD, revision, position, lastId: event.id, lastHash: event.hash };
  await must(makeSqliteSnapshots(file)).save(header, packSchedule(emptySchedule));
  await file.close();
};

describe('what a node keeps beside the log', () => {
  it('given a row of the read model and a kept fold that were edited, then both are named', async () => {
    const projections = given.start();
    await caughtUp(projections, given.store);
    await projections.stop();
    expect(await found()).toEqual([]);
    const model = new DatabaseSync(generationPath(given.folder, currentGeneration(given.folder) ?? 0));
    model.exec("UPDATE bookings SET status = 'accepted' WHERE uid = 'uid00000'");
    model.close();
    await keepAnEmptyFold();
    expect(await found()).toEqual(['bookings uid00000', `snapshots ${STREAM}`]);
  });

  it('given no read model yet, then kept folds are compared all the same', async () => {
    expect(await found()).toEqual([]);
    await keepAnEmptyFold();
    expect(await found()).toEqual([`snapshots ${STREAM}`]);
  });
});
