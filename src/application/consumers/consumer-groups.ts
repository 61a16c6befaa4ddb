import * as E from 'fp-ts/lib/Either.js';
import { identity, pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { ConsumerGroups, ConsumerStatus, ParkedMessage } from '../ports/consumer-groups.ts';
import type { StoreError } from '../ports/event-store.ts';
import { type ConsumerDependencies, type StartedConsumer, startConsumer } from './consumer.ts';
import type { KeyedParkedMessage } from './consumer-state.ts';
import { makeParking } from './parking.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Milliseconds between two publications of how far the groups of this node have come. */
export const PUBLISH_WATERMARKS_EVERY_MS = 300_000;

const withoutKey = ({ key: _key, replayed: _replayed, ...message }: KeyedParkedMessage): ParkedMessage => message;

/**
 * Consumer groups over any event store, in this process. Each follows the log from a position of its own. A message leaves
 * a group by a verdict only; one whose handler kills the process is delivered again, with the attempts counted before.
 * Starting a group that is running already is a programming error and throws.
 */
export const makeConsumerGroups = (deps: ConsumerDependencies): ConsumerGroups => {
  const { state, shared, clock } = deps;
  const running = new Map<string, StartedConsumer>();
  const parking = makeParking(deps);
  const reading = <A>(task: () => Promise<A>): TE.TaskEither<StoreError, A> => TE.tryCatch(task, state.toStoreError);

  const flush = (): Promise<unknown> => Promise.all([...running.values()].map((consumer) => consumer.flush()));

  let cancel = (): void => undefined;
  const problem = (reason: string): void =>
    deps.onProblem({ group: 'all', message: `the watermarks of the groups could not be published: ${reason}` });
  const publishWatermarks = async (): Promise<void> => {
    if (shared === undefined || running.size === 0) return;
    const watermarks = [...running].flatMap(([name, consumer]) => {
      const watermark = consumer.watermark();
      return watermark === undefined ? [] : [[name, watermark] as const];
    });
    const published = await shared.publish(new Map(watermarks))();
    if (E.isLeft(published)) problem(published.left.type);
  };
  const publishLater = (): void => {
    cancel();
    if (shared !== undefined && running.size > 0)
      cancel = clock.at(clock.now() + PUBLISH_WATERMARKS_EVERY_MS, () => {
        publishWatermarks()
          .catch((thrown: unknown) => problem(messageOf(thrown)))
          .finally(publishLater);
      });
  };

  const statuses = async (head: number): Promise<E.Either<StoreError, ReadonlyArray<ConsumerStatus>>> => {
    await flush();
    const parked = await parking.list()();
    if (E.isLeft(parked)) return parked;
    const countOf = Map.groupBy(parked.right, ({ group }) => group);
    const counts = await state.counts();
    return E.right(
      counts.map((each) => ({
        ...each,
        isRunning: running.has(each.name),
        head,
        parked: countOf.get(each.name)?.length ?? 0,
      })),
    );
  };

  return {
    start: (group) => {
      if (running.has(group.name)) throw new Error(`the consumer group ${group.name} is running already`);
      const consumer = startConsumer(deps, group, {
        onParked: parking.publish,
        onReplayed: (position) => parking.forget(group.name, position),
      });
      running.set(group.name, consumer);
      if (running.size === 1) {
        parking.publish();
        publishLater();
      }
      return {
        name: consumer.name,
        idle: consumer.idle,
        trouble: consumer.trouble,
        stop: async () => {
          await consumer.stop();
          running.delete(group.name);
          if (running.size === 0) {
            cancel();
            await parking.stop();
          }
        },
      };
    },
    parked: (group) =>
      pipe(
        reading(flush),
        TE.flatMap(parking.list),
        TE.map((messages) =>
          messages.filter((message) => group === undefined || message.group === group).map(withoutKey),
        ),
      ),
    replayParked: (group, position) =>
      pipe(
        reading(flush),
        TE.flatMap(() => parking.takeBack(group, position)),
        TE.map((messages) => {
          running.get(group)?.replay(messages);
          return messages.length;
        }),
      ),
    status: () =>
      pipe(
        deps.store.head(),
        TE.flatMap((head) =>
          pipe(
            reading(() => statuses(head)),
            TE.flatMapEither(identity),
          ),
        ),
      ),
  };
};
