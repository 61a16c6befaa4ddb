import * as E from 'fp-ts/lib/Either.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type Append,
  type AppendResult,
  type EventStore,
  MAX_APPEND_BYTES,
  type StoreError,
} from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { type AppendDecision, decideAppend, revisionBefore, type StreamView, planning } from './plan-appends.ts';
import { type LogStorage, decodeStored, encodeEnvelope, recorded } from './log-storage.ts';
import { makeRecentEvents, makeSubscriptions } from './subscriptions.ts';
import { messageOf } from '../../../domain/unknown.ts';

type Written = { readonly event: RecordedEvent; readonly bytes: number };
type Encoded = { readonly append: Append; readonly bodies: ReadonlyArray<string> };

const CLOSED: StoreError = { type: 'Unavailable', reason: 'the event store is closed' };

const encode = (append: Append): E.Either<StoreError, Encoded> => {
  const bodies = append.events.map(encodeEnvelope);
  const characters = bodies.reduce((sum, body) => sum + body.length, 0);
  // One UTF-16 unit takes at most three bytes of UTF-8: most appends need no exact count.
  if (characters * 3 <= MAX_APPEND_BYTES) return E.right({ append, bodies });
  const bytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  if (bytes > MAX_APPEND_BYTES) return E.left({ type: 'TooLarge', bytes, limit: MAX_APPEND_BYTES });
  return E.right({ append, bodies });
};

const idsOf = E.map((events: ReadonlyArray<RecordedEvent>) => events.map((event) => event.id));

const encodeSafely = (append: Append): E.Either<StoreError, Encoded> => {
  try {
    return encode(append);
  } catch (thrown) {
    return E.left({ type: 'Unavailable', reason: `the events cannot be written as JSON: ${messageOf(thrown)}` });
  }
};

/**
 * The event store over rows of its own, in memory or in SQLite. Streams, revisions, idempotency, size limit and
 * subscriptions are the same code for both. `close` leaves the storage open: it belongs to whoever opened it.
 */
export const makeEmbeddedEventStore = (storage: LogStorage): EventStore => {
  const recent = makeRecentEvents();
  let accepting = true;
  let closed = false;
  let written: Array<Written> = [];

  const read = (rows: () => Parameters<typeof decodeStored>[0]): E.Either<StoreError, ReadonlyArray<RecordedEvent>> => {
    if (closed) return E.left(CLOSED);
    try {
      return decodeStored(rows());
    } catch (thrown) {
      return E.left(storage.toStoreError(thrown));
    }
  };
  const subscriptions = makeSubscriptions({
    recent: recent.after,
    read: (after, limit) => read(() => storage.after(after, limit)),
  });
  storage.join({
    committed: () => {
      if (written.length === 0) return;
      for (const { event, bytes } of written) recent.push(event, bytes);
      written = [];
      subscriptions.notify();
    },
    rolledBack: () => {
      written = [];
    },
  });

  const view: StreamView = {
    revisionOf: storage.revisionOf,
    idsFrom: (stream, from, count) => idsOf(decodeStored(storage.streamFrom(stream, from, from + count - 1))),
  };

  const write = ({ append, bodies }: Encoded): AppendResult => {
    let revision = revisionBefore(append.expected);
    let position = 0;
    append.events.forEach((event, index) => {
      const body = bodies[index] ?? '';
      revision += 1;
      position = storage.insert(append.stream, revision, body);
      written.push({ event: recorded(event, append.stream, revision, position), bytes: body.length });
    });
    return { revision, position };
  };
  const carryOut = (decision: AppendDecision, encoded: Encoded): AppendResult => {
    const { append } = encoded;
    if (decision === 'write') return write(encoded);
    if (decision === 'nothing') {
      return { revision: storage.revisionOf(append.stream), position: storage.lastPosition() };
    }
    const revision = revisionBefore(append.expected) + append.events.length;
    return { revision, position: storage.streamFrom(append.stream, revision, revision)[0]?.position ?? 0 };
  };

  const transact = async <A>(task: () => E.Either<StoreError, A>): Promise<E.Either<StoreError, A>> => {
    if (!accepting) return E.left(CLOSED);
    try {
      return await storage.transact(task);
    } catch (thrown) {
      return E.left(storage.toStoreError(thrown));
    }
  };
  const append =
    (one: Append): TE.TaskEither<StoreError, AppendResult> =>
    async () => {
      const encoded = encodeSafely(one);
      if (E.isLeft(encoded)) return encoded;
      return transact(() => {
        // Most streams are new: finding that out and making it is one statement.
        if (one.expected === 'no-stream' && one.events.length > 0 && storage.claim(one.stream)) {
          return E.right(write(encoded.right));
        }
        const decided = decideAppend(view, one);
        return E.isLeft(decided) ? decided : E.right(carryOut(decided.right, encoded.right));
      });
    };
  const appendInOrder: EventStore['appendInOrder'] = (appends) => async () => {
    const encoded = pipe(appends, E.traverseArray(encodeSafely));
    if (E.isLeft(encoded)) return encoded;
    return transact(() => {
      const plan = planning(view);
      const decided = pipe(
        encoded.right,
        E.traverseArray((each) => plan.decide(each.append)),
      );
      if (E.isLeft(decided)) return decided;
      return E.right(encoded.right.map((each, index) => carryOut(decided.right[index] ?? 'nothing', each)));
    });
  };

  return {
    append,
    appendInOrder,
    readStream:
      (stream, from = 0, limit = Number.MAX_SAFE_INTEGER) =>
      async () =>
        read(() => storage.streamFrom(stream, from, Math.min(from + limit - 1, Number.MAX_SAFE_INTEGER))),
    readAll: (after, limit) => async () => read(() => storage.after(after, limit)),
    readAt: (position) => async () =>
      pipe(
        read(() => storage.after(position - 1, 1)),
        E.map((events) => events.find((event) => event.position === position) ?? null),
      ),
    head: () => async () => (closed ? E.left(CLOSED) : E.right(storage.lastPosition())),
    subscribe: subscriptions.subscribe,
    close: async () => {
      if (!accepting) return;
      accepting = false;
      await subscriptions.stop();
      await storage.drain();
      closed = true;
    },
  };
};
