import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AppendResult, EventStore, StoreError, Subscription } from '../../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../../domain/log/envelope.ts';
import { type Appending, appendNothing, appendOne } from './appending.ts';
import { makeHead, readEventAt, readLog } from './read-log.ts';
import { readStreamPart } from './reading.ts';
import { type KeepProcessAlive, makeInFlight } from './in-flight.ts';
import { makeSharedFeed } from './shared-feed.ts';
import { type Subscribing, subscribing } from './subscribing.ts';
import { within } from '../../clock/time-limit.ts';
import { decodeEvent, type Encoded, encodeAppend } from './wire-event.ts';

export type StoreDependencies = Appending & Omit<Subscribing, 'head'> & { readonly keepProcessAlive: KeepProcessAlive };
type Answer<A> = Promise<E.Either<StoreError, A>>;

/**
 * Milliseconds that `close` waits for what is in flight. A server that does not answer would delay it by four attempts
 * and a read of the stream, longer than a stop may take.
 */
export const CLOSE_GRACE_MS = 1_000;

const CLOSED: E.Either<StoreError, never> = E.left({ type: 'Unavailable', reason: 'the event store is closed' });

/**
 * Events of others in one of our streams are left out, and more is read in their place: fewer than `limit` means the
 * end.
 */
const readPartOfStream = async (
  deps: StoreDependencies,
  stream: string,
  from: number,
  limit: number,
): Answer<ReadonlyArray<RecordedEvent>> => {
  const found = await readStreamPart(deps, stream, from, limit);
  if (E.isLeft(found)) return found;
  const events: Array<RecordedEvent> = [];
  for (const raw of found.right) {
    const event = decodeEvent(deps.prefix, raw);
    if (event === null) continue;
    if (E.isLeft(event)) return event;
    events.push(event.right);
  }
  const missing = limit - events.length;
  if (found.right.length < limit || missing === 0) return E.right(events);
  const more = await readPartOfStream(deps, stream, from + found.right.length, missing);
  return pipe(
    more,
    E.map((rest) => [...events, ...rest]),
  );
};

const ABANDONED = 'the event store was closed before the server answered';
const UNKNOWN: E.Either<StoreError, never> = E.left({ type: 'OutcomeUnknown', reason: ABANDONED });
const UNREAD: E.Either<StoreError, never> = E.left({ type: 'Unavailable', reason: ABANDONED });

/**
 * The port `EventStore`. `close` waits `CLOSE_GRACE_MS` for appends in flight and for batches that are being handled.
 * Then unanswered appends are `OutcomeUnknown` and reads `Unavailable`.
 */
export const makeStore = (deps: StoreDependencies): EventStore => {
  let closing: Promise<void> | undefined;
  let closed = false;
  const [writes, reads] = [makeInFlight(), makeInFlight()];
  const running = new Set<Subscription>();
  const head = makeHead(deps);

  const writing = async <A>(work: () => Answer<A>): Answer<A> =>
    closing === undefined ? await deps.keepProcessAlive(() => writes.run(work, UNKNOWN)) : CLOSED;
  const reading = async <A>(work: () => Answer<A>): Answer<A> =>
    closed ? CLOSED : await deps.keepProcessAlive(() => reads.run(work, UNREAD));

  const carryOut = (encoded: Encoded): Answer<AppendResult> =>
    encoded.events.length === 0 ? appendNothing(deps, encoded, head) : appendOne(deps, encoded);

  const inOrder = async (all: ReadonlyArray<Encoded>): Answer<ReadonlyArray<AppendResult>> => {
    const results: Array<AppendResult> = [];
    for (const encoded of all) {
      const result = await carryOut(encoded);
      if (E.isLeft(result)) return result;
      results.push(result.right);
    }
    return E.right(results);
  };

  const subscribe = makeSharedFeed({ subscribe: subscribing({ ...deps, head }), head });
  const finish = async (): Promise<void> => {
    await Promise.all([...running].map((subscription) => subscription.stop()));
    await writes.idle();
  };
  const closeAll = async (): Promise<void> => {
    await deps.keepProcessAlive(() => within(deps.clock, CLOSE_GRACE_MS, finish()));
    closed = true;
    writes.abandonAll();
    reads.abandonAll();
    await deps.connection.close();
  };
  const close = (): Promise<void> => {
    closing ??= closeAll();
    return closing;
  };

  return {
    append: (append) => async () => {
      const encoded = encodeAppend(append);
      return E.isLeft(encoded) ? encoded : await writing(() => carryOut(encoded.right));
    },
    appendInOrder: (appends) => async () => {
      const encoded = pipe(appends, E.traverseArray(encodeAppend));
      return E.isLeft(encoded) ? encoded : writing(() => inOrder(encoded.right));
    },
    readStream:
      (stream, from = 0, limit = Number.MAX_SAFE_INTEGER) =>
      () =>
        reading(() => readPartOfStream(deps, stream, from, limit)),
    readAll: (after, limit) => () => reading(() => readLog(deps, after, limit)),
    readAt: (position) => () => reading(() => readEventAt(deps, position)),
    head: () => () => reading(head),
    subscribe: (options) => {
      const subscription = subscribe(options);
      running.add(subscription);
      const forget = (): boolean => running.delete(subscription);
      subscription.done.then(forget, forget);
      return subscription;
    },
    close,
  };
};
