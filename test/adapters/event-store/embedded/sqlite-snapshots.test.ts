import { describe, expect, it, onTestFinished } from 'vitest';
import { makeSqliteSnapshots } from '../../../../src/adapters/event-store/embedded/sqlite-snapshots.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';
import { must } from '../../../support/must.ts';

const header = { stream: 'schedule-a', fold: 1, revision: 5, lastId: 'e5', lastHash: 'h5', position: 9 };

describe('snapshots in the data file', () => {
  const opened = async () => {
    const { file, remove } = await temporaryDataFile();
    onTestFinished(remove);
    return { file, snapshots: must(makeSqliteSnapshots(file)) };
  };

  it('are found as they were kept, one for a stream', async () => {
    const { snapshots } = await opened();
    expect(await snapshots.find('schedule-a')).toBeNull();
    await snapshots.save(header, ['one', 'two']);
    await snapshots.save({ ...header, stream: 'schedule-b' }, []);
    const found = await snapshots.find('schedule-a');
    expect(found).toEqual({ ...header, parts: 2 });
    if (found === null) return;
    expect(await Promise.all([0, 1, 2].map((index) => snapshots.part(found, index)))).toEqual(['one', 'two', null]);
    expect(await snapshots.find('schedule-b')).toMatchObject({ parts: 0 });
  });

  it('a newer one takes the place of an older one, whose parts are gone', async () => {
    const { snapshots, file } = await opened();
    await snapshots.save(header, ['one', 'two']);
    await snapshots.save({ ...header, revision: 7, lastId: 'e7' }, ['three']);
    expect(await snapshots.find('schedule-a')).toMatchObject({ revision: 7, parts: 1, lastId: 'e7' });
    expect(file.db.prepare('SELECT count(*) AS parts FROM snapshot_parts').get()).toEqual({ parts: 1 });
  });

  it('one that was cut off in the middle leaves the older one in use', async () => {
    const { snapshots } = await opened();
    await snapshots.save(header, ['one']);
    function* cutOff(): Iterable<string> {
      yield 'new';
      throw new Error('killed');
    }
    await expect(snapshots.save({ ...header, revision: 7 }, cutOff())).rejects.toThrow('killed');
    const found = await snapshots.find('schedule-a');
    expect(found).toMatchObject({ revision: 5 });
    expect(found === null ? null : await snapshots.part(found, 0)).toBe('one');
  });
});
