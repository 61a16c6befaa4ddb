import * as E from 'fp-ts/lib/Either.js';
import type { AppendResult, EventStore, StoreError, Subscription } from '../../application/ports/event-store.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';
import { type Appending, appendNothing, appendOne } from './appending.ts';
import { makeHead, readEventAt, readLog } from './read-log.ts';
import { readStreamPart } from './reading.ts';
import type { StayAlive } from './stay-alive.ts';
import { type Subscribing, subscribing } from './subscribing.ts';
import { decodeEvent, type Encoded, encodeAppend } from './wire-event.ts';

type Parts = Appending & Omit<Subscribing, 'head'> & { readonly stayAlive: StayAlive };
type Answer<A> = Promise<E.Either<StoreError, A>>;

const CLOSED: E.Either<StoreError, never> = E.left({ type: 'Unavailable', reason: 'the event store is closed' });

const readWholeStream = async (deps: Parts, stream: string, from: number): Answer<ReadonlyArray<RecordedEvent>> => {
  const found = await readStreamPart(deps, stream, from);
  if (E.isLeft(found)) return found;
  const events: Array<RecordedEvent> = [];
  for (const raw of found.right) {
    const event = decodeEvent(raw);
    if (event === null) continue;
    if (E.isLeft(event)) return event;
    events.push(event.right);
  }
  return E.right(events);
};

/** The port over its parts. `close` waits for the appends under way and for the batches in hand. */
export const assembleStore = (deps: Parts): EventStore => {
  let accepting = true;
  let closed = false;
  const underWay = new Set<Promise<unknown>>();
  const running = new Set<Subscription>();
  const head = makeHead(deps);

  const track = async <A>(work: () => Promise<A>): Promise<A> => {
    const promise = deps.stayAlive(work);
    underWay.add(promise);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  };
  const writing = async <A>(work: () => Answer<A>): Answer<A> => (accepting ? track(work) : CLOSED);
  const reading = async <A>(work: () => Answer<A>): Answer<A> => (closed ? CLOSED : deps.stayAlive(work));

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

  const subscribe = subscribing({ ...deps, head });
  const close = async (): Promise<void> => {
    if (!accepting) return;
    accepting = false;
    await Promise.all([...running].map((subscription) => subscription.stop()));
    await Promise.allSettled(underWay);
    closed = true;
    await deps.connection.close();
  };

  return {
    append: (append) => async () => {
      const encoded = encodeAppend(append);
      return E.isLeft(encoded) ? encoded : writing(() => carryOut(encoded.right));
    },
    appendInOrder: (appends) => async () => {
      const encoded = E.traverseArray(encodeAppend)(appends);
      return E.isLeft(encoded) ? encoded : writing(() => inOrder(encoded.right));
    },
    readStream:
      (stream, from = 0) =>
      () =>
        reading(() => readWholeStream(deps, stream, from)),
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
