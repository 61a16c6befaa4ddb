import { readFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryDataFile } from '../../support/data-file.ts';

it('given rows written over in pages that were split, when purged, then no piece of them is left', async () => {
  const { file, remove } = await temporaryDataFile();
  onTestFinished(remove);
  await file.writer.run((db) => {
    db.exec(
      'CREATE TABLE people (number INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE INDEX by_name ON people (name)',
    );
    const insert = db.prepare('INSERT INTO people VALUES (?, ?)');
    for (let n = 0; n < 8_000; n += 1) insert.run((n * 7919) % 8_009, `Quackenbosch ${(n * 104_729) % 9_973}`);
  });
  await file.writer.run((db) => {
    const update = db.prepare("UPDATE people SET name = '(erased)' WHERE number = ?");
    for (let n = 0; n < 8_009; n += 1) update.run(n);
  });
  expect(await file.purge()).toBe(true);
  expect((await readFile(file.path, 'latin1')).includes('Quackenbosch')).toBe(false);
  expect((await readFile(`${file.path}-wal`)).length).toBe(0);
});
