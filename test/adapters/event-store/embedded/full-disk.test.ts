import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFile } from '../../../../src/adapters/sqlite/data-file.ts';
import type { EventStore } from '../../../../src/application/ports/event-store.ts';
import { event, left, right } from '../../../contract/event-store/harness.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';
import { mustMakeStore } from '../../../support/event-store.ts';

const FULL = { type: 'Unavailable', reason: 'the disk is full: nothing was written' };
const big = () => event('Big', { text: 'x'.repeat(100_000) });

describe('a full disk', () => {
  let file: DataFile;
  let store: EventStore;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ file, remove } = await temporaryDataFile());
    store = mustMakeStore(file);
  });
  afterEach(async () => {
    await store.close();
    await remove();
  });

  /** Room for so many more pages of 8 KiB. */
  const leaveRoom = (pages: number): void => {
    const count = file.db.prepare('PRAGMA page_count').get()?.page_count;
    file.db.exec(`PRAGMA max_page_count = ${Number(count) + pages}`);
  };
  /** Appends until the disk is full; answers how many were acknowledged. */
  const fillUp = async (): Promise<number> => {
    for (let n = 0; ; n += 1) {
      const result = await store.append({ stream: `booking-${n}`, expected: 'no-stream', events: [big()] })();
      if (E.isRight(result)) continue;
      expect(result.left).toEqual(FULL);
      return n;
    }
  };

  it('makes the append unavailable and says why; what was acknowledged is intact', async () => {
    leaveRoom(60);
    const acknowledged = await fillUp();
    expect(acknowledged).toBeGreaterThan(0);
    expect(await right(store.readAll(0, 1000))).toHaveLength(acknowledged);
    expect(await right(store.head())).toBe(acknowledged);
  });

  it('leaves nothing half-written of a batch that does not fit', async () => {
    leaveRoom(20);
    const batch = { stream: 'booking-1', expected: 'no-stream', events: [event(), big(), big()] } as const;
    expect(await left(store.append(batch))).toEqual(FULL);
    expect(await right(store.readStream('booking-1'))).toEqual([]);
    expect(await right(store.head())).toBe(0);
  });

  it('leaves nothing of several appends in order when one does not fit', async () => {
    leaveRoom(20);
    const claim = { stream: 'schedule-1', expected: 'no-stream', events: [event()] } as const;
    const booking = { stream: 'booking-1', expected: 'no-stream', events: [big(), big()] } as const;
    expect(await left(store.appendInOrder([claim, booking]))).toEqual(FULL);
    expect(await right(store.readStream('schedule-1'))).toEqual([]);
  });

  it('lets the appends beside one that does not fit succeed', async () => {
    leaveRoom(20);
    const results = await Promise.all([
      store.append({ stream: 'booking-1', expected: 'no-stream', events: [event('Small')] })(),
      store.append({ stream: 'booking-2', expected: 'no-stream', events: [big(), big()] })(),
      store.append({ stream: 'booking-3', expected: 'no-stream', events: [event('Small')] })(),
    ]);
    expect(results.map(E.isRight)).toEqual([true, false, true]);
    expect((await right(store.readAll(0, 10))).map((each) => each.stream)).toEqual(['booking-1', 'booking-3']);
  });

  it('works again once there is room, at the revisions where it stood', async () => {
    leaveRoom(40);
    await right(store.append({ stream: 'booking-x', expected: 'no-stream', events: [event()] }));
    await fillUp();
    const batch = { stream: 'booking-x', expected: 0, events: [event(), big(), big()] } as const;
    expect(await left(store.append(batch))).toEqual(FULL);
    leaveRoom(1000);
    expect((await right(store.append(batch))).revision).toBe(3);
    const log = await right(store.readAll(0, 1000));
    expect(log.map((each) => each.position)).toEqual(log.map((_, index) => index + 1));
  });

  it('tells subscribers only about what was written, nothing of what was taken back', async () => {
    leaveRoom(20);
    const takenBack = { stream: 'booking-y', expected: 'no-stream', events: [event(), big(), big()] } as const;
    const seen: Array<number> = [];
    const subscription = store.subscribe({
      after: 0,
      onEvents: async (events) => {
        seen.push(...events.map((each) => each.position));
      },
    });
    expect(await left(store.append(takenBack))).toEqual(FULL);
    leaveRoom(40);
    const acknowledged = await fillUp();
    await expect.poll(() => seen).toEqual(Array.from({ length: acknowledged }, (_, index) => index + 1));
    await subscription.stop();
  });
});
