import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { FailureKind } from '../../domain/calendar/calendar-failure.ts';
import type { CalendarPlace, KnownOutage } from '../../domain/calendar/calendar-state.ts';
import type { UnreadableRecord } from '../../domain/calendar/events.ts';

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
 * Bookings that match all filters; `null`: no filter. Times in epoch milliseconds, both ends inclusive. `statuses`: any
 * of them; empty: all. `hostIds`: of these hosts. `attendeeEmail`, `attendeeName`: of the attendee, exact; the address
 * without regard to case. `order`: first criterion first, ties by uid; never empty. `created`: when it was requested.
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

/** Lists of the read model, a little behind the log; `waitFor` lets a caller read what it has written. */
export type BookingList = {
  readonly list: (query: BookingListQuery) => TaskEither<BookingListError, BookingListPage>;
  /** Resolves true once the read model has got to `position` in the log; false after `ms` milliseconds, or when `signal` aborts. */
  readonly waitFor: (position: number, ms: number, signal: AbortSignal) => Promise<boolean>;
};

/**
 * A planned notification and its outcome. `causedBy`: id of the event that it is about. `recipient`: `host`,
 * `attendee`, `guest-1`.. or a webhook subscription's id. `overtaken`: left out, since it is not true any more.
 * `detail`: message id of what was sent, reason of what was parked. UTC instants.
 */
export type Notification = {
  readonly causedBy: string;
  readonly channel: 'mail' | 'webhook';
  readonly notification: string;
  readonly recipient: string;
  readonly state: 'pending' | 'sent' | 'parked' | 'overtaken';
  readonly plannedAt: string;
  readonly settledAt: string | null;
  readonly detail: string | null;
};

/** All notifications of one booking, in the order in which they were planned. */
export type BookingNotifications = {
  readonly bookingUid: string;
  readonly notifications: ReadonlyArray<Notification>;
};

/** States that a list can be filtered by. */
export const listedStates = ['pending', 'parked', 'sent'] as const;
type ListedState = (typeof listedStates)[number];

/**
 * Which bookings: those with a notification in `state`, or the one with this uid; null: whichever. `before`: the `next` of
 * the page before, null for the first page. `take`: bookings on a page, 1 to `MAX_NOTIFICATION_PAGE`.
 */
export type NotificationQuery = {
  readonly state: ListedState | null;
  readonly bookingUid: string | null;
  readonly before: number | null;
  readonly take: number;
};
export const MAX_NOTIFICATION_PAGE = 250;

/** Bookings by their first notification, the newest first, each with those in the wanted state. `next`: null on the last page. */
export type NotificationPage = {
  readonly bookings: ReadonlyArray<BookingNotifications>;
  readonly next: number | null;
};

/** Notifications sent, parked and pending, as far as the read model has got. */
export type NotificationList = {
  readonly notifications: (query: NotificationQuery) => TaskEither<BookingListError, NotificationPage>;
};

/** `task`: what the calendar was asked to do. `at`: UTC instant. `message`: without secrets and guest data. */
export type CalendarTrouble = {
  readonly task: 'write' | 'move' | 'confirm' | 'decorate' | 'remove';
  readonly kind: FailureKind;
  readonly message: string;
  readonly at: string;
  readonly bookingUid: string;
  readonly hostId: string;
};

/** A number of bookings, and the uids of the first `MOST_UIDS` of them. */
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
 * The health of a calendar, over all bookings. `held`, `missing`: live bookings that are not over, which the calendar
 * holds, or should hold and does not. `elsewhere`: held ones that were stored at an earlier address of the calendar.
 * `failuresInRow`: since the last success. `outage`: it cannot be read now. Instants are UTC.
 */
export type CalendarReport = {
  readonly calendarId: string;
  readonly place: CalendarPlace | null;
  readonly lastSuccessAt: string | null;
  readonly lastFailure: CalendarTrouble | null;
  readonly failuresInRow: number;
  readonly outage: KnownOutage | null;
  readonly held: Bookings;
  readonly missing: Bookings;
  readonly elsewhere: Bookings;
  readonly removals: {
    readonly count: number;
    readonly first: ReadonlyArray<OutstandingRemoval>;
    /** Ended bookings whose event it may still show and that a person has acknowledged. */
    readonly acknowledged: Bookings;
  };
  readonly unreadable: {
    readonly objects: ReadonlyArray<UnreadableRecord & { readonly since: string }>;
    readonly more: number;
  };
};

/** Live bookings that are not over, of one event type of one host. */
export type LiveBookings = Bookings & { readonly hostId: string; readonly eventTypeId: number };

/** A booking that waits until a calendar is repaired: for its write, its change or its removal. */
export type MendableBooking = { readonly calendarId: string; readonly bookingUid: string };

/** Bookings with the time at which the clock is next of interest to them, epoch milliseconds; the earliest first. */
export type DueTimers = ReadonlyArray<{ readonly uid: string; readonly dueMs: number }>;

export type TimerReader = {
  /** At most the first `take`. It follows the log a little later, so a booking may be past what is said of it here. */
  readonly firstTimers: (take: number) => TaskEither<BookingListError, DueTimers>;
  /** How far in the log it has got. */
  readonly position: () => number;
} & Pick<BookingList, 'waitFor'>;

/** `now`: epoch milliseconds. `hostId`: only what concerns this host's bookings; null: everybody's. */
export type CalendarHealthReader = {
  /** Uids of live bookings that are not over, and that this calendar holds, or was found not to hold any more. */
  readonly watchedBookings: (calendarId: string, now: number) => TaskEither<BookingListError, ReadonlyArray<string>>;
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
