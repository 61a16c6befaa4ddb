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

/** A booking around one of its events: before it, just after it, and as it is now. */
export type ToldEvent = {
  readonly recorded: RecordedEvent;
  readonly event: BookingEvent;
  readonly before: BookingState;
  readonly told: KnownBooking;
  readonly present: KnownBooking;
};

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
    : E.right({ ...entry, before, told, present });
};

/** Reads the booking of an event around it. Streams begin at revision 0 and have no gaps. */
export const readToldBooking =
  (store: Pick<EventStore, 'readStream'>) =>
  ({ stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>): TaskEither<ReadBookingError, ToldEvent> =>
    pipe(
      readHistory(store)(bookingUidOf(stream) ?? ''),
      TE.flatMapEither((entries) => {
        const story = entries.map(({ event }) => event);
        return around(entries, story, story.reduce(evolve, noBooking), revision);
      }),
    );
