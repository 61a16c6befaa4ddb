import { hash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyStreamsInFile } from '../../../src/adapters/identity/api-key-stream.ts';
import { ensureFirstKey, openApiKeys } from '../../../src/adapters/identity/api-keys.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { makeTestClock } from '../../support/clock.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

const deps = { clock: makeTestClock(), environmentKey: null, isShared: false, onProblem: () => undefined };
const keysOf = async (file: DataFile) =>
  (await mustRun(openApiKeys({ ...deps, streams: must(keyStreamsInFile(file)) }))).keys;
const wanted = { name: 'front desk', roles: ['read'], hostId: null } as const;

/** A data file as releases with keys in a table left it: the table, and version 1 of its component. */
const givenOldFile = async (rows: ReadonlyArray<ReadonlyArray<string | null>>): Promise<DataFile> => {
  const { file, remove } = await temporaryDataFile();
  onTestFinished(remove);
  file.db.exec(`CREATE TABLE api_keys (
       id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, roles TEXT NOT NULL, host_id TEXT,
       created_at TEXT NOT NULL, revoked_at TEXT
     ) STRICT;
     INSERT INTO component_versions VALUES ('api-keys', 1)`);
  const insert = file.db.prepare('INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?)');
  for (const row of rows) insert.run(...row);
  return file;
};

const [DESK, ODD, GONE] = ['cal_desk', 'cal_odd', 'cal_gone'].map((key) => hash('sha256', key, 'hex'));
const oldRows = [
  ['key_2', 'Odd "the host" ☂', ODD ?? '', '["read","host"]', 'odd', '2050-08-02T00:00:00Z', null],
  ['key_1', 'front desk', DESK ?? '', '["read","book"]', null, '2050-08-01T00:00:00Z', null],
  ['key_3', 'gone', GONE ?? '', '["audit"]', null, '2050-08-03T00:00:00Z', '2050-08-04T00:00:00Z'],
];
const listed = [
  { id: 'key_1', name: 'front desk', roles: ['read', 'book'], hostId: null, revokedAt: null },
  { id: 'key_2', name: 'Odd "the host" ☂', roles: ['read', 'host'], hostId: 'odd', revokedAt: null },
  { id: 'key_3', name: 'gone', roles: ['audit'], hostId: null, revokedAt: '2050-08-04T00:00:00Z' },
];

describe('API keys in the data file', () => {
  it('given a file that is closed, when a key is made, then it fails, and none is taken for made', async () => {
    const { file, remove } = await temporaryDataFile();
    const keys = await keysOf(file);
    await remove();
    expect(await keys.create(wanted)()).toMatchObject(E.left({ type: 'Unavailable' }));
    expect(await keys.list()()).toEqual(E.right([]));
  });

  it('given a file with keys in a table, when it is opened, then all are there as they were, once', async () => {
    const file = await givenOldFile(oldRows);
    for (const keys of [await keysOf(file), await keysOf(file)]) {
      expect(await mustRun(keys.list())).toMatchObject(listed);
      expect(await keys.authenticate('cal_odd')()).toMatchObject(E.right({ id: 'key_2' }));
      expect(await keys.authenticate('cal_gone')()).toEqual(E.right(null));
      expect(await ensureFirstKey(keys)()).toEqual(E.right(null));
    }
    expect(file.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'api_keys'").get()).toBeUndefined();
  });

  it('given a file with keys in a table, when one is revoked and one made later, then that lasts', async () => {
    const file = await givenOldFile(oldRows);
    const keys = await keysOf(file);
    expect(await mustRun(keys.revoke('key_1'))).toBe('revoked');
    const { apiKey } = await mustRun(keys.create(wanted));
    const later = await mustRun((await keysOf(file)).list());
    expect(later.map(({ id, revokedAt }) => [id, revokedAt !== null])).toEqual([
      ['key_1', true],
      ['key_2', false],
      ['key_3', true],
      [apiKey.id, false],
    ]);
  });

  it('given an old file without a key, when it is opened, then a first key is made', async () => {
    const keys = await keysOf(await givenOldFile([]));
    expect((await mustRun(ensureFirstKey(keys))) !== null).toBe(true);
  });

  it('given a row that is damaged, when it is opened, then nothing of the table is lost', async () => {
    const [row = []] = oldRows;
    const file = await givenOldFile([...oldRows.slice(1), row.with(3, '["read"')]);
    expect(E.isLeft(keyStreamsInFile(file))).toBe(true);
    expect(file.db.prepare('SELECT count(*) AS keys FROM api_keys').get()).toEqual({ keys: 3 });
    expect(file.db.prepare('SELECT count(*) AS events FROM own_events').get()).toEqual({ events: 0 });
  });
});
