import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ConsumerGroups, ConsumerStatus } from '../../../application/ports/consumer-groups.ts';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { type ConsumerDependencies, type StartedConsumer, startConsumer } from './consumer.ts';

/**
 * Consumer groups over any event store, in this process. Verdicts are the only way a message leaves a group; a message
 * whose handler kills the process is delivered again with the attempts that were counted before.
 * Starting a group that is running already is a programming error and throws.
 */
export const makeConsumerGroups = (deps: ConsumerDependencies): ConsumerGroups => {
  const running = new Map<string, StartedConsumer>();
  const reading = <A>(task: () => Promise<A>): TE.TaskEither<StoreError, A> =>
    TE.tryCatch(task, deps.state.toStoreError);

  const flush = (): Promise<unknown> => Promise.all([...running.values()].map((consumer) => consumer.flush()));
  const statuses = async (head: number): Promise<ReadonlyArray<ConsumerStatus>> => {
    await flush();
    return (await deps.state.counts()).map((counts) => ({ ...counts, head }));
  };

  return {
    start: (group) => {
      if (running.has(group.name)) throw new Error(`the consumer group ${group.name} is running already`);
      const consumer = startConsumer(deps, group);
      running.set(group.name, consumer);
      return {
        name: consumer.name,
        idle: consumer.idle,
        stop: async () => {
          await consumer.stop();
          running.delete(group.name);
        },
      };
    },
    parked: (group) =>
      reading(async () => {
        await flush();
        return deps.state.parked(group);
      }),
    replayParked: (group, position) =>
      reading(async () => {
        await flush();
        const messages = await deps.state.unpark(group, position, deps.clock.now());
        running.get(group)?.replay(messages);
        return messages.length;
      }),
    status: () => TE.chain((head: number) => reading(() => statuses(head)))(deps.store.head()),
  };
};
