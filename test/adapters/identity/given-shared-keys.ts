import { onTestFinished } from 'vitest';
import { openApiKeys } from '../../../src/adapters/identity/api-keys.ts';
import type { Secret } from '../../../src/application/secret.ts';
import { makeTestClock } from '../../support/clock.ts';
import { startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { mustRun } from '../../support/must.ts';
import { openStore } from '../event-store/eventstoredb/opened-store.ts';

/** Milliseconds that one attempt of an append may take. */
const LIMIT = 250;

/** Keys in a log; each `start` is a node of its own, with a memory of its own, all on one clock that is turned by hand. */
export const givenSharedKeys = async () => {
  const standIn = await startEventStoreDbStandIn();
  const { store, ownStreams } = await openStore(standIn.connectionString, { appendTimeLimitMs: LIMIT });
  const clock = makeTestClock();
  const problems: Array<string> = [];
  const stops: Array<() => Promise<void>> = [];
  onTestFinished(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await store.close();
    await standIn.close();
  });
  /** What the next append or read of the keys throws, where it is to throw at all: a fault of ours. */
  const faults: { append?: Error | undefined; read?: Error | undefined } = {};
  const thrown = (kind: 'append' | 'read'): void => {
    const fault = faults[kind];
    faults[kind] = undefined;
    if (fault !== undefined) throw fault;
  };
  const streams: typeof ownStreams = {
    ...ownStreams,
    append: (...all) => {
      thrown('append');
      return ownStreams.append(...all);
    },
    read: (...all) => {
      thrown('read');
      return ownStreams.read(...all);
    },
  };
  const start = async (environmentKey?: Secret) => {
    const { keys, stop } = await mustRun(
      openApiKeys({
        streams,
        isShared: true,
        clock,
        environmentKey: environmentKey ?? null,
        onProblem: (message) => void problems.push(message),
      }),
    );
    stops.push(stop);
    return keys;
  };
  const stored = (): string =>
    Buffer.concat(standIn.database.log.stream('holdfast-installation-keys').map(({ data }) => data)).toString();
  return { standIn, faults, clock, problems, start, stored };
};
