import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { localCalendarSchema } from '../../../src/adapters/calendars/local/event-rows.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { sealCalendars } from '../../../src/cli/local/sealed-calendars.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';

it('given many events, when people are sealed in a copy, then no piece of them is left in the clear', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const [path, keyFolder] = [join(folder.path, 'copy'), join(folder.path, 'keys')];
  const keys = must(await openSubjectKeys(keyFolder));
  keys.keyFor('runa@example.org');
  await keys.saved();
  const db = new DatabaseSync(path);
  for (const sql of localCalendarSchema.migrations) db.exec(sql);
  db.exec('BEGIN');
  const insert = db.prepare('INSERT INTO local_calendar_events VALUES (?, ?, ?, 0, 0, 0, ?)');
  for (let n = 0; n < 8_000; n += 1) {
    const attendees = [{ name: 'Quackenbosch', email: 'runa@example.org' }];
    const event = { sequence: 0, status: 'confirmed', summary: `Intro: Quackenbosch${'x'.repeat(n % 300)}`, attendees };
    insert.run('home', `${(n * 7919) % 8_009}@holdfast`, `uid-${n}`, JSON.stringify(event));
  }
  db.exec('COMMIT');
  db.close();
  sealCalendars(path, keyFolder);
  const content = await readFile(path, 'latin1');
  expect([content.includes('Quackenbosch'), content.includes('sealed')]).toEqual([false, true]);
});
