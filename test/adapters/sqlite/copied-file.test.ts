import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as E from 'fp-ts/lib/Either.js';
import { openDataFile, openDataFileReadOnly } from '../../../src/adapters/sqlite/data-file.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';

const given = async () => {
  const { path: folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const path = join(folder, 'holdfast.sqlite');
  const file = must(openDataFile({ path }));
  onTestFinished(() => file.close());
  await file.writer.run((db) => db.exec('CREATE TABLE t (a TEXT) STRICT'));
  mkdirSync(join(folder, 'other'));
  return { folder, path, file, other: join(folder, 'other', 'holdfast.sqlite') };
};

const refusal = (path: string): unknown => {
  const opened = openDataFile({ path });
  if (E.isLeft(opened)) return opened.left.type;
  onTestFinished(() => opened.right.close());
  return 'opened';
};

describe('a copy of a data file', () => {
  it('given a copy without the log of a file in use, when opened, then it is refused, for reading too', async () => {
    const { path, other } = await given();
    copyFileSync(path, other);
    expect(refusal(other)).toBe('WithoutWal');
    expect(openDataFileReadOnly(other)).toMatchObject({ left: { type: 'WithoutWal' } });
    // What the refusal says to do where the copy is whole all the same.
    writeFileSync(`${other}-wal`, '');
    expect(refusal(other)).toBe('opened');
  });

  it('given both files, or a copy after a stop, when opened, then all is there', async () => {
    const { path, file, other } = await given();
    copyFileSync(path, other);
    copyFileSync(`${path}-wal`, `${other}-wal`);
    const copy = must(openDataFile({ path: other }));
    expect(copy.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 't'").get()).toBeDefined();
    await copy.close();
    await file.close();
    copyFileSync(path, other);
    expect([existsSync(`${path}-wal`), refusal(other)]).toEqual([false, 'opened']);
  });

  it.each(['process.exit(3)', "throw new Error('a fault')", "process.kill(process.pid, 'SIGKILL')"])(
    'given a process that ended by %s, when its file is opened, then it is taken',
    async (end) => {
      const { path: folder, remove } = await temporaryFolder();
      onTestFinished(remove);
      const path = join(folder, 'holdfast.sqlite');
      const module = pathToFileURL(
        fileURLToPath(new URL('../../../src/adapters/sqlite/data-file.ts', import.meta.url)),
      );
      const script = `import { openDataFile } from '${module.href}';
openDataFile({ path: ${JSON.stringify(path)} }).right.db.exec('CREATE TABLE t (a TEXT) STRICT');
${end};`;
      expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' })).toThrow();
      expect(refusal(path)).toBe('opened');
    },
  );
});

describe('other names of a data file', () => {
  it('given a symbolic link, or the file moved while it is open, when opened, then it is in use', async () => {
    const { path, other } = await given();
    symlinkSync(path, other);
    expect(refusal(other)).toBe('AlreadyOpen');
    const moved = `${other}-moved`;
    renameSync(path, moved);
    renameSync(`${path}-wal`, `${moved}-wal`);
    expect(refusal(moved)).toBe('AlreadyOpen');
    renameSync(moved, path);
    renameSync(`${moved}-wal`, `${path}-wal`);
  });

  it('given a hard link, when opened by either name, then it is refused', async () => {
    const { path, file, other } = await given();
    await file.close();
    linkSync(path, other);
    expect([refusal(other), refusal(path)]).toEqual(['ManyNames', 'ManyNames']);
  });
});
