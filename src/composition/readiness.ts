import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { ConsumerGroups, ConsumerStatus, RunningConsumer } from '../application/ports/consumer-groups.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import type { BookingList } from '../application/ports/read-models.ts';
import type { BookingTimers } from '../application/timers/fire-timers.ts';

/**
 * Milliseconds. A consumer that takes longer to reach an earlier end of the log is too late; more than the longest time
 * limit of one call (120 s). A time, since positions count events in one engine and bytes in the other.
 */
export const MAX_BEHIND_MS = 180_000;

/**
 * Milliseconds for which the result of a check is reused: a check costs a write transaction or a remote call, and
 * anybody may ask.
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
 * An append without events to a missing stream changes nothing. In the embedded engine it takes the whole path of a
 * write; in EventStoreDB it asks the leader. The category is one that the engines know, since they refuse others.
 */
const probe = { stream: 'booking-readiness', expected: 'no-stream', events: [] } as const;

/** The end of the log at `at` (elapsed ms), for a consumer that has not reached it. */
type Mark = { readonly head: number; readonly at: number };

/** For how long, in milliseconds, each group has not reached where the log ended at an earlier check. */
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
      // Positions of groups that no longer run (of a removed webhook, say) stay where they are.
      .filter(({ name }) => running.has(name))
      .map((group) => ({ name: group.name, ms: behindFor(group) }))
      .filter(({ ms }) => ms > MAX_BEHIND_MS)
      .map(({ name, ms }) => `consumer ${name} has been behind for ${Math.round(ms / 1000)} s`);
};

type Check = () => Promise<ReadonlyArray<string>>;

/** The result of the last `FRESH_MS`, of the check in progress, or of a new one. */
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

/** Why the server should get no requests now, at most a second old; empty when it is ready. */
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

type DrainDeps = {
  readonly store: Pick<EventStore, 'head'>;
  readonly consumers: ReadonlyArray<Pick<RunningConsumer, 'idle'>>;
  readonly readModel: Pick<BookingList, 'waitFor'>;
  /** Null where nothing reacts to the log. */
  readonly timers: Pick<BookingTimers, 'look'> | null;
};

/** Milliseconds by the machine's own clock that a read model gets to show the end of the log. */
const FOLLOWING_MS = 5_000;

/**
 * Resolves when nothing is left to do now: every consumer has reached the head of the log, and what they wrote
 * meanwhile is handled too. What is due later does not count. Ends where the log cannot be read.
 */
export const drain = async ({ store, consumers, readModel, timers }: DrainDeps): Promise<void> => {
  for (;;) {
    const before = await store.head()();
    if (E.isLeft(before)) return;
    await Promise.all(consumers.map(({ idle }) => idle()));
    if (timers !== null) {
      await readModel.waitFor(before.right, FOLLOWING_MS, AbortSignal.timeout(FOLLOWING_MS));
      await timers.look();
    }
    const after = await store.head()();
    if (E.isLeft(after) || before.right === after.right) return;
  }
};
