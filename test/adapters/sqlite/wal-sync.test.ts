import type * as FileSystem from 'node:fs';
import { readlinkSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

/** The real call, seen and, where a test says so, held back or refused. */
const disk = vi.hoisted(() => ({
  synced: [] as string[],
  before: async (): Promise<void> => undefined,
}));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof FileSystem>();
  return {
    ...fs,
    fdatasync: (file: number, done: (error: Error | null) => void) => {
      disk.synced.push(readlinkSync(`/proc/self/fd/${file}`));
      disk.before().then(() => fs.fdatasync(file, done), done);
    },
  };
});

const event = (id: string) => ({
  id,
  type: 'SlotConfirmed',
  version: 1,
  data: { bookingUid: id },
  occurredAt: '2050-09-05T09:00:00Z',
  actor: { kind: 'system' as const },
  correlationId: id,
  causationId: null,
  hash: '',
});
const append = { stream: 'schedule-odd', expected: 'no-stream' as const, events: [event('one')] };

const opened = async () => {
  const { file, remove } = await temporaryDataFile();
  const store = must(makeSqliteEventStore(file));
  disk.synced = [];
  onTestFinished(async () => {
    disk.before = async () => undefined;
    await remove();
  });
  return { file, store };
};

describe('durable before the answer (I8)', () => {
  it('given an append, then the write-ahead log is synced; those that arrive together share the sync', async () => {
    const { file, store } = await opened();
    const streams = ['schedule-a', 'schedule-b', 'schedule-c'];
    await Promise.all(streams.map((stream) => mustRun(store.append({ ...append, stream }))));
    expect(disk.synced).toEqual([`${file.path}-wal`]);
  });

  it('given a disk that has not synced yet, then nobody is answered and nobody sees the event', async () => {
    const { store } = await opened();
    const gate = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    disk.before = () => {
      asked.resolve();
      return gate.promise;
    };
    let answered = false;
    const seen: string[] = [];
    const subscription = store.subscribe({
      after: 0,
      onEvents: async (events) => void seen.push(...events.map(({ id }) => id)),
    });
    const appending = mustRun(store.append(append)).then(() => {
      answered = true;
    });
    await asked.promise;
    expect(await mustRun(store.readStream('schedule-odd'))).toEqual([]);
    expect(await mustRun(store.readAll(0, 10))).toEqual([]);
    expect(await mustRun(store.head())).toBe(0);
    expect([answered, seen]).toEqual([false, []]);
    gate.resolve();
    await appending;
    expect(await mustRun(store.head())).toBe(1);
    await vi.waitFor(() => expect(seen).toEqual(['one']), { timeout: 20_000 });
    await subscription.stop();
  });

  it('given appends while the disk syncs, then they decide on what is written and are answered later', async () => {
    const { store } = await opened();
    const first = mustRun(store.append(append));
    const second = mustRun(store.append({ ...append, expected: 0, events: [event('two')] }));
    expect((await first).revision).toBe(0);
    expect((await second).revision).toBe(1);
  });

  it('given a sync that fails, then the outcome is unknown, nothing is shown, nothing more is written', async () => {
    const { store } = await opened();
    disk.before = () => Promise.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }));
    expect(await store.append(append)()).toMatchObject({ left: { type: 'OutcomeUnknown' } });
    expect(await mustRun(store.readStream('schedule-odd'))).toEqual([]);
    disk.before = async () => undefined;
    expect(await store.append({ ...append, stream: 'schedule-a' })()).toMatchObject({ left: { type: 'Unavailable' } });
  });
});
