import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataFile, openDataFileReadOnly } from '../../../src/adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../../src/adapters/sqlite/inspect-file.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { endsWithTest } from '../../support/ends-with-test.ts';

const notes = { component: 'notes', migrations: ['CREATE TABLE notes (text TEXT NOT NULL) STRICT'] };

describe('data file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'data', 'holdfast.sqlite');
  });
  afterEach(() => folder.remove());

  const writeNote = async (text: string): Promise<void> => {
    const file = mustOpen(path);
    file.migrate(notes);
    await file.writer.run((db) => db.prepare('INSERT INTO notes VALUES (?)').run(text));
    await file.close();
  };

  it('makes the folder and the file', async () => {
    const file = mustOpen(path);
    expect(existsSync(path)).toBe(true);
    await file.close();
  });

  it('has what was written when it is opened again', async () => {
    await writeNote('kept');
    const file = mustOpen(path);
    expect(file.db.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'kept' }]);
    await file.close();
  });

  it('runs each migration once, and new ones when they are added', async () => {
    await writeNote('old');
    const file = mustOpen(path);
    const more = { ...notes, migrations: [...notes.migrations, "INSERT INTO notes VALUES ('migrated')"] };
    expect([file.migrate(more), file.migrate(more)]).toEqual([E.right(undefined), E.right(undefined)]);
    expect(file.db.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'old' }, { text: 'migrated' }]);
    await file.close();
  });

  it('leaves nothing of a migration that fails', async () => {
    const file = mustOpen(path);
    const broken = { component: 'notes', migrations: [...notes.migrations, 'not SQL'] };
    expect(file.migrate(broken)).toMatchObject({ left: { type: 'NotWritable', path } });
    expect(file.db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'notes'").get()).toEqual({ n: 0 });
    await file.close();
  });

  it('refuses a file of a newer version, and says which part', async () => {
    await writeNote('new');
    const file = mustOpen(path);
    const error = { type: 'NewerSchema', path, component: 'notes', found: 1, known: 0 };
    expect(file.migrate({ component: 'notes', migrations: [] })).toEqual(E.left(error));
    await file.close();
  });

  it('refuses to be opened a second time by the same process, and names the file', async () => {
    const file = mustOpen(path);
    const second = openDataFile({ path });
    expect(second).toEqual(E.left({ type: 'AlreadyOpen', path }));
    expect(E.isLeft(second) && describeDataFileError(second.left)).toContain(path);
    await file.close();
  });

  it('can be opened again once it is closed', async () => {
    await mustOpen(path).close();
    const again = mustOpen(path);
    await again.close();
  });

  it('refuses to be opened while another process has it, and is free when that one is killed', async () => {
    const holder = endsWithTest(
      spawn(process.execPath, [join(import.meta.dirname, 'hold-data-file.ts'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    await once(holder.stdout, 'data');
    expect(openDataFile({ path })).toEqual(E.left({ type: 'AlreadyOpen', path }));
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
    await mustOpen(path).close();
  });

  it('can be read by another connection while it is open', async () => {
    const file = mustOpen(path);
    file.migrate(notes);
    await file.writer.run((db) => db.prepare("INSERT INTO notes VALUES ('seen')").run());
    const reader = openDataFileReadOnly(path);
    if (E.isLeft(reader)) throw new Error(describeDataFileError(reader.left));
    expect(reader.right.db.prepare('SELECT text FROM notes').all()).toEqual([{ text: 'seen' }]);
    expect(() => reader.right.db.exec('DELETE FROM notes')).toThrow('readonly');
    reader.right.close();
    await file.close();
  });

  it('says so when there is nothing to read', () => {
    expect(openDataFileReadOnly(path)).toEqual(E.left({ type: 'Missing', path }));
  });

  it('writes what is queued before it closes', async () => {
    const file = mustOpen(path);
    file.migrate(notes);
    const queued = file.writer.run((db) => db.prepare("INSERT INTO notes VALUES ('queued')").run().changes);
    await file.close();
    expect(await queued).toBe(1);
  });
});
