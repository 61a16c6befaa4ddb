import type { ResolvedEvent } from '@eventstore/db-client';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AppendResult, ExpectedRevision, StoreError } from '../../../application/ports/event-store.ts';
import { revisionBefore } from '../embedded/plan-appends.ts';
import { type Reading, readStreamPart } from './reading.ts';
import { type Encoded, placeOfEvent, type Sending } from './wire-event.ts';
import { reasonOf } from '../../../domain/unknown.ts';

export const conflictOf = ({ stream, expected }: Sending, actual: ExpectedRevision): StoreError => ({
  type: 'RevisionConflict',
  stream,
  expected,
  actual,
});

/** Where the stream ends. */
export const streamEnd = async (deps: Reading, stream: string): Promise<E.Either<StoreError, ExpectedRevision>> => {
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
 * Looks for an append whose outcome is unknown. Its ids where it would have put them: it was written. Other events
 * there: it was not and never will be, a conflict. Null: nothing there, yet it may still arrive. In a stream that was
 * deleted and revived, the first events that can be read are those of the append that revived it.
 */
export const writtenOf = async (
  deps: Reading,
  { append }: Encoded,
): Promise<E.Either<StoreError, AppendResult> | null> => {
  const isOurs = (events: ReadonlyArray<ResolvedEvent>): boolean =>
    events.length === append.events.length && append.events.every(({ id }, index) => events[index]?.event?.id === id);
  const after = await readStreamPart(deps, append.stream, revisionBefore(append.expected) + 1, append.events.length);
  if (E.isLeft(after)) return unknown(after.left);
  if (after.right.length === 0) return null;
  if (isOurs(after.right)) return placeOfLast(after.right);
  const actual = await streamEnd(deps, append.stream);
  return E.isLeft(actual) ? unknown(actual.left) : E.left(conflictOf(append, actual.right));
};
