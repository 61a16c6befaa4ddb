import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { lockFile } from '../../../src/adapters/sqlite/file-lock.ts';
import type { Clock } from '../../../src/application/ports/clock-and-ids.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { DomainEvent } from '../../../src/domain/log/decode.ts';
import { type Projections, startProjections } from '../../../src/adapters/read-model/start-projections.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { envelopes } from './given-events.ts';

/** Milliseconds after which a test that waits has failed. */
const PATIENCE_MS = 10_000;

export const right = async <Error, A>(task: TaskEither<Error, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(`expected success, got ${JSON.stringify(result.left)}`);
  return result.right;
};

/** Appends to a stream, whatever is in it already. Answers the position. */
export const append = async (
  store: EventStore,
  stream: string,
  events: ReadonlyArray<DomainEvent>,
): Promise<number> => {
  const known = await right(store.readStream(stream));
  const last = known.at(-1);
  const appended = await right(
    store.append({
      stream,
      expected: last?.revision ?? 'no-stream',
      events: envelopes(stream, events, known.length, last?.hash),
    }),
  );
  return appended.position;
};

export type Given = {
  readonly store: EventStore;
  readonly folder: string;
  readonly troubles: ReadonlyArray<string>;
  readonly append: (stream: string, events: ReadonlyArray<DomainEvent>) => Promise<number>;
  /** Starts another runtime on the same log and folder; the test stops it. */
  readonly start: (clock?: Clock) => Projections;
  readonly cleanUp: () => Promise<void>;
};

export const givenReadModel = async (store: EventStore = makeMemoryEventStore()): Promise<Given> => {
  const folder = await temporaryFolder();
  const troubles: Array<string> = [];
  const started: Array<Projections> = [];
  return {
    store,
    folder: folder.path,
    troubles,
    append: (stream, events) => append(store, stream, events),
    start: (clock = systemClock) => {
      const deps = { store, folder: folder.path, clock, lock: lockFile };
      const projections = startProjections({ ...deps, onTrouble: (message) => troubles.push(message) });
      started.push(projections);
      return projections;
    },
    cleanUp: async () => {
      for (const projections of started) await projections.stop();
      await store.close();
      await folder.remove();
    },
  };
};

/** Waits until the read model has got to the log's head. */
export const caughtUp = async (projections: Projections, store: EventStore): Promise<void> => {
  const head = await right(store.head());
  const reached = await projections.waitFor(head, PATIENCE_MS, new AbortController().signal);
  if (!reached) throw new Error(`the read model is at ${projections.position()}, the log at ${head}`);
};

/** Polls until the condition holds; fails after ten seconds. */
export const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
