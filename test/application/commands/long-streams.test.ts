import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { FOLD_PAGE_EVENTS } from '../../../src/application/commands/stream-loader.ts';
import { record } from '../../../src/application/commands/record.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { GENESIS_HASH } from '../../../src/domain/log/hash-chain.ts';
import { claimOf } from '../../../src/domain/schedule/schedule-state.ts';
import { slotConfirmed, slotHeld } from '../../../src/testing/index.ts';
import { mustRun } from '../../support/must.ts';
import { bootBuses, contextOf, countingIdentity } from '../process.helper.ts';

const PAGES = 8;
const EVENTS = PAGES * FOLD_PAGE_EVENTS;

/** A host's schedule of several pages, and a count of the events that are read from it. */
const longSchedule = async () => {
  const store = makeMemoryEventStore();
  const held = Array.from({ length: EVENTS / 2 }, (_, index) => slotHeld(`b${index}`, '10:00', '11:00'));
  const events = held.flatMap((one) => [one, slotConfirmed(one.data.bookingUid)]);
  const sealed = record(countingIdentity())(events, contextOf('history'), GENESIS_HASH);
  for (let from = 0; from < sealed.length; from += FOLD_PAGE_EVENTS) {
    const expected = from === 0 ? 'no-stream' : from - 1;
    await mustRun(
      store.append({ stream: 'schedule-odd', expected, events: sealed.slice(from, from + FOLD_PAGE_EVENTS) }),
    );
  }
  let read = 0;
  let largest = 0;
  const readStream: EventStore['readStream'] =
    (...part) =>
    async () => {
      const page = await store.readStream(...part)();
      const count = E.isRight(page) ? page.right.length : 0;
      read += count;
      largest = Math.max(largest, count);
      return page;
    };
  return { store: { ...store, readStream }, counts: () => ({ read, largest }) };
};

describe('a stream of many pages', () => {
  it('is folded page by page, and others have their turn in between', async () => {
    const { store, counts } = await longSchedule();
    let turns = 0;
    let loading = true;
    const others = async (): Promise<void> => {
      while (loading) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
    };
    const watching = others();
    const loaded = await mustRun(bootBuses(store).schedules.load('odd'));
    loading = false;
    await watching;
    expect(loaded.revision).toBe(EVENTS - 1);
    expect(claimOf(loaded.state, 'b0')).toMatchObject({ confirmed: true });
    expect(counts()).toEqual({ read: EVENTS, largest: FOLD_PAGE_EVENTS });
    expect(turns).toBeGreaterThanOrEqual(PAGES);
  });

  it('is folded once however many ask for it at the same time', async () => {
    const { store, counts } = await longSchedule();
    const buses = bootBuses(store);
    const asked = Array.from({ length: 20 }, () => mustRun(buses.schedules.load('odd')));
    const later = new Promise((resolve) => setTimeout(resolve)).then(() => mustRun(buses.schedules.load('odd')));
    const loaded = await Promise.all([...asked, later]);
    expect(new Set(loaded.map((one) => (one as { readonly revision: number }).revision))).toEqual(
      new Set([EVENTS - 1]),
    );
    // Those who ask in the very same turn have each read the first page.
    expect(counts().read).toBeLessThanOrEqual(EVENTS + 20 * FOLD_PAGE_EVENTS);
  });

  it('sees what was written before it was asked for, also while an earlier fold is under way', async () => {
    const { store } = await longSchedule();
    const buses = bootBuses(store);
    const early = mustRun(buses.schedules.load('odd'));
    await new Promise((resolve) => setImmediate(resolve));
    const [last] = (await mustRun(store.readStream('schedule-odd', EVENTS - 1))) ?? [];
    const sealed = record({ ...countingIdentity(), sha256: sha256Hex })(
      [slotHeld('late', '12:00', '13:00')],
      contextOf('late'),
      last?.hash ?? '',
    );
    await mustRun(store.append({ stream: 'schedule-odd', expected: EVENTS - 1, events: sealed }));
    const late = await mustRun(buses.schedules.load('odd'));
    await early;
    expect(claimOf(late.state, 'late')).toBeDefined();
  });

  it('is an error when a page of it cannot be read, and the next one who asks starts anew', async () => {
    const { store } = await longSchedule();
    let failures = 1;
    const failing: EventStore['readStream'] =
      (stream, from = 0, limit) =>
      async () => {
        if (from < 3 * FOLD_PAGE_EVENTS || failures === 0) return store.readStream(stream, from, limit)();
        failures -= 1;
        return E.left({ type: 'Unavailable', reason: 'disk' });
      };
    const buses = bootBuses({ ...store, readStream: failing });
    expect(await buses.schedules.load('odd')()).toMatchObject({ left: { type: 'Unavailable' } });
    expect((await mustRun(buses.schedules.load('odd'))).revision).toBe(EVENTS - 1);
  });
});
