import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import { differenceOf, isOn, isUnsettled } from '../../domain/booking/booking-status.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';

type Found = Extract<
  BookingEvent,
  {
    readonly type: 'CalendarEventMissing' | 'CalendarEventMoved' | 'CalendarEventChanged' | 'CalendarEventNotFollowed';
  }
>;

const wantsAfter = (booking: BookingState, calendarId: string): string | null => {
  if (booking.phase === 'none') return null;
  const sync = booking.calendars.find((one) => one.calendarId === calendarId);
  return sync === undefined ? null : (differenceOf(sync)?.wants ?? null);
};

/**
 * Who is told of what was found in a calendar. The host always, but where the booking follows: that is told as a move. The
 * guest where the booking waits for the host's answer; what is settled within minutes is told by what it comes to. Programs
 * at once, wherever what they were told to be accepted is not any more.
 */
export const differenceNews = (
  event: Found,
  before: BookingState,
): { readonly host: boolean; readonly guest: boolean; readonly programs: boolean } => {
  const after = evolve(before, event);
  if (
    after.phase !== 'accepted' ||
    JSON.stringify(after.calendars) === JSON.stringify(before.phase === 'none' ? [] : before.calendars)
  )
    return { host: false, guest: false, programs: false };
  const wants = wantsAfter(after, event.data.calendarId);
  const isOpen = isUnsettled(after);
  return {
    host: wants !== 'follow',
    guest: isOpen && (wants === 'pending' || wants === 'ask'),
    programs: isOpen && before.phase === 'accepted' && !isUnsettled(before),
  };
};

/** The booking is known to be held again at its time. */
export const isHeldAgain = (event: BookingEvent, before: BookingState): before is KnownBooking => {
  if (before.phase !== 'accepted' || !isUnsettled(before)) return false;
  const after = evolve(before, event);
  return after.phase === 'accepted' && isOn(after);
};

/** What a person changed was to be put back, and that failed for the first time. */
export const isFirstFailedRestore = (before: BookingState, calendarId: string): boolean => {
  if (before.phase !== 'accepted') return false;
  const sync = before.calendars.find((one) => one.calendarId === calendarId);
  return sync?.status === 'held' && sync.difference?.wants === 'restore' && sync.move.failure === null;
};
