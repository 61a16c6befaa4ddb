import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { ConsumerGroups, ConsumerStatus, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { EventStore } from '../application/ports/event-store.ts';

/**
 * Milliseconds. A consumer that takes longer to get where the log once ended does not keep its word on time; more than the
 * longest time limit of one call (120 s). Time, since positions count events in one engine and bytes in another.
 */
export const MAX_BEHIND_MS = 180_000;

/**
 * Milliseconds for which one check answers everybody: it takes a write transaction, or a call to a log elsewhere, and anybody
 * may ask.
 */
export const FRESH_MS = 1_000;

type Deps = {
  readonly store: Pick<EventStore, 'append'>;
  readonly groups: Pick<ConsumerGroups, 'status'>;
  readonly consumers: ReadonlyArray<Pick<RunningConsumer, 'name' | 'trouble'>>;
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly troubles: () => Promise<ReadonlyArray<string>>;
};

/**
 * Appending nothing to a stream that is not there leaves no trace. It goes the whole path of a write in the embedded engine;
 * of EventStoreDB it asks the leader. Of a category that the engines read back: no other is taken.
 */
const probe = { stream: 'booking-readiness', expected: 'no-stream', events: [] } as const;

/** Where the log ended at `at` (elapsed ms), for a consumer that has not got there yet. */
type Mark = { readonly head: number; readonly at: number };

/** Watches between two checks: how long each group has been on its way to where the log ended then, in milliseconds. */
const lagWatch = ({ consumers, clock }: Pick<Deps, 'consumers' | 'clock'>) => {
  const running = new Set(consumers.map(({ name }) => name));
  const marks = new Map<string, Mark>();
  const behindFor = ({ name, head, checkpoint }: ConsumerStatus): number => {
    const now = clock.elapsed();
    const mark = marks.get(name);
    if (mark !== undefined && checkpoint < mark.head) return now - mark.at;
    marks.set(name, { head, at: now });
    return 0;
  };
  return (groups: ReadonlyArray<ConsumerStatus>): ReadonlyArray<string> =>
    groups
      // What a group left behind that no longer runs, of a webhook that was taken out say, stays where it is.
      .filter(({ name }) => running.has(name))
      .map((group) => ({ name: group.name, ms: behindFor(group) }))
      .filter(({ ms }) => ms > MAX_BEHIND_MS)
      .map(({ name, ms }) => `consumer ${name} has been behind for ${Math.round(ms / 1000)} s`);
};

type Check = () => Promise<ReadonlyArray<string>>;

/** The answer of the last `FRESH_MS`, or of the check that is in flight, or a new one. */
const atMostOnceASecond = (check: Check, clock: Pick<Clock, 'elapsed'>): Check => {
  let last: { readonly at: number; readonly answer: ReadonlyArray<string> } | undefined;
  let checking: ReturnType<Check> | undefined;
  const checkNow: Check = async () => {
    const at = clock.elapsed();
    const answer = await check();
    last = { at, answer };
    return answer;
  };
  return async () => {
    if (last !== undefined && clock.elapsed() - last.at < FRESH_MS) return last.answer;
    checking ??= checkNow().finally(() => {
      checking = undefined;
    });
    return checking;
  };
};

/** Why the server should not be sent requests now, as of the last second; empty when it is ready. */
export const makeReadiness = ({ store, groups, troubles, ...watched }: Deps): Check => {
  const lagging = lagWatch(watched);
  const check: Check = async () => {
    const written = await store.append(probe)();
    const status = await groups.status()();
    return [
      ...(E.isLeft(written) ? [`the log cannot be written: ${written.left.type}`] : []),
      ...(E.isLeft(status) ? [`the consumers cannot be asked: ${status.left.type}`] : lagging(status.right)),
      ...watched.consumers.flatMap(({ name, trouble }) => {
        const reason = trouble();
        return reason === null ? [] : [`consumer ${name} does not follow the log: ${reason}`];
      }),
      ...(await troubles()),
    ];
  };
  return atMostOnceASecond(check, watched.clock);
};
