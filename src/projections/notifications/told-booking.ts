import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { bookingUidOf } from '../../application/commanding/aggregate.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { HistoryEntry, ReadBookingError } from '../../application/reading/read-booking.ts';
import { readHistory } from '../../application/reading/read-booking.ts';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events/index.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';
import { mayTell } from './plan-notifications.ts';

/** A booking around one of its events: before it, just after it, and as it is now. */
export type ToldEvent = {
  readonly recorded: RecordedEvent;
  readonly event: BookingEvent;
  readonly before: BookingState;
  readonly told: KnownBooking;
  readonly present: KnownBooking;
  /** Everything that happened to the booking so far. */
  readonly story: ReadonlyArray<BookingEvent>;
};

/** `earlier`: events before it that somebody may have to be told of first; none where the engine keeps the order. */
export type ToldBooking = ToldEvent & { readonly earlier: ReadonlyArray<ToldEvent> };

const around = (
  entries: ReadonlyArray<HistoryEntry>,
  story: ReadonlyArray<BookingEvent>,
  present: BookingState,
  revision: number,
): E.Either<ReadBookingError, ToldEvent> => {
  const entry = entries[revision];
  const before = story.slice(0, revision).reduce(evolve, noBooking);
  const told = entry === undefined ? noBooking : evolve(before, entry.event);
  return entry === undefined || told.phase === 'none' || present.phase === 'none'
    ? E.left({ type: 'UnknownBooking' })
    : E.right({ ...entry, before, told, present, story });
};

const earlierRevisions = (
  entries: ReadonlyArray<HistoryEntry>,
  revision: number,
  since: number | undefined,
): ReadonlyArray<number> =>
  since === undefined
    ? []
    : entries
        .slice(0, revision)
        .filter(({ recorded }) => recorded.position > since && mayTell(recorded.type))
        .map(({ recorded }) => recorded.revision);

/**
 * Reads the booking of an event around it. Streams begin at revision 0 and have no gaps. `since`: the position after which
 * earlier events are wanted too.
 */
export const readToldBooking =
  (store: Pick<EventStore, 'readStream'>) =>
  (
    { stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>,
    since?: number,
  ): TaskEither<ReadBookingError, ToldBooking> =>
    pipe(
      readHistory(store)(bookingUidOf(stream) ?? ''),
      TE.flatMapEither((entries) => {
        const story = entries.map(({ event }) => event);
        const present = story.reduce(evolve, noBooking);
        const aroundRevision = (at: number) => around(entries, story, present, at);
        return pipe(
          aroundRevision(revision),
          E.bind('earlier', () => E.traverseArray(aroundRevision)(earlierRevisions(entries, revision, since))),
        );
      }),
    );
