import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  makeEventStoreDbStore,
  describeOpenError,
  EVENTSTOREDB_TIME_LIMITS,
} from '../../src/adapters/event-store/eventstoredb/eventstoredb-event-store.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import { secretOf } from '../../src/application/secret.ts';
import type { RecordedEvent } from '../../src/domain/log/envelope.ts';
import type { Log } from './log-checks.ts';
import { mustRun } from './must.ts';

/** A log that several servers write to, seen from beside them. */
export type SharedLog = {
  readonly store: EventStore;
  /** All of the product's events so far, in the order of the log. */
  readonly read: () => Promise<Log>;
};

const PAGE = 1_000;

/** Opens the log with a client of its own. What was read once is not read again: a log only grows. */
export const openSharedLog = async (connectionString: string, streamPrefix: string): Promise<SharedLog> => {
  const config = { ...EVENTSTOREDB_TIME_LIMITS, connectionString: secretOf(connectionString), streamPrefix };
  const deps = { clock: systemClock, random: () => 0.5, onProblem: () => undefined };
  const opened = await makeEventStoreDbStore(config, deps)();
  if (E.isLeft(opened)) throw new Error(describeOpenError(opened.left));
  const store = opened.right;
  const known: RecordedEvent[] = [];
  const readOn = async (): Promise<Log> => {
    for (;;) {
      const page = await mustRun(store.readAll(known.at(-1)?.position ?? 0, PAGE));
      known.push(...page);
      if (page.length < PAGE) return [...known];
    }
  };
  let reading: Promise<unknown> = Promise.resolve();
  return {
    store,
    read: () => {
      const read = reading.then(readOn);
      reading = read.catch(() => undefined);
      return read;
    },
  };
};
