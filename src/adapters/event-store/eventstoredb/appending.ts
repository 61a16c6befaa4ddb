import type { ResolvedEvent, AppendResult as ClientResult } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { backoffWithJitter } from '../../../application/consumers/waiting.ts';
import type { AppendResult, ExpectedRevision, StoreError } from '../../../application/ports/event-store.ts';
import { reasonOf } from '../../../domain/unknown.ts';
import { pause } from '../../clock/time-limit.ts';
import { revisionBefore } from '../embedded/plan-appends.ts';
import { type Failure, toFailure, type Encoded, placeOfEvent, type Sending } from './wire-event.ts';
import { type Reading, readStreamPart } from './reading.ts';

const conflictOf = ({ stream, expected }: Sending, actual: ExpectedRevision): StoreError => ({
  type: 'RevisionConflict',
  stream,
  expected,
  actual,
});

/** Where the stream ends. */
const streamEnd = async (deps: Reading, stream: string): Promise<E.Either<StoreError, ExpectedRevision>> => {
  const found = await readStreamPart(deps, stream, 'end', 1);
  return pipe(
    found,
    E.map((events): ExpectedRevision => {
      const event = events[0]?.event;
      return event === undefined ? 'no-stream' : Number(event.revision);
    }),
  );
};

const placeOfLast = (events: ReadonlyArray<ResolvedEvent>): E.Either<StoreError, AppendResult> | null => {
  const event = events.at(-1)?.event;
  return event === undefined ? null : placeOfEvent(event);
};

const unknown = (error: StoreError): E.Either<StoreError, never> =>
  E.left({
    type: 'OutcomeUnknown',
    reason: `the stream cannot be read: ${reasonOf(error)}`,
  });

/**
 * Looks for an append whose outcome is unknown. Its ids are where it would have put them: it was written. Other events
 * are there: it was not and never will be, a conflict. Null: nothing is there yet, but it may still arrive. In a stream
 * that was deleted and revived, the first readable events are those of the append that revived it.
 */
const writtenOf = async (deps: Reading, { append }: Encoded): Promise<E.Either<StoreError, AppendResult> | null> => {
  const isOurs = (events: ReadonlyArray<ResolvedEvent>): boolean =>
    events.length === append.events.length && append.events.every(({ id }, index) => events[index]?.event?.id === id);
  const after = await readStreamPart(deps, append.stream, revisionBefore(append.expected) + 1, append.events.length);
  if (E.isLeft(after)) return unknown(after.left);
  if (after.right.length === 0) return null;
  if (isOurs(after.right)) return placeOfLast(after.right);
  const actual = await streamEnd(deps, append.stream);
  return E.isLeft(actual) ? unknown(actual.left) : E.left(conflictOf(append, actual.right));
};

/** Attempts of an append, with the same ids and expectation, before the stream is read for the answer. */
const APPEND_ATTEMPTS = 4;

/** `appendTimeLimitMs`: milliseconds that one attempt may take. The client has no time limit of its own here. */
export type Appending = Reading & { readonly appendTimeLimitMs: number };

type Answer = E.Either<StoreError, AppendResult>;

const sendOnce = async (
  { connection, appendTimeLimitMs, prefix }: Appending,
  { append, events }: Encoded,
): Promise<E.Either<Failure, ClientResult>> => {
  const expectedRevision = append.expected === 'no-stream' ? 'no_stream' : BigInt(append.expected);
  const sent = await connection.append(
    (client) => client.appendToStream(`${prefix}${append.stream}`, events, { expectedRevision, requiresLeader: true }),
    appendTimeLimitMs,
  );
  switch (sent.type) {
    case 'answered':
      return E.right(sent.answer);
    case 'hung':
      return E.left({ type: 'unknown', reason: `the event store did not answer within ${appendTimeLimitMs} ms` });
    case 'no-permit':
      return E.left({ type: 'not-sent', reason: `too many appends are waiting for the event store` });
    case 'rejected': {
      const failure = toFailure(sent.thrown);
      if (failure.type === 'not-sent') connection.replace(sent.client);
      return E.left(failure);
    }
  }
};

const placeIn = ({ nextExpectedRevision, position }: ClientResult): Answer | null =>
  position === undefined ? null : placeOfEvent({ revision: nextExpectedRevision, position });

/** A server before 22.6 gives no position in its answer: it is read from the event. */
const lookedUp = async (deps: Appending, stream: string, result: ClientResult): Promise<Answer> => {
  const revision = Number(result.nextExpectedRevision);
  const found = await readStreamPart(deps, stream, revision, 1);
  if (E.isLeft(found)) return found;
  const event = found.right[0]?.event;
  return event === undefined
    ? E.left({ type: 'Corrupt', reason: `revision ${revision} of ${stream} cannot be read back` })
    : placeOfEvent(event);
};

/** The answer, where sending again would not change it; null where it may. */
const settled = async (
  deps: Appending,
  encoded: Encoded,
  failure: Failure,
  maybeWritten: boolean,
): Promise<Answer | null> => {
  const { append, bytes } = encoded;
  switch (failure.type) {
    case 'wrong-revision':
      // On a repeat this may be the answer to our own first attempt, where the server did not recognize it.
      if (maybeWritten) return (await writtenOf(deps, encoded)) ?? E.left(conflictOf(append, failure.actual));
      return E.left(conflictOf(append, failure.actual));
    case 'too-large':
      return E.left({ type: 'TooLarge', bytes, limit: failure.limit });
    case 'final':
      return maybeWritten ? null : E.left(failure.error);
    case 'denied':
      return maybeWritten ? null : E.left({ type: 'Unavailable', reason: failure.reason });
    default:
      return null;
  }
};

/**
 * Sends an append, and again with the same ids and expectation while its outcome is unknown: the server takes that as a
 * repeat. What is unknown then is looked up in the stream. `Unavailable` only if nothing ever reached the server.
 */
export const appendOne = async (deps: Appending, encoded: Encoded): Promise<Answer> => {
  const { append } = encoded;
  if (append.expected !== 'no-stream' && !(Number.isSafeInteger(append.expected) && append.expected >= 0)) {
    const last = await streamEnd(deps, append.stream);
    return pipe(
      last,
      E.chain((actual) => E.left(conflictOf(append, actual))),
    );
  }
  let maybeWritten = false;
  let reason = 'the event store is closed';
  for (let attempt = 1; attempt <= APPEND_ATTEMPTS && !deps.connection.isClosed(); attempt += 1) {
    const sent = await sendOnce(deps, encoded);
    if (E.isRight(sent)) return placeIn(sent.right) ?? (await lookedUp(deps, append.stream, sent.right));
    const answer = await settled(deps, encoded, sent.left, maybeWritten);
    if (answer !== null) return answer;
    maybeWritten ||= sent.left.type !== 'not-sent';
    reason = reasonOf(sent.left.type === 'final' ? sent.left.error : sent.left);
    if (attempt < APPEND_ATTEMPTS) await pause(deps.clock, backoffWithJitter(attempt, deps.random));
  }
  if (!maybeWritten) return E.left({ type: 'Unavailable', reason });
  return (await writtenOf(deps, encoded)) ?? E.left({ type: 'OutcomeUnknown', reason });
};

/** An append without events: answers with the present end of the stream and of the log. */
export const appendNothing = async (
  deps: Appending,
  { append }: Encoded,
  head: () => Promise<E.Either<StoreError, number>>,
): Promise<Answer> => {
  const [last, position] = [await streamEnd(deps, append.stream), await head()];
  if (E.isLeft(last)) return last;
  return pipe(
    position,
    E.map((at) => ({ revision: revisionBefore(last.right), position: at })),
  );
};
