import { EventStoreDBClient } from '@eventstore/db-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventStoreDbConfig } from '../../../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import { decodeBookingEvent } from '../../../../src/domain/log/decode.ts';
import type { EventStore } from '../../../../src/application/ports/event-store.ts';
import { collector, events, ids, left, right } from '../../../contract/event-store/harness.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

describe('going on over troubles (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  let store: EventStore;
  let problems: ReadonlyArray<string>;
  const open = async (config: Partial<EventStoreDbConfig> = {}): Promise<void> => {
    standIn = await startEventStoreDbStandIn();
    ({ store, problems } = await openStore(standIn.connectionString, config));
  };
  beforeEach(() => open({ watchdogMs: 100, readStallMs: 200, appendTimeLimitMs: 500 }));
  afterEach(async () => {
    await store.close();
    await standIn.close();
  });
  const fill = (stream: string, count: number) =>
    right(store.append({ stream, expected: 'no-stream', events: events(count) }));

  it('subscribes again when the server was restarted, without gap or duplicate', async () => {
    const { onEvents, until, seen } = collector();
    const subscription = store.subscribe({ after: 0, onEvents });
    await fill('booking-1', 5);
    await until(5);
    await standIn.restart();
    await fill('booking-2', 5);
    await until(10);
    await subscription.stop();
    expect(ids(seen)).toEqual(ids(await right(store.readAll(0, 100))));
    expect(problems.join()).toContain('a subscription broke');
  });

  it('subscribes again when a subscription stays silent though the log goes on', async () => {
    standIn.faults.next('subscribe', { kind: 'answer-never' });
    await fill('booking-1', 3);
    const { onEvents, until } = collector();
    const subscription = store.subscribe({ after: 0, onEvents });
    expect(await until(3)).toHaveLength(3);
    await subscription.stop();
    expect(problems.join()).toContain('nothing came for 100 ms');
  });

  it('leaves a slow consumer alone, however long it takes', async () => {
    await fill('booking-1', 3);
    const { onEvents, until } = collector();
    const subscription = store.subscribe({
      after: 0,
      batchSize: 1,
      onEvents: async (batch) => {
        // Longer than two looks of the watchdog.
        await new Promise((resolve) => setTimeout(resolve, 250));
        await onEvents(batch);
      },
    });
    await until(3);
    await subscription.stop();
    expect(problems).toEqual([]);
  });

  it('reads again when a read is cut, refused by an old leader, or never answered', async () => {
    await fill('booking-1', 3);
    standIn.faults.next('read', { kind: 'close-after', events: 1 });
    standIn.faults.next('read', { kind: 'not-leader', port: standIn.leaderPort() });
    standIn.faults.next('read', { kind: 'answer-never' });
    expect(await right(store.readStream('booking-1'))).toHaveLength(3);
    expect(standIn.faults.seen('read')).toBeGreaterThanOrEqual(4);
  });

  it('says that it is unavailable when reads fail for good', async () => {
    standIn.faults.always('read', { kind: 'cut' });
    expect(await left(store.readStream('booking-1'))).toMatchObject({ type: 'Unavailable' });
  });

  it('closes while the server is away', async () => {
    const subscription = store.subscribe({ after: 0, onEvents: async () => undefined });
    standIn.stop();
    await store.close();
    await expect(subscription.done).resolves.toBeUndefined();
  });

  describe('in a log that others use too', () => {
    const withClient = async (use: (client: EventStoreDBClient) => Promise<unknown>): Promise<void> => {
      const client = EventStoreDBClient.connectionString(standIn.connectionString);
      await use(client);
      await client.dispose();
    };
    const foreign = (count: number, stream = 'other-1') =>
      withClient((client) =>
        client.appendToStream(
          stream,
          Array.from({ length: count }, () => ({
            id: crypto.randomUUID(),
            contentType: 'application/json' as const,
            type: 'Other',
            data: {},
            metadata: undefined,
          })),
        ),
      );

    it('given an event in our streams that is nested too deeply, then what lies behind it can be read', async () => {
      const deep = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`);
      const event = { contentType: 'application/json', type: 'Other', data: deep, metadata: undefined } as const;
      await withClient((client) =>
        client.appendToStream('holdfast-booking-9', [{ ...event, id: crypto.randomUUID() }]),
      );
      await fill('booking-1', 2);
      const corrupt = await left(store.readAll(0, 10));
      expect(corrupt).toMatchObject({ type: 'Corrupt', position: expect.any(Number) });
      const position = corrupt.type === 'Corrupt' ? (corrupt.position ?? 0) : 0;
      expect(await right(store.readAll(position, 10))).toHaveLength(2);
    });

    it('passes over what is not its own', async () => {
      await foreign(600);
      const one = await fill('booking-1', 2);
      await foreign(600);
      const two = await fill('booking-2', 2);
      await foreign(600);
      expect(await right(store.head())).toBe(two.position);
      expect(await right(store.readAll(0, 3))).toHaveLength(3);
      expect((await right(store.readAll(one.position, 10))).map(({ stream }) => stream)).toEqual(
        Array.from({ length: 2 }, () => 'booking-2'),
      );
      const { onEvents, until } = collector();
      const subscription = store.subscribe({ after: 0, onEvents });
      expect(await until(4)).toHaveLength(4);
      await subscription.stop();
    });

    it('shows something in its own streams that it did not write as what nobody understands, and goes on', async () => {
      await foreign(1, 'holdfast-booking-9');
      await fill('booking-1', 2);
      const strange = { stream: 'booking-9', revision: 0, type: 'Other', version: 0, hash: '' };
      expect(await right(store.readStream('booking-9'))).toMatchObject([strange]);
      expect(await right(store.readAll(0, 10))).toMatchObject([strange, { stream: 'booking-1' }, { revision: 1 }]);
      const { onEvents, until } = collector();
      const subscription = store.subscribe({ after: 0, onEvents });
      expect(await until(3)).toMatchObject([strange, { revision: 0 }, { revision: 1 }]);
      const [decoded] = (await right(store.readStream('booking-9'))).map(decodeBookingEvent);
      expect(decoded).toMatchObject({ _tag: 'Left' });
      await subscription.stop();
    });

    it('goes on with the numbers of a stream that was deleted and is written again', async () => {
      await fill('booking-1', 3);
      await withClient((client) => client.deleteStream('holdfast-booking-1'));
      expect(await right(store.readStream('booking-1'))).toEqual([]);
      expect((await fill('booking-1', 2)).revision).toBe(4);
    });

    it('knows a lost answer even in a stream that was deleted', async () => {
      await fill('booking-1', 3);
      await withClient((client) => client.deleteStream('holdfast-booking-1'));
      standIn.faults.next('append', { kind: 'commit-and-forget' });
      expect((await fill('booking-1', 2)).revision).toBe(4);
      expect(await right(store.readStream('booking-1'))).toHaveLength(2);
    });

    it('says that a stream was tombstoned', async () => {
      await fill('booking-1', 1);
      await withClient((client) => client.tombstoneStream('holdfast-booking-1'));
      const tombstoned = { type: 'Corrupt', reason: 'the stream holdfast-booking-1 was deleted for good (tombstoned)' };
      expect(await left(store.readStream('booking-1'))).toEqual(tombstoned);
      const append = { stream: 'booking-1', expected: 0, events: events(1) } as const;
      expect(await left(store.append(append))).toEqual(tombstoned);
    });
  });
});
