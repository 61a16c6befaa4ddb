import { afterEach, describe, expect, it } from 'vitest';
import { countFellBehind } from '../../../../src/adapters/event-store/eventstoredb/feed.ts';
import { makeTestClock } from '../../../support/clock.ts';
import { collector, event, events, ids, right } from '../../../contract/event-store/harness.ts';
import { VERSIONS } from '../../../support/eventstoredb/server-version.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { type OpenedStore, openStore } from './opened-store.ts';

const BATCHES = 8;
const AT_ONCE = 100;
const TEXT = 'x'.repeat(8 * 1024);

describe('subscriptions that are too slow (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  let opened: OpenedStore;
  const open = async (olderServer: (typeof VERSIONS)[number]): Promise<void> => {
    standIn = await startEventStoreDbStandIn({ olderServer });
    opened = await openStore(standIn.connectionString);
  };
  afterEach(async () => {
    await opened.store.close();
    await standIn.close();
  });
  const write = async (batches: number, offset = 0): Promise<void> => {
    for (let batch = offset; batch < offset + batches; batch += 1) {
      const big = Array.from({ length: AT_ONCE }, () => event('Big', { text: TEXT }));
      await right(opened.store.append({ stream: `booking-${batch}`, expected: 'no-stream', events: big }));
    }
  };

  it.each(VERSIONS)(
    'given %s and a consumer that rests, then it goes on at once, and nobody warns',
    async (version) => {
      await open(version);
      const { onEvents, until, seen } = collector();
      const rest = Promise.withResolvers<void>();
      const subscription = opened.store.subscribe({
        after: 0,
        batchSize: 10,
        onEvents: async (batch) => {
          await onEvents(batch);
          await rest.promise;
        },
      });
      await right(opened.store.append({ stream: 'booking-first', expected: 'no-stream', events: events(1) }));
      await until(1);
      await write(BATCHES);
      rest.resolve();
      await until(1 + BATCHES * AT_ONCE);
      await subscription.stop();
      expect(ids(seen)).toEqual(ids(await right(opened.store.readAll(0, 10_000))));
      expect(opened.fellBehind()).toBeGreaterThan(0);
      expect(opened.problems).toEqual([]);
    },
  );

  it.each(['too-slow', 'too-slow-at-first'] as const)(
    'given a server that says %s after each event, then the rest is read in one page, without a pause',
    async (as) => {
      await open('23.10');
      const all = events(200);
      await right(opened.store.append({ stream: 'booking-1', expected: 'no-stream', events: all }));
      standIn.faults.always('subscribe', { kind: 'close-after', events: 1, as });
      const before = standIn.faults.seen('read');
      const { onEvents, until, seen } = collector();
      const subscription = opened.store.subscribe({ after: 0, onEvents });
      await until(200);
      expect(standIn.faults.seen('subscribe')).toBe(1);
      expect(standIn.faults.seen('read') - before).toBe(1);
      expect(opened.problems).toEqual([]);
      standIn.faults.clear();
      await right(opened.store.append({ stream: 'booking-2', expected: 'no-stream', events: events(1) }));
      await until(201);
      await subscription.stop();
      expect(seen).toHaveLength(201);
    },
  );

  it('given a server that says so though nothing is new, then it is asked with growing pauses', async () => {
    await open('23.10');
    standIn.faults.always('subscribe', { kind: 'close-after', events: 0, as: 'too-slow' });
    const subscription = opened.store.subscribe({ after: 0, onEvents: async () => undefined });
    await expect.poll(() => standIn.faults.seen('subscribe')).toBeGreaterThan(2);
    const begun = performance.now();
    await expect.poll(() => standIn.faults.seen('subscribe')).toBeGreaterThan(4);
    // The third and fourth pause are 200 ms and 400 ms without luck.
    expect(performance.now() - begun).toBeGreaterThan(400);
    await subscription.stop();
  });
});

describe('how often subscriptions fell behind', () => {
  it('is said once a minute, and only if one did', () => {
    const clock = makeTestClock();
    const said: Array<string> = [];
    const { note, total } = countFellBehind(clock, (message) => said.push(message));
    clock.advance(600_000);
    expect(said).toEqual([]);
    for (let count = 0; count < 42; count += 1) note();
    clock.advance(59_999);
    expect(said).toEqual([]);
    clock.advance(1);
    note();
    clock.advance(60_000);
    clock.advance(600_000);
    expect(said).toEqual([
      'subscriptions fell behind the log 42 times in a minute, and went on from where they were',
      'subscriptions fell behind the log 1 times in a minute, and went on from where they were',
    ]);
    expect(total()).toBe(43);
  });
});
