import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';
import type { CalendarPlace } from '../../domain/calendar/calendar-state.ts';
import type { UnreadableRecord } from '../../domain/calendar/events.ts';
import type { BookingListError } from './booking-list.ts';

/** `task`: what the calendar was asked to do. `at`: UTC instant. `message`: without secrets and guest data. */
export type CalendarTrouble = {
  readonly task: 'write' | 'confirm' | 'decorate' | 'remove';
  readonly kind: FailureKind;
  readonly message: string;
  readonly at: string;
  readonly bookingUid: string;
  readonly hostId: string;
};

/** So many bookings, and the uids of the first of them, at most `MOST_UIDS`. */
export type Bookings = { readonly count: number; readonly uids: ReadonlyArray<string> };
export const MOST_UIDS = 20;

/**
 * An event that a calendar may still show though its booking is not live any more. `since`: when the booking ended.
 * `failure` null: it was not tried yet. `retryAt` null: only a person can help. UTC instants.
 */
export type OutstandingRemoval = {
  readonly bookingUid: string;
  readonly since: string;
  readonly attempts: number;
  readonly failure: { readonly kind: FailureKind; readonly message: string; readonly retryAt: string | null } | null;
};

/**
 * How a calendar has been answering, over all bookings, and what of it is odd. `held`, `missing`: live bookings that are
 * not over, which the calendar holds, or was asked to hold and does not. `elsewhere`: of those held, the ones that were
 * stored where the calendar is not any more. `failuresInRow`: since the last success. Instants are UTC.
 */
export type CalendarReport = {
  readonly calendarId: string;
  readonly place: CalendarPlace | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailure: CalendarTrouble | null;
  readonly failuresInRow: number;
  readonly held: Bookings;
  readonly missing: Bookings;
  readonly elsewhere: Bookings;
  readonly removals: { readonly count: number; readonly first: ReadonlyArray<OutstandingRemoval> };
  readonly unreadable: {
    readonly objects: ReadonlyArray<UnreadableRecord & { readonly since: string }>;
    readonly more: number;
  };
};

/** Live bookings that are not over, of one event type of one host. */
export type LiveBookings = Bookings & { readonly hostId: string; readonly eventTypeId: number };

/** A booking that waits for somebody to mend a calendar: its write, what its event is to say, or its removal. */
export type MendableBooking = { readonly calendarId: string; readonly bookingUid: string };

/** `now`: epoch milliseconds. `hostId`: only what concerns this host's bookings; null: everybody's. */
export type CalendarHealthReader = {
  /** Every calendar that the log knows, by id. */
  readonly calendarHealth: (
    now: number,
    hostId: string | null,
  ) => TaskEither<BookingListError, ReadonlyArray<CalendarReport>>;
  /** By host and event type. */
  readonly liveBookings: (now: number) => TaskEither<BookingListError, ReadonlyArray<LiveBookings>>;
  /** By calendar, those that end first before the others, at most 10,000: live bookings that are not over, and removals. */
  readonly mendableBookings: (now: number) => TaskEither<BookingListError, ReadonlyArray<MendableBooking>>;
};
