import type {
  ResolvedEvent,
  StreamingRead,
  AllStreamResolvedEvent,
  Direction,
  ReadPosition,
} from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { backoffWithJitter } from '../../../application/consumers/waiting.ts';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import type { StoreError } from '../../../application/ports/event-store.ts';
import { reasonOf } from '../../../domain/unknown.ts';
import { pause } from '../../clock/time-limit.ts';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import { toFailure } from './wire-event.ts';

/** No event came within the time limit. */
class ReadStalled extends Error {
  readonly type = 'read-stalled';
}

/**
 * All events of a read. The client gives reads no deadline, so one that brings nothing for `stallMs` is cancelled.
 * Rejects with what the client emitted, or with `ReadStalled`.
 */
export const collect = <E extends ResolvedEvent>(
  clock: Clock,
  stallMs: number,
  read: StreamingRead<E>,
): Promise<ReadonlyArray<E>> =>
  new Promise((resolve, reject) => {
    const found: Array<E> = [];
    let cancel = (): void => {};
    const watch = (before: number): void => {
      cancel = clock.at(clock.now() + stallMs, () => {
        if (found.length > before) return watch(found.length);
        // It rejects when the call was never made; then there is nothing to cancel.
        read.cancel().catch(() => undefined);
        reject(new ReadStalled(`the event store sent nothing for ${stallMs} ms`));
      });
    };
    watch(0);
    read.on('data', (event: E) => found.push(event));
    read.on('error', (error: unknown) => {
      cancel();
      reject(error);
    });
    read.on('end', () => {
      cancel();
      resolve(found);
    });
  });

/** Attempts of a read. Most failures are a change of the leader, and the next call finds the new one. */
const READ_ATTEMPTS = 4;

export type Reading = {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly random: () => number;
  /** Prefix of the names of all streams on the server. */
  readonly prefix: string;
  /** Milliseconds without an event after which a read is cancelled. */
  readonly readStallMs: number;
};

const CLOSED: E.Either<StoreError, never> = E.left({ type: 'Unavailable', reason: 'the event store is closed' });

const INTERRUPTED: StoreError = { type: 'Unavailable', reason: 'the connection was closed in the middle of a read' };

type Found<T> = Promise<E.Either<StoreError, ReadonlyArray<T>>>;

const attempt = async <T extends ResolvedEvent>(
  { connection, clock, readStallMs }: Reading,
  start: (client: Client) => StreamingRead<T>,
): Promise<E.Either<{ readonly final: boolean; readonly error: StoreError }, ReadonlyArray<T>>> => {
  const client = connection.client();
  try {
    const events = await collect(clock, readStallMs, start(client));
    // A disposed client ends its reads early, without an error.
    const isWhole = connection.client() === client && !connection.isClosed();
    return isWhole ? E.right(events) : E.left({ final: false, error: INTERRUPTED });
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.type === 'no-stream') return E.right([]);
    if (failure.type === 'final') return E.left({ final: true, error: failure.error });
    if (failure.type === 'denied')
      return E.left({ final: true, error: { type: 'Unavailable', reason: failure.reason } });
    if (failure.type === 'not-sent' || thrown instanceof ReadStalled) connection.replace(client);
    const reason = reasonOf(failure);
    return E.left({ final: false, error: { type: 'Unavailable', reason } });
  }
};

const reading = async <T extends ResolvedEvent>(
  deps: Reading,
  start: (client: Client) => StreamingRead<T>,
): Found<T> => {
  for (let count = 1; ; count += 1) {
    if (deps.connection.isClosed()) return CLOSED;
    const found = await attempt(deps, start);
    if (E.isRight(found)) return found;
    if (found.left.final || count === READ_ATTEMPTS) return E.left(found.left.error);
    await pause(deps.clock, backoffWithJitter(count, deps.random));
  }
};

/**
 * Events of one stream from a revision on, inclusive; backwards from its end when `from` is `end`. Empty where there is
 * no stream.
 */
export const readStreamPart = (
  deps: Reading,
  stream: string,
  from: number | 'end',
  maxCount = Number.MAX_SAFE_INTEGER,
): Found<ResolvedEvent> => {
  const fromRevision = from === 'end' ? from : BigInt(Math.max(from, 0));
  const direction: Direction = from === 'end' ? 'backwards' : 'forwards';
  return reading(deps, (client) =>
    client.readStream(`${deps.prefix}${stream}`, { fromRevision, direction, maxCount, requiresLeader: true }),
  );
};

/** Everything in `$all` from a position on, inclusive, other people's events too: this client cannot filter reads. */
export const readAllPart = (
  deps: Reading,
  fromPosition: ReadPosition,
  direction: Direction,
  maxCount: number,
): Found<AllStreamResolvedEvent> =>
  reading(deps, (client) => client.readAll({ fromPosition, direction, maxCount, requiresLeader: true }));
