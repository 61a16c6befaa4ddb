import type { KnownBooking } from '../booking/booking-state.ts';
import { cancelledForDifferenceAt, differencesOf } from '../booking/difference.ts';
import { goingReschedule } from '../booking/reschedule-state.ts';
import type { Effect } from './effect.ts';

/**
 * What is to become of an accepted booking that a person changed in a calendar, by the host's policy as the fact states it.
 * What is to be restored is written like a move (`moveInCalendars`); what the host is asked about waits until the meeting
 * would begin. While calendars are asked for another time already nothing else is begun.
 */
export const settleDifferences = (booking: KnownBooking): ReadonlyArray<Effect> => {
  if (booking.phase !== 'accepted' || goingReschedule(booking) !== null) return [];
  const follow = differencesOf(booking).flatMap(({ calendarId, number, difference }): ReadonlyArray<Effect> => {
    const { wants, start, end } = difference;
    if (wants !== 'follow' || start === null || end === null) return [];
    return [{ type: 'FollowCalendarEvent', calendarId, number, start, end, at: null }];
  });
  const at = cancelledForDifferenceAt(booking);
  // One at a time: where two calendars were moved to different times, the first one that comes off decides.
  return [...follow.slice(0, 1), ...(at === null ? [] : [{ type: 'CancelForDifference', at } as const])];
};
