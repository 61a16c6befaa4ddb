import type { LogClient } from './eventstoredb-clients.ts';
import { ratePerSecond } from './measure.ts';
import { newEvents, newStream } from './store.ts';

/** Of a booking, when it is read back. */
export const EVENTS_PER_STREAM = 10;

export type Size = { readonly operations: number; readonly inFlight: number };

/** Work that is made ready; only `run` is measured. */
export type Job = {
  readonly operations: number;
  readonly warmUp: () => Promise<unknown>;
  readonly run: () => Promise<unknown>;
};

export type Kind = (client: LogClient, size: Size) => Job;

/** The adapter lets a connection that has answered so often have more appends under way. */
const WARM_UP = 700;

/** One event each, begun streams. */
const append: Kind = (client, { operations, inFlight }) => {
  const todo = Array.from({ length: operations }, () => ({ stream: newStream(), events: newEvents(1) }));
  const another = (): Promise<void> => client.append(newStream(), newEvents(1));
  const one = async (index: number): Promise<void> => {
    const next = todo[index];
    if (next !== undefined) await client.append(next.stream, next.events);
  };
  return {
    operations,
    warmUp: () => ratePerSecond(WARM_UP, inFlight, another),
    run: () => ratePerSecond(operations, inFlight, one),
  };
};

/** A booking each; a quarter of the operations, as each brings ten events. */
const read =
  (bookings: ReadonlyArray<string>): Kind =>
  (client, { operations, inFlight }) => {
    const reads = Math.ceil(operations / 4);
    const one = async (index: number): Promise<void> => {
      const count = await client.read(bookings[index % bookings.length] ?? '');
      if (count !== EVENTS_PER_STREAM) throw new Error(`a booking has ${count} events`);
    };
    return {
      operations: reads,
      warmUp: () => one(0),
      run: () => ratePerSecond(reads, inFlight, one),
    };
  };

/** Events are quick: so many for each operation. */
const EVENTS_PER_OPERATION = 5;

/**
 * An operation is one event; so many subscriptions catch up at once, each with its share of the events. They begin so far
 * before the end of the log that nothing is sent which is not waited for.
 */
const subscribe =
  (positions: ReadonlyArray<number>): Kind =>
  (client, { operations, inFlight }) => {
    const each = Math.ceil((operations * EVENTS_PER_OPERATION) / inFlight);
    const after = positions.at(-each - 1);
    if (after === undefined) throw new Error(`the log has no ${each} events to catch up with`);
    return {
      operations: each * inFlight,
      warmUp: () => client.follow(after, each),
      run: () => Promise.all(Array.from({ length: inFlight }, () => client.follow(after, each))),
    };
  };

/**
 * In this order: reads and subscriptions want the log to end with these bookings. `positions`: where their events are, and in
 * front where the log was before.
 */
export const makeKinds = (
  bookings: ReadonlyArray<string>,
  positions: ReadonlyArray<number>,
): ReadonlyArray<readonly [string, Kind]> => [
  ['subscribe', subscribe(positions)],
  ['read', read(bookings)],
  ['append', append],
];

const RATE = 'operations/s';
const CPU = 'CPU us an operation';
export const FIGURES = [RATE, CPU] as const;

/** Rate and CPU of this process, all threads, for one job. */
export const measured = async ({ operations, warmUp, run }: Job): Promise<Readonly<Record<string, number>>> => {
  await warmUp();
  const [start, used] = [performance.now(), process.cpuUsage()];
  await run();
  const [seconds, { user, system }] = [(performance.now() - start) / 1000, process.cpuUsage(used)];
  return { [RATE]: operations / seconds, [CPU]: (user + system) / operations };
};
