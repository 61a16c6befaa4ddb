import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { HistoryEntry, ReadBookingError } from '../queries/read-booking.ts';
import { readHistory } from '../queries/read-booking.ts';

/** A booking around one of its events: before it, just after it, and as it is now. */
export type BookingAround = {
  readonly uid: string;
  readonly recorded: RecordedEvent;
  readonly event: BookingEvent;
  readonly before: BookingState;
  readonly after: KnownBooking;
  readonly present: KnownBooking;
};

/** Streams begin at revision 0 and have no gaps. Each event is folded once. */
const around = (
  uid: string,
  entries: ReadonlyArray<HistoryEntry>,
  revision: number,
): E.Either<ReadBookingError, BookingAround> => {
  const fold = (booking: BookingState, { event }: HistoryEntry): BookingState => evolve(booking, event);
  const entry = entries[revision];
  const before = entries.slice(0, revision).reduce(fold, noBooking);
  const after = entry === undefined ? noBooking : fold(before, entry);
  const present = entries.slice(revision + 1).reduce(fold, after);
  return entry === undefined || after.phase === 'none' || present.phase === 'none'
    ? E.left({ type: 'UnknownBooking' })
    : E.right({ uid, ...entry, before, after, present });
};

/** Reads the stream of an event's booking, once. */
export const readBookingAround =
  (store: Pick<EventStore, 'readStream'>) =>
  ({ stream, revision }: Pick<RecordedEvent, 'stream' | 'revision'>): TaskEither<ReadBookingError, BookingAround> => {
    const uid = bookingUidOf(stream) ?? '';
    return pipe(
      readHistory(store)(uid),
      TE.flatMapEither((entries) => around(uid, entries, revision)),
    );
  };
