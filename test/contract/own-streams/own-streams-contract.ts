import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  type EventStore,
  MAX_APPEND_BYTES,
  type InternalEvent,
  type OwnStreams,
} from '../../../src/application/ports/event-store.ts';
import { left, right } from '../event-store/harness.ts';

const STREAM = 'installation-holdfast';

const own = (data: Record<string, unknown> = {}): InternalEvent => ({
  id: randomUUID(),
  type: 'SomethingAgreed',
  data,
});

export type OwnStreamsUnderTest = {
  readonly streams: OwnStreams;
  /** The log beside them. */
  readonly store: EventStore;
  readonly close: () => Promise<void>;
};

/** Every place that an installation's own streams are kept in passes these. */
export const ownStreamsContract = (name: string, open: () => Promise<OwnStreamsUnderTest>): void => {
  describe(`own streams of the installation, ${name}`, () => {
    let store: EventStore;
    let streams: OwnStreams;
    beforeEach(async () => {
      const opened = await open();
      ({ store, streams } = opened);
      onTestFinished(opened.close);
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

    it('given a stream, when its last event is asked for, then it is that; none where there is no stream', async () => {
      expect(await right(streams.readLast(STREAM))).toBeNull();
      await right(streams.append(STREAM, 'no-stream', [own(), own({ last: true })]));
      expect(await right(streams.readLast(STREAM))).toMatchObject({ revision: 1, data: { last: true } });
    });

    it('given three events, when all but the last are forgotten, then appends go on after it', async () => {
      await right(streams.append(STREAM, 'no-stream', [own(), own(), own({ last: true })]));
      await right(streams.trim(STREAM, 2));
      expect(await right(streams.read(STREAM))).toMatchObject([{ revision: 2, data: { last: true } }]);
      await right(streams.append(STREAM, 2, [own({ next: true })]));
      expect(await right(streams.readLast(STREAM))).toMatchObject({ revision: 3, data: { next: true } });
    });

    it('given two streams, when read, then each has its own events', async () => {
      await right(streams.append(STREAM, 'no-stream', [own({ of: 'one' })]));
      await right(streams.append('installation-other', 'no-stream', [own({ of: 'other' })]));
      expect(await right(streams.read(STREAM))).toMatchObject([{ revision: 0, data: { of: 'one' } }]);
    });

    it('given more than 1 MiB, when appended, then it is too large and nothing is written', async () => {
      const error = await left(streams.append(STREAM, 'no-stream', [own({ text: 'x'.repeat(MAX_APPEND_BYTES) })]));
      expect(error).toMatchObject({ type: 'TooLarge', limit: MAX_APPEND_BYTES });
      expect(await right(streams.read(STREAM))).toEqual([]);
    });

    it('are no part of the log that is read, copied and audited', async () => {
      await right(streams.append(STREAM, 'no-stream', [own()]));
      expect(await right(store.readAll(0, 10))).toEqual([]);
      expect(await right(store.head())).toBe(0);
    });
  });
};
