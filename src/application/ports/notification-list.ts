import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { BookingListError } from './booking-list.ts';

/**
 * Something to be said, and what became of it. `causedBy`: id of the event that is told. `recipient`: `host`,
 * `attendee`, `guest-1`.. or a webhook subscription's id. `overtaken`: what it would say is not true any more, so it is
 * left out. `detail`: message id of what was sent, the reason of what was parked. UTC instants.
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

/** All that was to be said of one booking, in the order in which it was planned. */
export type BookingNotifications = {
  readonly bookingUid: string;
  readonly notifications: ReadonlyArray<Notification>;
};

/** States that can be asked for. */
export const listedStates = ['pending', 'parked', 'sent'] as const;
export type ListedState = (typeof listedStates)[number];

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

/** What people were told and what they are still to be told, as far as the read model has got. */
export type NotificationList = {
  readonly notifications: (query: NotificationQuery) => TaskEither<BookingListError, NotificationPage>;
};
