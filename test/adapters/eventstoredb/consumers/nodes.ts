import { EventStoreDBClient } from '@eventstore/db-client';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import type {
  EventStoreDb,
  EventStoreDbConfig,
} from '../../../../src/adapters/eventstoredb/eventstoredb-event-store.ts';
import type { Clock } from '../../../../src/application/ports/clock.ts';
import type {
  ConsumerGroup,
  ConsumerGroups,
  ConsumerStatus,
  RunningConsumer,
} from '../../../../src/application/ports/consumer-groups.ts';
import { nodeOn } from '../../../contract/consumer-groups/persistent.ts';
import { event, right } from '../../../contract/event-store/harness.ts';
import {
  type EventStoreDbStandIn,
  type StandInOptions,
  startEventStoreDbStandIn,
} from '../../../support/eventstoredb/stand-in.ts';
import { openStore } from '../opened-store.ts';
import { type Impairment, withImpairedLines } from './impaired-lines.ts';

export type TestNode = {
  readonly db: EventStoreDb;
  readonly groups: ConsumerGroups;
  readonly problems: ReadonlyArray<string>;
  /** Starts a group that is stopped after the test. */
  readonly start: (group: ConsumerGroup) => RunningConsumer;
  readonly kill: () => Promise<void>;
};

type NodeOptions = {
  readonly clock?: Clock;
  readonly config?: Partial<EventStoreDbConfig>;
  readonly impairment?: Impairment;
  readonly connectionString?: string;
};

export type TestNodes = {
  readonly standIn: EventStoreDbStandIn;
  readonly node: (options?: NodeOptions) => Promise<TestNode>;
  /** Appends one event to the stream, wherever it ends. Answers its position. */
  readonly append: (stream: string, type?: string) => Promise<number>;
  /** Types of the events of a stream. */
  readonly typesIn: (stream: string) => ReadonlyArray<string>;
  /** Position that the server wrote down for a group. */
  readonly checkpoint: (group: string) => Promise<number>;
  /** A client past the adapter, for what an operator does. */
  readonly operator: () => EventStoreDBClient;
};

/** A stand-in, and nodes on it with a connection each. All of it ends with the test. */
export const givenNodes = async (options: StandInOptions = {}): Promise<TestNodes> => {
  const standIn = await startEventStoreDbStandIn(options);
  const ends: Array<() => Promise<unknown>> = [];
  const writer = await openStore(standIn.connectionString);
  onTestFinished(async () => {
    standIn.faults.clear();
    await Promise.all(ends.map((end) => end()));
    await writer.store.close();
    await standIn.close();
  });
  const client = EventStoreDBClient.connectionString(standIn.connectionString);
  ends.push(() => client.dispose());
  const operator = (): EventStoreDBClient => client;
  return {
    standIn,
    operator,
    checkpoint: async (group) => {
      const { stats } = await operator().getPersistentSubscriptionToAllInfo(`holdfast-${group}`);
      return Number(stats.lastCheckpointedEventPosition?.commit ?? 0n);
    },
    typesIn: (stream) => standIn.database.log.stream(stream).map(({ type }) => type),
    append: async (stream, type) => {
      const { length } = await right(writer.store.readStream(stream));
      const expected = length === 0 ? 'no-stream' : length - 1;
      return (await right(writer.store.append({ stream, expected, events: [event(type)] }))).position;
    },
    node: async (wanted = {}) => {
      const { clock = systemClock, config = {}, impairment = { losesAcks: false, isQuiet: false } } = wanted;
      const problems: Array<string> = [];
      const opened = await openStore(wanted.connectionString ?? standIn.connectionString, config);
      const db = withImpairedLines(opened, impairment);
      const { groups, kill } = nodeOn(db, { clock, onProblem: (message) => void problems.push(message) });
      let running: Array<RunningConsumer> = [];
      const die = async (): Promise<void> => {
        running = [];
        await kill();
      };
      ends.push(async () => {
        await Promise.all(running.map((consumer) => consumer.stop()));
        await kill();
      });
      const start = (group: ConsumerGroup): RunningConsumer => {
        const consumer = groups.start(group);
        running.push(consumer);
        return consumer;
      };
      return { db, groups, problems, start, kill: die };
    },
  };
};

export const statusOf = async ({ groups }: TestNode, name = 'mail'): Promise<ConsumerStatus | undefined> =>
  (await right(groups.status())).find((status) => status.name === name);

export const patience = { timeout: 10_000, interval: 20 };
