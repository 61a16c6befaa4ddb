import Database from 'better-sqlite3';
import type { Envelope } from '../../src/domain/log/envelope.ts';

/** The anchor: what a careful person writes in thirty lines on better-sqlite3. No revisions compared, no errors told. */
export const openBare = (path: string) => {
  const db = new Database(path);
  db.exec(`PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 5000;
    CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE events (position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL,
      body TEXT NOT NULL, UNIQUE (stream, revision));`);
  const addStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const addEvent = db.prepare('INSERT INTO events (stream, revision, body) VALUES (?, ?, ?)');
  const find = db.prepare(
    'SELECT position, revision, body FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?) ORDER BY revision',
  );
  const write = (stream: string, events: ReadonlyArray<Envelope>): void => {
    const id = addStream.run(stream).lastInsertRowid;
    events.forEach((event, revision) => {
      addEvent.run(id, revision, JSON.stringify(event));
    });
  };
  type Waiting = { readonly stream: string; readonly events: ReadonlyArray<Envelope>; readonly done: () => void };
  let queue: Array<Waiting> = [];
  const flush = db.transaction((batch: ReadonlyArray<Waiting>) => {
    for (const { stream, events } of batch) write(stream, events);
  });
  return {
    appendAlone: db.transaction(write),
    appendInGroup: (stream: string, events: ReadonlyArray<Envelope>): Promise<void> =>
      new Promise((done) => {
        queue.push({ stream, events, done });
        if (queue.length > 1) return;
        setImmediate(() => {
          const batch = queue;
          queue = [];
          flush(batch);
          for (const waiting of batch) waiting.done();
        });
      }),
    read: (stream: string): ReadonlyArray<unknown> =>
      find.all(stream).map((row) => JSON.parse((row as { readonly body: string }).body)),
    close: () => db.close(),
  };
};
