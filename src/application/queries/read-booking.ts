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
import type { Clock } from '../ports/clock-and-ids.ts';
import type { BookingList } from '../ports/read-models.ts';
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

/** Milliseconds that a list waits for what is in the log already, where it was told no position. */
export const OWN_WRITES_MS = 250;

type CatchUpDeps = {
  readonly store: Pick<EventStore, 'head'>;
  readonly readModel: Pick<BookingList, 'waitFor'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
};

/**
 * Resolves when the read model shows all that was in the log when it was asked: whoever has just been answered a command,
 * with whatever key and by whichever node, then finds it in a list. After `OWN_WRITES_MS` in any case, and where the log
 * does not answer: a list that is behind is better than none. Nothing is remembered of anybody.
 */
export const catchUp =
  ({ store, readModel, clock }: CatchUpDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    const patience = new AbortController();
    const cancel = clock.at(clock.now() + OWN_WRITES_MS, () => patience.abort());
    const over = AbortSignal.any([signal, patience.signal]);
    const shown = async (): Promise<void> => {
      const head = await store.head()();
      if (E.isRight(head)) await readModel.waitFor(head.right, OWN_WRITES_MS, over);
    };
    const given = new Promise<void>((resolve) => over.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([shown(), given]);
    cancel();
  };

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
