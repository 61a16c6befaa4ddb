import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { afterEach, beforeEach } from 'vitest';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import type { Envelope, JsonObject, RecordedEvent } from '../../../src/domain/log/envelope.ts';

/** `release` closes whatever the store stands on; it is called after the store was closed. */
export type StoreUnderTest = { readonly store: EventStore; readonly release: () => Promise<void> };

export type Engine = {
  readonly name: string;
  readonly open: () => Promise<StoreUnderTest>;
  /** Whether `appendInOrder` commits all or none. */
  readonly allOrNone: boolean;
};

/** A new store of the engine for each test of the calling `describe`. */
export const freshStore = (engine: Engine): (() => EventStore) => {
  let opened: StoreUnderTest | undefined;
  beforeEach(async () => {
    opened = await engine.open();
  });
  afterEach(async () => {
    await opened?.store.close();
    await opened?.release();
  });
  return () => {
    if (opened === undefined) throw new Error('the store is opened before each test');
    return opened.store;
  };
};

/** An event with an id of its own, unless `id` is given. */
export const event = (type = 'SomethingHappened', data: JsonObject = {}, id: string = randomUUID()): Envelope => ({
  id,
  type,
  version: 1,
  data,
  occurredAt: '2050-09-05T09:00:00Z',
  actor: { kind: 'system' },
  correlationId: 'correlation',
  causationId: null,
  hash: 'a'.repeat(64),
});

export const events = (count: number): ReadonlyArray<Envelope> => Array.from({ length: count }, () => event());

export const right = async <A>(task: TaskEither<StoreError, A>): Promise<A> => {
  const result = await task();
  if (E.isLeft(result)) throw new Error(`expected success, got ${JSON.stringify(result.left)}`);
  return result.right;
};

export const left = async (task: TaskEither<StoreError, unknown>): Promise<StoreError> => {
  const result = await task();
  if (E.isRight(result)) throw new Error(`expected an error, got ${JSON.stringify(result.right)}`);
  return result.left;
};

export const ids = (found: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> => found.map(({ id }) => id);

/** Collects what a subscription delivers; `until` waits for so many events in all. */
export const collector = (): {
  readonly seen: Array<RecordedEvent>;
  readonly onEvents: (batch: ReadonlyArray<RecordedEvent>) => Promise<void>;
  readonly until: (count: number) => Promise<ReadonlyArray<RecordedEvent>>;
} => {
  const seen: Array<RecordedEvent> = [];
  let check = (): void => {};
  return {
    seen,
    onEvents: async (batch) => {
      seen.push(...batch);
      check();
    },
    until: (count) =>
      new Promise((resolve) => {
        check = () => seen.length >= count && resolve(seen);
        check();
      }),
  };
};
