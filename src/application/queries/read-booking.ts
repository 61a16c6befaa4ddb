import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { decodeBookingEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { bookingStream } from '../commands/aggregate.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';

export type ReadBookingError = StoreError | { readonly type: 'UnknownBooking' };

/** A booking from its own stream: up to date, however far the read model has got. */
export const readBooking =
  (buses: Pick<BookingBuses, 'bookings'>) =>
  (uid: string): TaskEither<ReadBookingError, { readonly booking: KnownBooking; readonly position: number }> =>
    pipe(
      buses.bookings.load(uid),
      TE.flatMapEither(
        ({ state, position }): E.Either<ReadBookingError, { booking: KnownBooking; position: number }> =>
          state.phase === 'none' ? E.left({ type: 'UnknownBooking' }) : E.right({ booking: state, position }),
      ),
    );

/** One event as recorded, and as the domain decodes it today. */
export type HistoryEntry = { readonly recorded: RecordedEvent; readonly event: BookingEvent };

const understood = (recorded: RecordedEvent): E.Either<StoreError, HistoryEntry> =>
  pipe(
    decodeBookingEvent(recorded),
    E.bimap(
      ({ reason }): StoreError => ({ type: 'Corrupt', reason: `${recorded.stream}@${recorded.revision}: ${reason}` }),
      (event) => ({ recorded, event }),
    ),
  );

/** The whole story of one booking, oldest first. */
export const readHistory =
  (store: Pick<EventStore, 'readStream'>) =>
  (uid: string): TaskEither<ReadBookingError, ReadonlyArray<HistoryEntry>> =>
    pipe(
      store.readStream(bookingStream(uid)),
      TE.flatMapEither((events) => pipe(events, E.traverseArray(understood))),
      TE.flatMapEither((entries) =>
        entries.length === 0 ? E.left<ReadBookingError>({ type: 'UnknownBooking' }) : E.right(entries),
      ),
    );
