import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type InternalEvent,
  type OwnStreams,
  type EventStore,
  MAX_APPEND_BYTES,
} from '../../../../src/application/ports/event-store.ts';
import { left, right } from '../../../contract/event-store/harness.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from './opened-store.ts';

const STREAM = 'installation-holdfast';
/** Milliseconds. */
const LIMIT = 150;

const own = (data: Record<string, unknown> = {}): InternalEvent => ({
  id: randomUUID(),
  type: 'SomethingAgreed',
  data,
});

describe('streams of the machinery (EventStoreDB stand-in)', () => {
  let standIn: EventStoreDbStandIn;
  let store: EventStore;
  let streams: OwnStreams;
  beforeEach(async () => {
    standIn = await startEventStoreDbStandIn();
    ({ store, ownStreams: streams } = await openStore(standIn.connectionString, { appendTimeLimitMs: LIMIT }));
  });
  afterEach(async () => {
    await store.close();
    await standIn.close();
  });

  it('given more than 1 MiB, when appended, then it is too large and nothing is sent', async () => {
    const error = await left(streams.append(STREAM, 'no-stream', [own({ text: 'x'.repeat(MAX_APPEND_BYTES) })]));
    expect(error).toMatchObject({ type: 'TooLarge', limit: MAX_APPEND_BYTES });
    expect(standIn.faults.seen('append')).toBe(0);
  });

  it.each(['commit-and-cut', 'commit-and-forget', 'cut', 'answer-never'] as const)(
    'given a fault, %s, when appended, then it is written once',
    async (kind) => {
      standIn.faults.next('append', { kind });
      expect((await right(streams.append(STREAM, 'no-stream', [own()]))).revision).toBe(0);
      expect(standIn.faults.seen('append')).toBe(2);
      expect(await right(streams.read(STREAM))).toHaveLength(1);
    },
  );

  it('given nobody who answers, when appended and read, then it says so', async () => {
    standIn.faults.always('append', { kind: 'answer-never' });
    expect(await left(streams.append(STREAM, 'no-stream', [own()]))).toMatchObject({ type: 'OutcomeUnknown' });
    standIn.faults.always('read', { kind: 'cut' });
    expect(await left(streams.read(STREAM))).toMatchObject({ type: 'Unavailable' });
  });

  it('given a store that is closed, when a read is under way or anything begins, then it ends at once', async () => {
    standIn.faults.always('read', { kind: 'answer-never' });
    const read = left(streams.read(STREAM));
    await expect.poll(() => standIn.faults.seen('read')).toBe(1);
    const begun = performance.now();
    await store.close();
    expect(await read).toMatchObject({ type: 'Unavailable' });
    expect(await left(streams.append(STREAM, 'no-stream', [own()]))).toMatchObject({ type: 'Unavailable' });
    expect(await left(streams.read(STREAM))).toMatchObject({ type: 'Unavailable' });
    // A read that nobody answers is cancelled after 10 s.
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('given a read under way, when its client is replaced, then it is read anew from its beginning', async () => {
    await right(streams.append(STREAM, 'no-stream', [own(), own()]));
    standIn.faults.next('read', { kind: 'answer-never' });
    const read = right(streams.read(STREAM));
    await expect.poll(() => standIn.faults.seen('read')).toBe(1);
    standIn.faults.next('append', { kind: 'answer-never' });
    await right(streams.append(STREAM, 1, [own()]));
    expect((await read).slice(0, 2)).toMatchObject([{ revision: 0 }, { revision: 1 }]);
  });
});
