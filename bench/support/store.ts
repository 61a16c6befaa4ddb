import { randomBytes } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { makeSqliteEventStore } from '../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { type DataFile, openDataFile } from '../../src/adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../src/adapters/sqlite/inspect-file.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import type { Envelope } from '../../src/domain/log/envelope.ts';

export { temporaryFolder } from './temporary-folder.ts';

export const openStore = (path: string): { readonly file: DataFile; readonly store: EventStore } => {
  const file = openDataFile({ path });
  if (E.isLeft(file)) throw new Error(describeDataFileError(file.left));
  const store = makeSqliteEventStore(file.right);
  if (E.isLeft(store)) throw new Error(describeDataFileError(store.left));
  return { file: file.right, store: store.right };
};

export const must = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

let counter = 0;

/** As a booking uid: time-ordered in front, random behind. */
export const newStream = (): string => {
  counter += 1;
  return `booking-${(1e12 + counter).toString(36)}${randomBytes(8).toString('hex')}`;
};

/** Bytes of the JSON of one event, as the performance page says. */
export const EVENT_BYTES = 700;

const bare = (): Envelope => ({
  id: crypto.randomUUID(),
  type: 'BookingRequested',
  version: 1,
  data: { text: '' },
  occurredAt: '2050-09-05T09:00:00Z',
  actor: { kind: 'guest' },
  correlationId: crypto.randomUUID(),
  causationId: null,
  hash: randomBytes(32).toString('hex'),
});

const filler = 'x'.repeat(EVENT_BYTES - JSON.stringify(bare()).length);

export const newEvent = (): Envelope => ({ ...bare(), data: { text: filler } });

export const newEvents = (count: number): ReadonlyArray<Envelope> => Array.from({ length: count }, newEvent);
