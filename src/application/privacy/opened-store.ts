import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { messageOf } from '../../domain/unknown.ts';
import { sealedParts } from '../../domain/log/sealed-data.ts';
import type { Append, EventStore, StoreError } from '../ports/event-store.ts';
import type { SubjectKeyReader, SubjectKeys } from '../ports/subject-keys.ts';
import type { AppendGate } from './append-gate.ts';
import { NO_KEY, openEvent } from './sealing.ts';

type Reading = Pick<EventStore, 'readStream' | 'readAll' | 'readAt' | 'head'>;
type Read<A> = E.Either<StoreError, A>;

/** One event that was changed makes the reading `Corrupt` at its position, as one that cannot be parsed does. */
const opening =
  (keys: SubjectKeyReader) =>
  (event: RecordedEvent): Read<RecordedEvent> =>
    pipe(
      openEvent(keys, event),
      E.mapLeft(({ reason }) => ({
        type: 'Corrupt',
        reason: `${event.stream}@${event.revision}: ${reason}`,
        position: event.position,
      })),
    );

const all = (keys: SubjectKeyReader, events: ReadonlyArray<RecordedEvent>): Read<ReadonlyArray<RecordedEvent>> => {
  const open = opening(keys);
  const opened: RecordedEvent[] = [];
  for (const event of events) {
    const one = open(event);
    if (E.isLeft(one)) return one;
    opened.push(one.right);
  }
  return E.right(opened);
};

/** A log for reading, with personal data in the clear where its key is here, and as stand-ins where it is not. */
export const openedForReading = <Log extends Partial<Reading>>(log: Log, keys: SubjectKeyReader): Log => {
  const { readStream, readAll, readAt } = log;
  return {
    ...log,
    ...(readStream === undefined
      ? {}
      : {
          readStream: (...asked: Parameters<EventStore['readStream']>) =>
            pipe(
              readStream(...asked),
              TE.flatMapEither((events) => all(keys, events)),
            ),
        }),
    ...(readAll === undefined
      ? {}
      : {
          readAll: (after: number, limit: number) =>
            pipe(
              readAll(after, limit),
              TE.flatMapEither((events) => all(keys, events)),
            ),
        }),
    ...(readAt === undefined
      ? {}
      : {
          readAt: (position: number) =>
            pipe(
              readAt(position),
              TE.flatMapEither((event) => (event === null ? E.right(null) : opening(keys)(event))),
            ),
        }),
  };
};

type UsedKeys = SubjectKeyReader & Pick<SubjectKeys, 'saved' | 'isThere'>;

const keysOf = (appends: ReadonlyArray<Append>): ReadonlyArray<string> => [
  ...new Set(
    appends.flatMap(({ events }) => events.flatMap(({ data }) => sealedParts(data).map(({ key }) => key))),
  ).difference(new Set([NO_KEY])),
];

/**
 * An append waits for the keys of what it writes: an event whose key a crash took is lost. One that was sealed with a key
 * that is destroyed meanwhile is answered as a conflict, and so decided and sealed again.
 */
const sealedAppend =
  (keys: UsedKeys, gate: AppendGate) =>
  <A>(appends: ReadonlyArray<Append>, append: TE.TaskEither<StoreError, A>): TE.TaskEither<StoreError, A> => {
    const own = keysOf(appends);
    if (own.length === 0) return append;
    const saved = TE.tryCatch(
      () => keys.saved(own),
      (thrown): StoreError => ({
        type: 'Unavailable',
        reason: `the keys of personal data cannot be written: ${messageOf(thrown)}`,
      }),
    );
    const first = appends[0];
    return () =>
      gate.pass(
        own,
        pipe(
          saved,
          TE.flatMap(() =>
            first === undefined || own.every(keys.isThere)
              ? append
              : TE.left<StoreError>({
                  type: 'RevisionConflict',
                  stream: first.stream,
                  expected: first.expected,
                  actual: first.expected,
                }),
          ),
        ),
      );
  };

/** The same keys; the first one that is asked for and is neither here nor destroyed is told. */
export const tellingMissing = <Keys extends SubjectKeyReader>(keys: Keys, onMissing: () => void): Keys => {
  let isTold = false;
  return {
    ...keys,
    open: (key, context, sealed) => {
      const opened = keys.open(key, context, sealed);
      if (opened === null && !isTold && keys.isMissing(key)) {
        isTold = true;
        onMissing();
      }
      return opened;
    },
  };
};

/** Opens nothing, and tells so at the first time that it is asked. */
export const withoutKeys = (onAsked: () => void): UsedKeys =>
  tellingMissing(
    { open: () => null, isMissing: () => true, isThere: () => false, saved: () => Promise.resolve() },
    onAsked,
  );

/**
 * The event store as the program uses it: events are plain in memory and sealed at rest. What is appended was sealed before it
 * was hashed (`Sealing`), and passes `gate`. A subscription gives an event whose parts were changed as an error, which ends it.
 */
export const openedStore = (store: EventStore, keys: UsedKeys, gate: AppendGate): EventStore => {
  const sealed = sealedAppend(keys, gate);
  return {
    ...openedForReading(store, keys),
    append: (append) => sealed([append], store.append(append)),
    appendInOrder: (appends) => sealed(appends, store.appendInOrder(appends)),
    subscribe: ({ onEvents, ...options }) =>
      store.subscribe({
        ...options,
        onEvents: async (events) => {
          const opened = all(keys, events);
          if (E.isLeft(opened)) throw new Error(JSON.stringify(opened.left));
          await onEvents(opened.right);
        },
      }),
  };
};
