import { afterEach, beforeEach } from 'vitest';
import type {
  ConsumerGroup,
  ConsumerGroups,
  ConsumerStatus,
  Delivery,
  RunningConsumer,
  Verdict,
} from '../../../src/application/ports/consumer-groups.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { event, right } from '../event-store/harness.ts';

/** The groups of one process. After `kill` nothing of it reaches the store or the state any more. */
export type Process = { readonly groups: ConsumerGroups; readonly kill: () => Promise<void> };

export type ProcessDeps = {
  readonly clock: TestClock;
  readonly onProblem: (message: string) => void;
};

/** What outlives a restart of the consumers. */
export type Ground = {
  readonly store: EventStore;
  readonly begin: (deps: ProcessDeps) => Process | Promise<Process>;
  /** What is known of the groups without asking those who would save first. */
  readonly counts: () => Promise<ReadonlyArray<Counts>>;
  readonly release: () => Promise<void>;
};

export type Counts = Omit<ConsumerStatus, 'head' | 'isRunning'>;

export type Engine = {
  readonly name: string;
  readonly open: () => Promise<Ground>;
};

export type World = {
  readonly store: EventStore;
  readonly counts: Ground['counts'];
  readonly clock: TestClock;
  readonly groups: () => ConsumerGroups;
  /** Starts a group that is stopped after the test. */
  readonly start: (group: ConsumerGroup) => RunningConsumer;
  /** New consumers over the same store and state, as after a kill: nothing of the old ones is saved any more. */
  readonly restart: () => Promise<void>;
  readonly problems: Array<string>;
  /** Appends one event to the stream, wherever it ends. Answers its position. */
  readonly append: (stream: string, type?: string) => Promise<number>;
};

export const freshWorld = (engine: Engine): (() => World) => {
  let world: World | undefined;
  let end = async (): Promise<void> => undefined;
  beforeEach(async () => {
    const ground = await engine.open();
    const clock = makeTestClock();
    const problems: Array<string> = [];
    const onProblem = (message: string): void => void problems.push(message);
    const make = async (): Promise<Process> => ground.begin({ clock, onProblem });
    let current = await make();
    let alive: Array<RunningConsumer> = [];
    world = {
      store: ground.store,
      counts: ground.counts,
      clock,
      problems,
      groups: () => current.groups,
      start: (group) => {
        const consumer = current.groups.start(group);
        alive.push(consumer);
        return consumer;
      },
      restart: async () => {
        await current.kill();
        alive = [];
        current = await make();
      },
      append: async (stream, type) => {
        const { length } = await right(ground.store.readStream(stream));
        const expected = length === 0 ? 'no-stream' : length - 1;
        return (await right(ground.store.append({ stream, expected, events: [event(type)] }))).position;
      },
    };
    end = async () => {
      await Promise.all(alive.map((consumer) => consumer.stop()));
      await current.kill();
      await ground.store.close();
      await ground.release();
    };
  });
  afterEach(() => end());
  return () => {
    if (world === undefined) throw new Error('the world is made before each test');
    return world;
  };
};

export const ack: Verdict = { type: 'ack' };

/** A group over all events, keyed by stream, that acks everything; `overrides` say what is different. */
export const groupOf = (overrides: Partial<ConsumerGroup> = {}): ConsumerGroup => ({
  name: 'mail',
  accepts: () => true,
  startAt: 'beginning',
  keyOf: (message) => message.stream,
  maxInFlight: 8,
  maxAttempts: 3,
  backoffMs: (attempt) => attempt * 1000,
  handle: async () => ack,
  ...overrides,
});

/** Records every delivery and answers with `verdict`. */
export const recording = (
  verdict: (delivery: Delivery) => Verdict | Promise<Verdict> = () => ack,
): {
  readonly deliveries: Array<Delivery>;
  readonly handle: ConsumerGroup['handle'];
  readonly types: () => ReadonlyArray<string>;
} => {
  const deliveries: Array<Delivery> = [];
  return {
    deliveries,
    types: () => deliveries.map((delivery) => delivery.event.type),
    handle: async (delivery) => {
      deliveries.push(delivery);
      return verdict(delivery);
    },
  };
};

/** A handler that is held in the middle until it is let go. */
export const gate = (): {
  readonly reached: Promise<void>;
  readonly open: () => void;
  readonly wait: () => Promise<void>;
} => {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: opened.resolve,
    wait: () => {
      reached.resolve();
      return opened.promise;
    },
  };
};
