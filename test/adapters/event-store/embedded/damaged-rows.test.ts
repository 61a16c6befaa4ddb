import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFile } from '../../../../src/adapters/sqlite/data-file.ts';
import type { EventStore } from '../../../../src/application/ports/event-store.ts';
import { event, events, left, right } from '../../../contract/event-store/harness.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';
import { mustMakeStore } from '../../../support/event-store.ts';

describe('an event that was damaged in the file', () => {
  let file: DataFile;
  let store: EventStore;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ file, remove } = await temporaryDataFile());
    store = mustMakeStore(file);
    await right(store.append({ stream: 'booking-1', expected: 'no-stream', events: events(3) }));
  });
  afterEach(async () => {
    await store.close();
    await remove();
  });

  const damage = (body: string): void => {
    file.db.prepare('UPDATE events SET body = ? WHERE position = 2').run(body);
  };
  const corrupt = {
    type: 'Corrupt',
    reason: expect.stringContaining('position 2 (booking-1, revision 1)'),
    position: 2,
  };

  it.each([
    ['cut off', '{"id":"a","type":'],
    ['empty', ''],
    ['no object', '"text"'],
    ['null', 'null'],
    ['an object without the fields of an envelope', '{"id":"a"}'],
    ['data that is no object', JSON.stringify({ ...event(), data: 'text' })],
  ])('is told as corrupt with its place when it is %s', async (_what, body) => {
    damage(body);
    expect(await left(store.readStream('booking-1'))).toEqual(corrupt);
    expect(await left(store.readAll(0, 10))).toEqual(corrupt);
  });

  it('is told when an append has to be compared with it', async () => {
    damage('{');
    const repeated = { stream: 'booking-1', expected: 0, events: [event()] } as const;
    expect(await left(store.append(repeated))).toEqual(corrupt);
  });

  it('ends a subscription that meets it', async () => {
    damage('{');
    const anew = mustMakeStore(file);
    const subscription = anew.subscribe({ after: 0, onEvents: async () => undefined });
    await expect(subscription.done).rejects.toThrow('position 2');
  });

  it('keeps nobody from writing and reading elsewhere', async () => {
    damage('{');
    await right(store.append({ stream: 'booking-2', expected: 'no-stream', events: [event()] }));
    expect(await right(store.readStream('booking-2'))).toHaveLength(1);
    expect(await right(store.readStream('booking-1', 2))).toHaveLength(1);
  });
});
