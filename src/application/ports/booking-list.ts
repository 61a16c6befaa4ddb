import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';

/**
 * The words of Cal.com's list filter. `upcoming`: end in the future, pending or accepted. `past`: ended, never cancelled
 * nor rejected. `cancelled`: cancelled, rejected or expired. `unconfirmed`: end in the future, pending. `recurring`: part
 * of a series; nothing matches while there are none.
 */
export type ListedStatus = 'upcoming' | 'recurring' | 'past' | 'cancelled' | 'unconfirmed';

export type BookingOrder = {
  readonly by: 'start' | 'end' | 'created' | 'updated';
  readonly direction: 'asc' | 'desc';
};

/**
 * Bookings that match all that is given; `null` says nothing. All times in epoch milliseconds, both ends inclusive.
 * `statuses`: any of them, none means all. `hostIds`: whose bookings. `attendeeEmail`, `attendeeName`: of the attendee
 * who booked, exact; the address without regard to case. `order`: first criterion first, ties by uid; never empty.
 * `created`: when it was requested. `take` 1 to 250, `skip` from 0.
 */
export type BookingListQuery = {
  readonly now: number;
  readonly hostIds: ReadonlyArray<string> | null;
  readonly statuses: ReadonlyArray<ListedStatus>;
  readonly attendeeEmail: string | null;
  readonly attendeeName: string | null;
  readonly bookingUid: string | null;
  readonly eventTypeIds: ReadonlyArray<number> | null;
  readonly afterStart: number | null;
  readonly beforeEnd: number | null;
  readonly afterCreatedAt: number | null;
  readonly beforeCreatedAt: number | null;
  readonly afterUpdatedAt: number | null;
  readonly beforeUpdatedAt: number | null;
  readonly order: ReadonlyArray<BookingOrder>;
  readonly take: number;
  readonly skip: number;
};

/** A booking as the read model knows it: the fold of its stream so far. */
export type ListedBooking = { readonly uid: string; readonly booking: KnownBooking };

/** `total`: all that match, whatever `take` and `skip`. `position`: how far in the log the answer has got. */
export type BookingListPage = {
  readonly rows: ReadonlyArray<ListedBooking>;
  readonly total: number;
  readonly position: number;
};

/** `Unavailable`: the read model cannot be read now, or is being built. */
export type BookingListError = { readonly type: 'Unavailable' | 'Corrupt'; readonly reason: string };

/** The read model's lists. They follow the log a little later; `waitFor` is how to read what one has written. */
export type BookingList = {
  readonly list: (query: BookingListQuery) => TaskEither<BookingListError, BookingListPage>;
  /** Resolves true once the read model has got to `position` in the log; false after `ms` milliseconds, or when `signal` aborts. */
  readonly waitFor: (position: number, ms: number, signal: AbortSignal) => Promise<boolean>;
};
