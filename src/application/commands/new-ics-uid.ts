import type { Calendar } from '../ports/calendar.ts';

/**
 * UID of RFC 5545 of a new booking: one for life, in every mail and every calendar (I6). Where a calendar of the host gives
 * its events UIDs of its own (Google), the booking takes the one that it will give, so that the mailed invitation and the
 * calendar's event are one entry to whoever has both. Asked once, for a new booking; later the log says it.
 */
export const makeIcsUid = (
  bookingUid: string,
  calendarIds: ReadonlyArray<string>,
  calendars: ReadonlyMap<string, Pick<Calendar, 'uidGiven'>>,
): string => {
  const given = calendarIds.flatMap((id) => calendars.get(id)?.uidGiven?.(bookingUid) ?? []);
  return given[0] ?? `${bookingUid}@holdfast`;
};
