import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { EventStore } from '../../application/ports/event-store.ts';
import type { ReadBookingError } from '../../application/reading/read-booking.ts';
import { readHistory } from '../../application/reading/read-booking.ts';
import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events/index.ts';
import { evolve } from '../../domain/booking/evolve.ts';

/** A booking around one of its events: before it, just after it, and as it is now. */
export type ToldBooking = {
  readonly event: BookingEvent;
  readonly before: BookingState;
  readonly told: KnownBooking;
  readonly present: KnownBooking;
};

const around = (events: ReadonlyArray<BookingEvent>, revision: number): E.Either<ReadBookingError, ToldBooking> => {
  const event = events[revision];
  const before = events.slice(0, revision).reduce(evolve, noBooking);
  const told = event === undefined ? noBooking : evolve(before, event);
  const present = events.slice(revision + 1).reduce(evolve, told);
  return event === undefined || told.phase === 'none' || present.phase === 'none'
    ? E.left({ type: 'UnknownBooking' })
    : E.right({ event, before, told, present });
};

/** Reads the booking of a stream around the event at `revision`. Streams begin at revision 0 and have no gaps. */
export const readToldBooking =
  (store: Pick<EventStore, 'readStream'>) =>
  (uid: string, revision: number): TaskEither<ReadBookingError, ToldBooking> =>
    pipe(
      readHistory(store)(uid),
      TE.flatMapEither((entries) =>
        around(
          entries.map(({ event }) => event),
          revision,
        ),
      ),
    );
