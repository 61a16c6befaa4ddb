import { describe, expect, it } from 'vitest';
import { collector, type Engine, event, events, freshStore, ids, right } from './harness.ts';

export const subscribingAtTheEdges = (engine: Engine) =>
  describe('subscribing, at the edges', () => {
    const store = freshStore(engine);
    const write = (stream: string, count: number) => {
      const written = events(count);
      return right(store().append({ stream, expected: 'no-stream', events: written })).then((answer) => ({
        written,
        answer,
      }));
    };

    it('waits for the first event of an empty log', async () => {
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: 0, onEvents });
      const { written } = await write('booking-1', 2);
      expect(ids(await until(2))).toEqual(ids(written));
      await subscription.stop();
    });

    it('delivers from the head on what is new alone', async () => {
      const { answer } = await write('booking-1', 3);
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: answer.position, onEvents });
      const { written } = await write('booking-2', 2);
      expect(ids(await until(2))).toEqual(ids(written));
      await subscription.stop();
    });

    it('starts in the middle of what was one append', async () => {
      const { written } = await write('booking-1', 4);
      const [, second] = await right(store().readAll(0, 2));
      const { onEvents, until } = collector();
      const subscription = store().subscribe({ after: second?.position ?? 0, onEvents });
      expect(ids(await until(2))).toEqual(ids(written.slice(2)));
      await subscription.stop();
    });

    it('lets a handler append, and delivers that too', async () => {
      const { onEvents, until } = collector();
      const subscription = store().subscribe({
        after: 0,
        onEvents: async (batch) => {
          for (const { stream } of batch.filter((one) => one.stream.startsWith('booking'))) {
            await right(
              store().append({
                stream: stream.replace('booking', 'schedule'),
                expected: 'no-stream',
                events: [event('Told')],
              }),
            );
          }
          await onEvents(batch);
        },
      });
      await write('booking-1', 1);
      await write('booking-2', 1);
      expect((await until(4)).map(({ stream }) => stream).toSorted()).toEqual([
        'booking-1',
        'booking-2',
        'schedule-1',
        'schedule-2',
      ]);
      await subscription.stop();
    });

    it('can be started again from the last event that was taken, without gap or duplicate', async () => {
      const { written } = await write('booking-1', 6);
      const first = collector();
      const before = store().subscribe({ after: 0, batchSize: 2, onEvents: first.onEvents });
      await first.until(2);
      await before.stop();
      const second = collector();
      const taken = first.seen.length;
      const after = store().subscribe({ after: first.seen.at(-1)?.position ?? 0, onEvents: second.onEvents });
      await second.until(6 - taken);
      expect(ids([...first.seen, ...second.seen])).toEqual(ids(written));
      await after.stop();
    });

    it('can be stopped twice', async () => {
      const subscription = store().subscribe({ after: 0, onEvents: async () => undefined });
      await subscription.stop();
      await subscription.stop();
      await expect(subscription.done).resolves.toBeUndefined();
    });
  });
