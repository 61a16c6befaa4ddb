import * as E from 'fp-ts/lib/Either.js';
import type { RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { EventStore } from '../application/ports/event-store.ts';

type Deps = {
  readonly store: Pick<EventStore, 'head'>;
  readonly consumers: ReadonlyArray<Pick<RunningConsumer, 'idle'>>;
};

/**
 * Resolves when nothing is left to do now: every consumer is at the head of the log, and what they wrote meanwhile has
 * been seen too. What is due later does not count. A log that cannot be read ends the waiting.
 */
export const drain = async ({ store, consumers }: Deps): Promise<void> => {
  for (;;) {
    const before = await store.head()();
    await Promise.all(consumers.map(({ idle }) => idle()));
    const after = await store.head()();
    if (E.isLeft(before) || E.isLeft(after) || before.right === after.right) return;
  }
};
