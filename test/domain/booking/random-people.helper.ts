import type { BookingState } from '../../../src/domain/booking/booking-state.ts';
import type { BookingCommand } from '../../../src/domain/booking/commands.ts';
import { command, detailsCommand, instant, rescheduleCommand, watchCommand } from '../../../src/testing/index.ts';

/** Who has guests mostly takes one off again. */
const detailsByPeople = (by: 'guest' | 'host', pick: number, at: string, booking: BookingState): BookingCommand => {
  const hasGuests = booking.phase !== 'none' && booking.guests.length > 0;
  if (pick < (hasGuests ? 1 : 6)) return detailsCommand.addGuests([`guest${pick}@example.com`], { by, at });
  return pick < 5
    ? detailsCommand.removeGuest(1, { by, at })
    : detailsCommand.changeLocation(`place ${pick}`, { by, at });
};

/** A host who sees that a calendar would not remove an event mostly deals with it. */
export const byPeople = (
  by: 'guest' | 'host',
  { pick, waitMs }: { readonly pick: number; readonly waitMs: number },
  at: string,
  booking: BookingState,
): BookingCommand => {
  const shown = booking.phase === 'none' ? [] : booking.calendars.filter(({ status }) => status === 'removal-failed');
  const [first] = shown;
  if (by === 'host' && first !== undefined && pick > 1) return command.acknowledgeRemoval(first.calendarId, { at });
  if (by === 'host' && booking.phase === 'accepted' && pick > 5)
    return command.markAbsence({ host: true, attendees: { 'runa@example.com': pick > 6 } }, { at });
  if (by === 'host' && booking.phase !== 'none' && booking.reschedule?.approved === false && pick < 4)
    return pick < 2 ? command.approve({ at }) : command.reject({ at });
  if (waitMs === 900) return detailsByPeople(by, pick, at, booking);
  if (by === 'guest' && pick === 1) return command.verifyMailbox({ at });
  const id = `move${pick}`;
  const to = `1${5 + (pick % 3)}:00`;
  if (pick > (by === 'guest' ? 1 : 4)) return rescheduleCommand.request({ at, by, id, to, approvalNeeded: pick !== 3 });
  const host = [
    command.approve({ at }),
    command.retryCalendars({ at }),
    command.cancel(by, { at }),
    command.reject({ at }),
  ];
  return (by === 'host' ? host[pick % host.length] : undefined) ?? command.cancel(by, { at });
};

/** Somebody opens the calendar and does something to the event, and it is seen there. */
export const inCalendar = (pick: number, at: string, booking: BookingState): BookingCommand => {
  const calendars = booking.phase === 'none' ? [] : booking.calendars;
  const calendarId = calendars[pick % Math.max(1, calendars.length)]?.calendarId ?? 'work';
  const deleted = (['cancel', 'restore', 'pending'] as const)[pick % 3] ?? 'cancel';
  const moved = (['follow', 'restore', 'ask'] as const)[pick % 3] ?? 'follow';
  const [start, end] = [instant('18:00'), instant('18:30')];
  const seen = (
    [
      { type: 'missing' },
      { type: 'at', start: instant('19:00'), end: instant('19:30') },
      { type: 'at', start, end },
      { type: 'at', start, end },
      { type: 'cancelled' },
      { type: 'as-booked' },
      { type: 'other-organizer' },
    ] as const
  )[pick];
  const isAnswered =
    pick % 2 === 1 && calendars.some((sync) => sync.status === 'held' && sync.difference !== undefined);
  if (seen === undefined || isAnswered) return watchCommand.restore({ at });
  return watchCommand.look(calendarId, seen, { at, deleted, moved, isAsked: true });
};
