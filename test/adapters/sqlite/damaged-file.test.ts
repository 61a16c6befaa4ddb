import { chmodSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFile, openDataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { describeDataFileError, QUICK_CHECK_BYTES } from '../../../src/adapters/sqlite/inspect-file.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';

const PAGE = 8192;
const notes = { component: 'notes', migrations: ['CREATE TABLE notes (text TEXT NOT NULL) STRICT'] };

/** Nobody's rights while it runs: root may write everywhere. */
const asNobody = <A>(task: () => A): A => {
  if (process.geteuid?.() !== 0) return task();
  process.seteuid?.(65_534);
  try {
    return task();
  } finally {
    process.seteuid?.(0);
  }
};

describe('a data file that cannot be used', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, 'holdfast.sqlite');
  });
  afterEach(() => folder.remove());

  const fill = async (file: DataFile, bytes: number): Promise<void> => {
    file.migrate(notes);
    for (let written = 0; written < bytes; written += 500_000) {
      await file.writer.run((db) => db.prepare('INSERT INTO notes VALUES (?)').run('x'.repeat(500_000)));
    }
  };
  const filledFile = async (bytes = 1_000_000): Promise<void> => {
    const file = mustOpen(path);
    await fill(file, bytes);
    await file.close();
  };
  const refused = (): string => {
    const before = readFileSync(path);
    const opened = openDataFile({ path });
    expect(readFileSync(path).equals(before)).toBe(true);
    if (E.isRight(opened)) return 'opened';
    expect(describeDataFileError(opened.left)).toContain(path);
    return opened.left.type;
  };
  const damagePage = (page: number): void => {
    const bytes = readFileSync(path);
    bytes.fill(0xff, page * PAGE, page * PAGE + 200);
    writeFileSync(path, bytes);
  };

  it('is no database', () => {
    writeFileSync(path, 'a letter to a friend '.repeat(100));
    expect(refused()).toBe('NotADatabase');
  });

  it('is a few bytes of something', () => {
    writeFileSync(path, 'hello');
    expect(refused()).toBe('NotADatabase');
  });

  it('is the database of another program', () => {
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(refused()).toBe('NotHoldfast');
  });

  it('was cut off in the middle', async () => {
    await filledFile();
    truncateSync(path, 40 * PAGE);
    expect(refused()).toBe('Truncated');
  });

  it('is there, and empty', () => {
    writeFileSync(path, '');
    expect(refused()).toBe('Empty');
  });

  it('was cut off inside its header', async () => {
    await filledFile();
    truncateSync(path, 60);
    expect(refused()).toBe('Truncated');
  });

  it('has a damaged page', async () => {
    await filledFile();
    damagePage(2);
    expect(refused()).toBe('Damaged');
  });

  it('has a damaged schema', async () => {
    await filledFile();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 100, 300);
    writeFileSync(path, bytes);
    expect(refused()).toBe('Damaged');
  });

  it('is gone while its log is still there', async () => {
    const file = mustOpen(path);
    await fill(file, 500_000);
    copyFileSync(`${path}-wal`, join(folder.path, 'kept-wal'));
    await file.close();
    rmSync(path);
    copyFileSync(join(folder.path, 'kept-wal'), `${path}-wal`);
    expect(openDataFile({ path })).toMatchObject({ left: { type: 'Damaged', path } });
  });

  it('may not be written', async () => {
    await filledFile();
    chmodSync(folder.path, 0o777);
    chmodSync(path, 0o444);
    expect(asNobody(refused)).toBe('NotWritable');
  });

  it('lies in a folder that may not be written', () => {
    chmodSync(folder.path, 0o555);
    const opened = asNobody(() => openDataFile({ path }));
    expect(opened).toMatchObject({ left: { type: 'NotWritable', path } });
    chmodSync(folder.path, 0o755);
  });

  it('lies in a folder that cannot be made', () => {
    writeFileSync(path, '');
    const inside = join(path, 'data', 'holdfast.sqlite');
    expect(openDataFile({ path: inside })).toMatchObject({ left: { type: 'NotWritable', path: inside } });
  });

  it('is let go again when it is refused', async () => {
    await filledFile();
    const whole = readFileSync(path);
    truncateSync(path, 40 * PAGE);
    expect(refused()).toBe('Truncated');
    writeFileSync(path, whole);
    await mustOpen(path).close();
  });

  it('is good, though shorter than its header says, when its log holds the missing pages', async () => {
    const file = mustOpen(path);
    await fill(file, 1_000_000);
    file.db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    const copy = join(folder.path, 'copy.sqlite');
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    await file.close();
    truncateSync(copy, 40 * PAGE);
    const opened = mustOpen(copy);
    expect(opened.db.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 2 });
    await opened.close();
  });

  it('is not read whole when it is big: that is the work of an audit', async () => {
    await filledFile(QUICK_CHECK_BYTES + 1_000_000);
    damagePage(3000);
    await mustOpen(path).close();
  });
});
