import { join } from 'node:path';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { mustMakeStore } from '../../support/event-store.ts';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import type { Engine } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { reading } from './reading.ts';

/** A process for each call: the file is opened, used once, and closed. Nothing can live on in memory. */
const reopening = (path: string): EventStore => {
  let last: Promise<unknown> = Promise.resolve();
  const once =
    <E, A>(use: (store: EventStore) => TaskEither<E, A>): TaskEither<E, A> =>
    () => {
      const call = last.then(async () => {
        const file = mustOpen(path);
        const store = mustMakeStore(file);
        const result = await use(store)();
        await store.close();
        await file.close();
        return result;
      });
      last = call;
      return call;
    };
  return {
    append: (append) => once((store) => store.append(append)),
    appendInOrder: (appends) => once((store) => store.appendInOrder(appends)),
    readStream: (...part) => once((store) => store.readStream(...part)),
    readAll: (after, limit) => once((store) => store.readAll(after, limit)),
    readAt: (position) => once((store) => store.readAt(position)),
    head: () => once((store) => store.head()),
    subscribe: () => {
      throw new Error('a store that is open for one call only cannot be subscribed to');
    },
    close: async () => {
      await last;
    },
  };
};

const engine: Engine = {
  name: 'SQLite, opened anew for each call',
  allOrNone: true,
  open: async () => {
    const folder = await temporaryFolder();
    return { store: reopening(join(folder.path, 'holdfast.sqlite')), release: folder.remove };
  },
};

describe(`event store contract: ${engine.name}`, () => {
  appending(engine);
  idempotency(engine);
  appendingInOrder(engine);
  reading(engine);
});
