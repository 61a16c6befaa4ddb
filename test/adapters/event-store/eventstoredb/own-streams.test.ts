import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InternalEvent, OwnStreams } from '../../../../src/adapters/event-store/eventstoredb/own-streams.ts';
import { type EventStore, MAX_APPEND_BYTES } from '../../../../src/application/ports/event-store.ts';
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

  it('given no stream, when read, then there are no events', async () => {
    expect(await right(streams.read(STREAM))).toEqual([]);
    expect(await right(streams.read(STREAM, 7))).toEqual([]);
  });

  it('given two events, when read, also from the second on, then they come as written, with their place', async () => {
    const [one, two] = [own({ node: 'oslo-1' }), own({ list: [1, 'æøå', null] })];
    const written = await right(streams.append(STREAM, 'no-stream', [one, two]));
    const read = await right(streams.read(STREAM));
    expect(read).toMatchObject([
      { ...one, revision: 0 },
      { ...two, revision: 1 },
    ]);
    expect(read.at(-1)).toEqual({ ...two, ...written });
    expect(await right(streams.read(STREAM, 1))).toEqual(read.slice(1));
  });

  it('given an append, when repeated with the same ids, then the answer is the same, nothing is written', async () => {
    const [first, next] = [own(), own()];
    await right(streams.append(STREAM, 'no-stream', [first]));
    const answer = await right(streams.append(STREAM, 0, [next]));
    expect(await right(streams.append(STREAM, 0, [next]))).toEqual(answer);
    expect(await right(streams.read(STREAM))).toHaveLength(2);
  });

  it.each([
    ['no-stream', 0],
    [3, 0],
  ] as const)('given one event, when appended after %j, then it is a conflict', async (expected, actual) => {
    await right(streams.append(STREAM, 'no-stream', [own()]));
    const conflict = { type: 'RevisionConflict', stream: STREAM, expected, actual };
    expect(await left(streams.append(STREAM, expected, [own()]))).toEqual(conflict);
  });

  it('given twenty that append after the same event at once, then one of them has it', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => streams.append(STREAM, 'no-stream', [own()])()));
    expect(all.filter(({ _tag }) => _tag === 'Right')).toHaveLength(1);
    expect(await right(streams.read(STREAM))).toHaveLength(1);
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
    // A read that nobody answers is called off after 10 s.
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

  it('are no part of the log that is read, copied and audited', async () => {
    await right(streams.append(STREAM, 'no-stream', [own()]));
    expect(await right(store.readAll(0, 10))).toEqual([]);
    expect(await right(store.head())).toBe(0);
  });
});
