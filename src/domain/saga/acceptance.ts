import type { Booked, CalendarSync } from '../booking/booking-state.ts';

/** What the outcomes of the calendar writes say so far; `open`: some have not answered yet and may still decide it. */
export type Acceptance = 'no-calendar' | 'held' | 'open' | 'failed';

const isHeld = (sync: CalendarSync): boolean => sync.status === 'held';
/** Another try that somebody asked for is as open as the first one was. */
const isOpen = (sync: CalendarSync): boolean =>
  sync.status === 'idle' || sync.status === 'writing' || (sync.status === 'failed' && sync.failure.retryRequested);

/**
 * The host's policy over the calendars' outcomes. any-of: one that holds the event is enough; all-of: every one must.
 * A video room is no calendar and counts for nothing here.
 */
export const acceptanceOf = ({ calendars, request }: Pick<Booked, 'calendars' | 'request'>): Acceptance => {
  if (calendars.length === 0) return 'no-calendar';
  const enough = request.acceptance === 'any-of' ? calendars.some(isHeld) : calendars.every(isHeld);
  if (enough) return 'held';
  return calendars.some(isOpen) ? 'open' : 'failed';
};
