import { copyFile, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bindFileToLog, makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { printHead, rotateKey } from '../../../src/cli/audit/head-commands.ts';
import { backUp } from '../../../src/cli/local/backup-command.ts';
import { restore } from '../../../src/cli/local/restore-command.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

describe('backup and restore', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const inFolder = (...names: ReadonlyArray<string>): string => join(folder.path, ...names);
  beforeEach(async () => {
    folder = await temporaryFolder();
    await append('booking-runa');
  });
  afterEach(() => folder.remove());

  const append = async (...streams: ReadonlyArray<string>): Promise<void> => {
    const file = mustOpen(inFolder('data', DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    for (const stream of streams)
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
    await store.close();
    await file.close();
  };
  const run = async (data: string, command: (context: CliContext) => Promise<number>) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env: { HOLDFAST_DATA: inFolder(data) }, end: () => undefined });
    return { code, stdout: terminal.written.out.join('\n'), stderr: terminal.written.err.join('\n') };
  };
  const backedUp = (name = 'backup') => run('data', (context) => backUp(context, inFolder(name), {}));
  const restored = (data: string, options = {}, name = 'backup') =>
    run(data, (context) => restore(context, inFolder(name), options));
  const rootIn = async (data: string): Promise<string> => (await run(data, (context) => printHead(context, {}))).stdout;

  it('given a backup, when it is restored, then the signed head of its log is the same', async () => {
    const before = await rootIn('data');
    expect(await backedUp()).toMatchObject({ code: 0, stdout: expect.stringContaining('6 events, up to position 6') });
    expect((await stat(inFolder('backup'))).mode & 0o777).toBe(0o600);
    expect(await restored('other')).toMatchObject({ code: 0, stdout: expect.stringContaining('6 events') });
    expect(await rootIn('other')).toBe(before);
    expect(await readFile(inFolder('other', 'head-key.pem'), 'utf8')).toBe(
      await readFile(inFolder('data', 'head-key.pem'), 'utf8'),
    );
    expect((await stat(inFolder('other', DATA_FILE))).mode & 0o777).toBe(0o600);
  });

  it('given a rotated key of heads, when it is restored, then heads of the earlier key are believed', async () => {
    const kept = inFolder('kept.txt');
    await writeFile(kept, `${await rootIn('data')}\n`);
    expect(await run('data', (context) => rotateKey(context, {}))).toMatchObject({ code: 0 });
    expect(await backedUp()).toMatchObject({ code: 0 });
    expect(await restored('other')).toMatchObject({ code: 0 });
    expect(await run('other', (context) => verifyLog(context, { since: kept }))).toMatchObject({ code: 0 });
  });

  it('given a log that is written to all the while, then the backup is of one moment and verified', async () => {
    const file = mustOpen(inFolder('data', DATA_FILE));
    const store = must(makeSqliteEventStore(file));
    let isOver = false;
    const writing = (async () => {
      for (let n = 0; !isOver; n += 1) {
        const stream = `booking-${n}`;
        await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
      }
    })();
    const [first, second] = [await backedUp('first'), await backedUp('second')];
    isOver = true;
    await writing;
    const events = must(await store.head()());
    await store.close();
    await file.close();
    expect([first.code, second.code]).toEqual([0, 0]);
    const counts = [first, second].map(({ stdout }) => Number(/(\d+) events/u.exec(stdout)?.[1]));
    expect(counts[0]).toBeGreaterThanOrEqual(6);
    expect(counts[1]).toBeGreaterThan(counts[0] ?? 0);
    expect(events).toBeGreaterThanOrEqual(counts[1] ?? 0);
    expect(await restored('other', {}, 'second')).toMatchObject({ code: 0 });
  });

  it('given a file of that name, a data folder in use, or what is left of one, then nothing is overwritten', async () => {
    await backedUp();
    expect(await backedUp()).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    expect(await restored('data')).toMatchObject({ code: 1, stderr: expect.stringContaining('stop the server') });
    await rm(inFolder('data', DATA_FILE));
    await writeFile(inFolder('data', `${DATA_FILE}-wal`), 'newest events');
    expect(await restored('data')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`${DATA_FILE}-wal is there`),
    });
  });

  it.each([
    ['nothing', async () => undefined, 'does not exist'],
    [
      'another file',
      (path: string) => writeFile(path, 'no database at all, whatever it may be '.repeat(5)),
      'not an SQLite',
    ],
    [
      'a data file',
      (path: string) => copyFile(join(path, '..', 'data', DATA_FILE), path),
      'is a data file and no backup',
    ],
  ])('given %s, then it is not restored', async (_, make, reason) => {
    await make(inFolder('backup'));
    expect(await restored('other')).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    await expect(stat(inFolder('other', DATA_FILE))).rejects.toThrow('ENOENT');
  });

  it('given a backup whose last event was cut off, then it is restored only where that is asked for', async () => {
    await backedUp();
    const db = new DatabaseSync(inFolder('backup'));
    db.exec('DELETE FROM events WHERE position = 6');
    db.close();
    expect(await restored('other')).toMatchObject({ code: 1, stderr: expect.stringContaining('it was changed since') });
    await expect(stat(inFolder('other', DATA_FILE))).rejects.toThrow('ENOENT');
    expect(await restored('other', { force: true })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('changed'),
    });
  });

  it('given a backup that says nonsense of itself, then it is refused in words', async () => {
    await backedUp();
    const db = new DatabaseSync(inFolder('backup'));
    db.prepare("UPDATE backup_enclosed SET content = ? WHERE name = 'about.json'").run(Buffer.from('{'));
    db.close();
    expect(await restored('other')).toMatchObject({ code: 1, stderr: expect.stringContaining('it was changed') });
  });

  it.each([
    ['a table beside the log', "UPDATE component_versions SET version = version + 1 WHERE component = 'log'"],
    ['the schema', 'CREATE TABLE more (id INTEGER)'],
    ['a key of heads', "UPDATE backup_enclosed SET content = x'00' WHERE name = 'head-key.pem'"],
  ])('given a backup in which somebody or a disk changed %s, then it is refused', async (_, change) => {
    await rootIn('data');
    await backedUp();
    const db = new DatabaseSync(inFolder('backup'));
    db.exec(change);
    db.close();
    expect(await restored('other')).toMatchObject({ code: 1, stderr: expect.stringContaining('beside the log') });
    await expect(stat(inFolder('other', DATA_FILE))).rejects.toThrow('ENOENT');
  });

  it('given keys that go into the backup itself, a link, or no folder, then nothing is written', async () => {
    const apart = (path: string, to = 'backup') =>
      run('data', (context) => backUp(context, inFolder(to), { keys: { to: 'file', path: inFolder(path) } }));
    expect(await apart('backup')).toMatchObject({ code: 1, stderr: expect.stringContaining('[file_exists]') });
    expect(await apart('nowhere/keys')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('[privacy_keys_unwritable]'),
    });
    await symlink(inFolder('nowhere'), inFolder('link'));
    expect(await backedUp('link')).toMatchObject({ code: 1, stderr: expect.stringContaining('[file_exists]') });
    // The keys go again where the backup cannot be written.
    const db = new DatabaseSync(inFolder('data', DATA_FILE));
    db.exec('CREATE TABLE backup_enclosed (id INTEGER)');
    db.close();
    expect(await apart('keys')).toMatchObject({ code: 1 });
    for (const name of ['backup', 'keys', 'backup.part']) await expect(stat(inFolder(name))).rejects.toThrow('ENOENT');
  });

  it('given a log that cannot be read, then nothing is written', async () => {
    const db = new DatabaseSync(inFolder('data', DATA_FILE));
    db.exec('ALTER TABLE events RENAME COLUMN body TO other');
    db.close();
    const made = await backedUp();
    expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing was written') });
    await expect(stat(inFolder('backup'))).rejects.toThrow('ENOENT');
    await expect(stat(inFolder('backup.part'))).rejects.toThrow('ENOENT');
  });

  it('given a log that is broken, then the backup is made and says so, and is restored only where asked', async () => {
    const db = new DatabaseSync(inFolder('data', DATA_FILE));
    db.exec('DELETE FROM events WHERE position = 3');
    db.close();
    expect(await backedUp()).toMatchObject({ code: 1, stderr: expect.stringContaining('the log in it is broken') });
    expect(await restored('other')).toMatchObject({ code: 1, stderr: expect.stringContaining('broken') });
    expect(await restored('other', { force: true })).toMatchObject({ code: 0 });
  });

  it('given a log in EventStoreDB, then the rest of the folder is backed up, and that is said', async () => {
    const file = mustOpen(inFolder('node', DATA_FILE));
    must(bindFileToLog(file, 'eventstoredb'));
    await file.close();
    const made = await run('node', (context) => backUp(context, inFolder('backup'), {}));
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('the log is in EventStoreDB') });
    expect(await restored('other')).toMatchObject({ code: 0, stdout: expect.stringContaining('EventStoreDB') });
  });
});
