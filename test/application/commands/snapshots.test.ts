import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { makeBookingBuses } from '../../../src/application/commands/booking-buses.ts';
import { record } from '../../../src/application/commands/record.ts';
import { FOLD_PAGE_EVENTS, SNAPSHOT_EVERY } from '../../../src/application/commands/stream-loader.ts';
import type { EventStore, SnapshotHeader, Snapshots } from '../../../src/application/ports/event-store.ts';
import { GENESIS_HASH } from '../../../src/domain/log/hash-chain.ts';
import type { ScheduleEvent } from '../../../src/domain/schedule/schedule-state.ts';
import { toInstant } from '../../../src/domain/time/time.ts';
import { epochMs, slotConfirmed, slotHeld, slotReleased } from '../../../src/testing/index.ts';
import { mustRun } from '../../support/must.ts';
import { contextOf, countingIdentity } from '../process.helper.ts';

const stream = 'schedule-odd';

/** Kept in memory; what is in `header` and `parts` can be spoilt. */
const memorySnapshots = () => {
  const kept: { header: SnapshotHeader | null; parts: Array<string> } = { header: null, parts: [] };
  let saves = 0;
  const snapshots: Snapshots = {
    find: async () => kept.header,
    part: async (_, index) => kept.parts[index] ?? null,
    save: async (header, parts) => {
      kept.parts = [...parts];
      kept.header = { ...header, parts: kept.parts.length };
      saves += 1;
    },
  };
  return { kept, snapshots, saves: () => saves };
};

const story = (count: number): ReadonlyArray<ScheduleEvent> =>
  Array.from({ length: count }, (_, index) => {
    const start = toInstant(epochMs('10:00') + index * 3_600_000);
    const end = toInstant(epochMs('11:00') + index * 3_600_000);
    const held = slotHeld(`b${index}`, start, end);
    return index % 5 === 0 ? [held, slotReleased(`b${index}`)] : [held, slotConfirmed(`b${index}`)];
  }).flat();

const logOf = async (events: ReadonlyArray<ScheduleEvent>, command = 'history') => {
  const store = makeMemoryEventStore();
  const sealed = record(countingIdentity())(events, contextOf(command), GENESIS_HASH);
  for (let from = 0; from < sealed.length; from += 1000)
    await mustRun(
      store.append({ stream, expected: from === 0 ? 'no-stream' : from - 1, events: sealed.slice(from, from + 1000) }),
    );
  return store;
};

/** A process of its own on the log; how many events it read. */
const begin = (store: EventStore, snapshots?: Snapshots) => {
  let read = 0;
  const faults: Array<string> = [];
  const readStream: EventStore['readStream'] =
    (...part) =>
    async () => {
      const page = await store.readStream(...part)();
      if (E.isRight(page)) read += page.right.length;
      return page;
    };
  const buses = makeBookingBuses({
    store: { ...store, readStream },
    identity: countingIdentity(),
    ...(snapshots === undefined ? {} : { snapshots }),
    onSnapshotFault: (reason) => faults.push(reason),
  });
  return { load: () => mustRun(buses.schedules.load('odd')), read: () => read, faults };
};

describe('the fold of a long stream that is kept for the next start', () => {
  const events = story(2_000);
  let store: EventStore;
  let memory: ReturnType<typeof memorySnapshots>;
  beforeEach(async () => {
    store = await logOf(events);
    memory = memorySnapshots();
    await begin(store, memory.snapshots).load();
    await expect.poll(memory.saves).toBe(1);
  });

  it('given a start after it, then the last event and what follows is read, and the state is the same', async () => {
    const [last] = await mustRun(store.readStream(stream, events.length - 1));
    const more = record(countingIdentity())(
      [slotHeld('later', '06:00', '07:00')],
      contextOf('later'),
      last?.hash ?? '',
    );
    await mustRun(store.append({ stream, expected: events.length - 1, events: more }));
    const again = begin(store, memory.snapshots);
    const loaded = await again.load();
    expect(again.read()).toBe(2);
    const whole = await begin(store).load();
    expect({ ...loaded, state: null }).toEqual({ ...whole, state: null });
    expect(JSON.stringify(loaded.state, inFull)).toBe(JSON.stringify(whole.state, inFull));
    expect(memory.saves()).toBe(1);
  });

  it('given the log has another event there, then it counts for nothing', async () => {
    const other = await logOf(events, 'another history');
    const process = begin(other, memory.snapshots);
    expect((await process.load()).revision).toBe(events.length - 1);
    expect(process.read()).toBeGreaterThan(events.length);
    expect(memory.saves()).toBe(2);
  });

  it.each<readonly [string, (kept: ReturnType<typeof memorySnapshots>['kept']) => void, number]>([
    [
      'another version of the fold made it',
      (kept) => void (kept.header = kept.header && { ...kept.header, fold: 0 }),
      0,
    ],
    ['a part is missing', (kept) => void kept.parts.pop(), 0],
    ['a part is damaged', (kept) => void (kept.parts[0] = '[["held'), 1],
    ['it goes beyond the stream', (kept) => void (kept.header = kept.header && { ...kept.header, revision: 9_999 }), 0],
  ])('given %s, then the whole stream is folded', async (_, spoil, faults) => {
    spoil(memory.kept);
    const process = begin(store, memory.snapshots);
    expect((await process.load()).revision).toBe(events.length - 1);
    expect(process.read()).toBeGreaterThanOrEqual(events.length);
    expect(process.faults).toHaveLength(faults);
  });

  it('given it cannot be kept or read, then that is told, and the stream is folded all the same', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('disk'));
    const process = begin(store, { find: async () => null, part: broken, save: broken });
    expect((await process.load()).revision).toBe(events.length - 1);
    await expect.poll(() => process.faults).toEqual([expect.stringContaining('disk')]);
    const unread = begin(store, { find: broken, part: broken, save: async () => undefined });
    expect((await unread.load()).revision).toBe(events.length - 1);
    expect(unread.faults).toEqual([expect.stringContaining('disk')]);
  });

  it('given a short stream, then none is kept', async () => {
    const short = await logOf(story(SNAPSHOT_EVERY / 2 - 1));
    const own = memorySnapshots();
    const process = begin(short, own.snapshots);
    await process.load();
    expect(process.read()).toBeLessThan(SNAPSHOT_EVERY);
    expect(own.saves()).toBe(0);
    expect(FOLD_PAGE_EVENTS).toBeLessThan(SNAPSHOT_EVERY);
  });
});

/** Maps as sorted lists, so that two states can be compared whatever the order in which they came to be. */
const inFull = (_: string, value: unknown): unknown =>
  value instanceof Map ? [...value.entries()].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : value;
