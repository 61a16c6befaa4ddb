import type { CalendarSync, Difference, KnownBooking } from './booking-state.ts';
import { isSameInstant } from './reschedule-state.ts';

/** What a person made of the event in this calendar; null: it is as we wrote it, as far as is known. */
export const differenceOf = (sync: CalendarSync): Difference | null =>
  sync.status === 'held' ? (sync.difference ?? null) : null;

/**
 * A person changed the event of an accepted booking, and by the host's rule about calendars (any-of, all-of) it is not
 * held at its time any more. From the fact on and until it is settled nobody reads ACCEPTED (I1).
 */
export const isUnsettled = (booking: KnownBooking): boolean => {
  if (booking.phase !== 'accepted') return false;
  const { calendars, request } = booking;
  if (!calendars.some((sync) => differenceOf(sync) !== null)) return false;
  const holds = (sync: CalendarSync): boolean =>
    sync.status === 'held' && sync.difference === undefined && isSameInstant(sync.start, request.start);
  return request.acceptance === 'all-of' || !calendars.some(holds);
};

/** The booking is on, and known to be: accepted, and held at its time. */
export const isOn = (booking: KnownBooking): boolean => booking.phase === 'accepted' && !isUnsettled(booking);

/**
 * The word that the API, the read model and the webhooks use; expired reads as rejected there, and accepted as pending for
 * as long as a calendar was found not to hold the booking any more.
 */
export type BookingStatus = 'accepted' | 'pending' | 'cancelled' | 'rejected';

export const statusOf = (booking: KnownBooking): BookingStatus => {
  if (isUnsettled(booking)) return 'pending';
  return booking.phase === 'expired' ? 'rejected' : booking.phase;
};

/** Where one calendar stands, in a word: `held` only where no person is known to have changed the event since. */
export const calendarStatusOf = (sync: CalendarSync): CalendarSync['status'] | 'missing' | 'cancelled' | 'moved' => {
  const difference = differenceOf(sync);
  if (difference === null) return sync.status;
  return difference.kind === 'length' ? 'moved' : difference.kind;
};
