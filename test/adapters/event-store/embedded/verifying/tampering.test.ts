import type { DatabaseSync } from 'node:sqlite';
import { makeSqliteEventStore } from '../../../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { encodeEnvelope } from '../../../../../src/adapters/event-store/embedded/log-storage.ts';
import { verifyDataFile } from '../../../../../src/adapters/event-store/embedded/verifying/verify-data-file.ts';
import type { EventStore } from '../../../../../src/application/ports/event-store.ts';
import { writeAuditedLog } from '../../../../support/audited-log.ts';
import { temporaryDataFile } from '../../../../support/data-file.ts';
import { must, mustRun } from '../../../../support/must.ts';
import { describeTampering } from '../../../../support/tampering-suite.ts';
import type { Told } from '../../../../support/tamperings.ts';

const toldBy = async (store: Pick<EventStore, 'readAll'>): Promise<Told> =>
  (await mustRun(store.readAll(0, 1000))).map(({ stream, revision, position, ...event }) => ({
    stream,
    revision,
    position,
    event,
  }));

/** As somebody with an SQLite shell: rows are deleted and put in again. */
const rewriteFile = (db: DatabaseSync, told: Told, isClosed: boolean): void => {
  const isCounted = isClosed || told.some(({ position }) => position === null);
  const addStream = db.prepare('INSERT INTO streams (name) VALUES (?) ON CONFLICT DO NOTHING');
  const addEvent = db.prepare(
    'INSERT INTO events (position, stream, revision, body) VALUES (?, (SELECT id FROM streams WHERE name = ?), ?, ?)',
  );
  db.exec('BEGIN; DELETE FROM events');
  told.forEach(({ stream, revision, position, event }, index) => {
    addStream.run(stream);
    addEvent.run(isCounted ? index + 1 : position, stream, revision, encodeEnvelope(event));
  });
  db.exec('COMMIT');
};

describeTampering('a data file', async (told) => {
  const { file, remove } = await temporaryDataFile();
  const store = must(makeSqliteEventStore(file));
  await writeAuditedLog(store, told);
  const stored = await toldBy(store);
  return {
    read: async () => stored,
    rewrite: (next, isClosed) => rewriteFile(file.db, next, isClosed),
    audit: async () => must(await verifyDataFile(file.path)(() => undefined)),
    isGapless: true,
    close: async () => {
      await store.close();
      await remove();
    },
  };
});
