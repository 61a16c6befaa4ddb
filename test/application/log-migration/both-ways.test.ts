import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { CopyProgress } from '../../../src/application/log-migration/copying.ts';
import { type EventStore, MAX_APPEND_BYTES } from '../../../src/application/ports/event-store.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { mustMakeStore } from '../../support/event-store.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { mustRun } from '../../support/must.ts';
import { chained, contentOf, copying, notes, write } from './logs.ts';

type Opened = { readonly store: EventStore; readonly release: () => Promise<void> };
type Engine = readonly [name: string, open: () => Promise<Opened>];

const memory: Engine = [
  'memory',
  async () => {
    const store = makeMemoryEventStore();
    return { store, release: store.close };
  },
];
const sqlite: Engine = [
  'SQLite',
  async () => {
    const { file, remove } = await temporaryDataFile();
    return { store: mustMakeStore(file), release: remove };
  },
];
const eventStoreDb: Engine = [
  'EventStoreDB stand-in',
  async () => {
    const standIn = await startEventStoreDbStandIn();
    const { store } = await openStore(standIn.connectionString);
    return {
      store,
      release: async () => {
        await store.close();
        await standIn.close();
      },
    };
  },
];

const HALF = 'x'.repeat(MAX_APPEND_BYTES / 2 - 1000);
const strange = [{ text: 'Þórr 👩‍🚀 \u0000 \ud800 \u202e ㍿ ﷺ' }, { 'schlüssel 🗝': [null, -0.5, 1e-7, { '': true }] }];

describe.for([
  [memory, eventStoreDb],
  [eventStoreDb, memory],
  [sqlite, eventStoreDb],
  [eventStoreDb, sqlite],
  [memory, sqlite],
] as const)('a copy from %s', ([[fromName, openFrom], [toName, openTo]]) => {
  let from: Opened;
  let to: Opened;
  beforeEach(async () => {
    [from, to] = await Promise.all([openFrom(), openTo()]);
  });
  afterEach(async () => {
    await Promise.all([from.release(), to.release()]);
  });

  it(`given interleaved streams in ${fromName}, when copied to ${toName}, then they are the same there`, async () => {
    const [runa, odd] = [chained('booking-runa', notes(7)), chained('schedule-odd', notes(5))];
    await Promise.all([write(from.store, 'booking-runa', runa), write(from.store, 'schedule-odd', odd)]);
    const seen: Array<CopyProgress> = [];
    const report = await mustRun(copying(from.store, to.store, { onProgress: (progress) => void seen.push(progress) }));
    expect(report).toEqual({ events: 12, streams: 2, alreadyThere: 0 });
    expect(await contentOf(to.store)).toEqual(await contentOf(from.store));
    expect(seen.map(({ phase }) => phase)).toEqual(['copying', 'verifying', 'verifying']);
    expect(seen.every(({ done, total }) => done <= total) && seen.at(-1)).toMatchObject({ done: 2, total: 2 });
  });

  it(`given big events and strange text in ${fromName}, when copied to ${toName}, then nothing is changed`, async () => {
    const data = [{ text: HALF }, ...strange, { text: HALF }, { text: '€'.repeat(100_000) }];
    await write(from.store, 'booking-big', chained('booking-big', data));
    expect(await mustRun(copying(from.store, to.store))).toMatchObject({ events: 5 });
    expect(await contentOf(to.store)).toEqual(await contentOf(from.store));
  });

  it(`given a copy of ${fromName} in ${toName}, when the source has grown, then only that is copied`, async () => {
    const events = chained('booking-runa', notes(9));
    await write(from.store, 'booking-runa', events.slice(0, 4));
    await mustRun(copying(from.store, to.store));
    await write(from.store, 'booking-runa', events, 4);
    expect(await mustRun(copying(from.store, to.store))).toEqual({ events: 9, streams: 1, alreadyThere: 4 });
    expect(await contentOf(to.store)).toEqual(await contentOf(from.store));
  });

  it(`given an empty log in ${fromName}, when copied to ${toName}, then nothing was to do`, async () => {
    expect(await mustRun(copying(from.store, to.store))).toEqual({ events: 0, streams: 0, alreadyThere: 0 });
  });
});
