import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Append, EventStore, StoreError } from '../../src/application/ports/event-store.ts';
import type { RecordedEvent } from '../../src/domain/log/envelope.ts';

const mapped =
  <A, B>(task: TaskEither<StoreError, A>, f: (a: A) => B): TaskEither<StoreError, B> =>
  async () =>
    E.map(f)(await task());

/**
 * A store of one's own inside a log that others use too: streams get the scope into their names, the log begins at the
 * present head, and events of others are not seen. For suites that expect an empty log on a server that keeps its own.
 */
export const scopedEventStore = async (store: EventStore, scope: string): Promise<EventStore> => {
  const started = await store.head()();
  if (E.isLeft(started)) throw new Error(started.left.type);
  const start = started.right;

  const inside = (stream: string): string => stream.replace('-', `-${scope}.`);
  const outside = (event: RecordedEvent): RecordedEvent => ({
    ...event,
    stream: event.stream.replace(`${scope}.`, ''),
  });
  const isOurs = ({ stream }: RecordedEvent): boolean => stream.includes(`-${scope}.`);
  const ours = (events: ReadonlyArray<RecordedEvent>) => events.filter(isOurs).map(outside);
  const appendInside = (append: Append): Append => ({ ...append, stream: inside(append.stream) });
  const errorOutside =
    <A>(task: TaskEither<StoreError, A>): TaskEither<StoreError, A> =>
    async () =>
      E.mapLeft((error: StoreError) =>
        'stream' in error ? { ...error, stream: error.stream.replace(`${scope}.`, '') } : error,
      )(await task());
  const from = (after: number): number => Math.max(after, start);

  return {
    ...store,
    append: (append) => errorOutside(store.append(appendInside(append))),
    appendInOrder: (appends) => errorOutside(store.appendInOrder(appends.map(appendInside))),
    readStream: (stream, ...part) => mapped(store.readStream(inside(stream), ...part), ours),
    readAll: (after, limit) => mapped(store.readAll(from(after), limit), ours),
    readAt: (position) =>
      mapped(store.readAt(position), (event) => (event === null ? null : (ours([event])[0] ?? null))),
    head: () => mapped(store.head(), (head) => (head <= start ? 0 : head)),
    subscribe: ({ after, onEvents, ...rest }) =>
      store.subscribe({ ...rest, after: from(after), onEvents: (events) => onEvents(ours(events)) }),
  };
};
