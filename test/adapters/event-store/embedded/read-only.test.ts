import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { makeReadOnlyEventStore } from '../../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { openDataFileReadOnly } from '../../../../src/adapters/sqlite/data-file.ts';
import { event, left, right } from '../../../contract/event-store/harness.ts';
import { temporaryDataFile } from '../../../support/data-file.ts';
import { mustMakeStore } from '../../../support/event-store.ts';

it('reads the log beside the process that writes it, and writes nothing', async () => {
  const { file, remove } = await temporaryDataFile();
  const writer = mustMakeStore(file);
  const opened = openDataFileReadOnly(file.path);
  if (E.isLeft(opened)) throw new Error(opened.left.type);
  const store = makeReadOnlyEventStore(opened.right);
  if (E.isLeft(store)) throw new Error(store.left.type);
  const reader = store.right;

  await right(writer.append({ stream: 'booking-1', expected: 'no-stream', events: [event('A')] }));
  expect(await right(reader.head())).toBe(1);
  await right(writer.append({ stream: 'booking-1', expected: 0, events: [event('B')] }));
  expect((await right(reader.readStream('booking-1'))).map((each) => each.type)).toEqual(['A', 'B']);
  expect(await right(reader.readAll(0, 10))).toHaveLength(2);
  const refused = await left(reader.append({ stream: 'booking-1', expected: 1, events: [event()] }));
  expect(refused.type).toBe('Unavailable');

  await reader.close();
  opened.right.close();
  await writer.close();
  await remove();
});
