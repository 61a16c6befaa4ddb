import { join } from 'node:path';
import { lockFile } from '../../src/adapters/sqlite/file-lock.ts';
import { replayBookings } from '../../src/adapters/read-model/replay-bookings.ts';
import { rebuildReadModel } from '../../src/adapters/read-model/rebuild.ts';
import { makeLog } from './make-log.ts';
import type { Variant } from './measure.ts';
import { must, openStore, temporaryFolder } from './store.ts';

const PAGE_ROWS = 1_000;

export type ReplayBench = {
  readonly path: string;
  readonly bookings: number;
  /** The anchor: the log's pages of 1000 rows and JSON.parse, nothing else. */
  readonly parsing: Variant;
  readonly replay: Variant;
  readonly rebuild: Variant;
  readonly close: () => Promise<void>;
};

const perSecond = async (events: number, run: () => Promise<number> | number): Promise<number> => {
  const start = performance.now();
  const found = await run();
  if (found !== events) throw new Error(`${events} events were expected, ${found} found`);
  return (events / (performance.now() - start)) * 1000;
};

/** A log of so many events in a folder of its own, and what is measured on it, each in events per second. */
export const prepareReplay = async (events: number): Promise<ReplayBench> => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'log.sqlite');
  const { file, store } = openStore(path);
  const made = await makeLog(store, events);
  const page = file.db.prepare(
    `SELECT position, name, revision, body FROM events JOIN streams ON streams.id = events.stream
     WHERE position > ? ORDER BY position LIMIT ${PAGE_ROWS}`,
  );
  const parseAll = (): number => {
    let found = 0;
    for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.position ?? null)) {
      for (const { body } of rows) if (typeof JSON.parse(String(body)) === 'object') found += 1;
    }
    return found;
  };
  return {
    path,
    bookings: made.bookings,
    parsing: { name: 'pages of 1000 and JSON.parse', run: () => perSecond(made.events, parseAll) },
    replay: {
      name: 'replay into bookings',
      run: () => perSecond(made.events, async () => (await must(replayBookings(store))).events),
    },
    rebuild: {
      name: 'rebuild of the whole read model',
      run: () =>
        perSecond(
          made.events,
          async () =>
            (await must(rebuildReadModel({ log: store, folder: join(folder.path, 'model'), lock: lockFile }))).events,
        ),
    },
    close: async () => {
      await store.close();
      await file.close();
      folder.remove();
    },
  };
};
