import type { Booked, CalendarSync } from '../booking/booking-state.ts';
import type { Effect } from './effect.ts';

const write = (sync: CalendarSync): ReadonlyArray<Effect> => {
  const { calendarId } = sync;
  switch (sync.status) {
    case 'idle':
      return [{ type: 'WriteCalendar', calendarId, attempt: sync.attempt + 1, at: null }];
    case 'writing':
      return [{ type: 'ResolveCalendarWrite', calendarId, attempt: sync.attempt, at: null }];
    case 'failed':
      return sync.failure.retryAt === null
        ? []
        : [{ type: 'WriteCalendar', calendarId, attempt: sync.attempt + 1, at: sync.failure.retryAt }];
    case 'held':
    case 'removed':
    case 'removal-failed':
      return [];
  }
};

/** Writes that are due or will be: first attempts, attempts whose outcome was lost, retries. */
export const writeCalendars = (booking: Booked): ReadonlyArray<Effect> => booking.calendars.flatMap(write);

/** Only a calendar that makes rooms of its own (Google Meet) has a link to write back into its event. */
const wantsDecoration = (booking: Booked, sync: CalendarSync): boolean =>
  booking.request.room?.provider === 'google-meet' && sync.provider === 'google';

/** The link of a room that came with the event, to be written into the event's text: a step of its own, retried alone. */
export const decorateCalendars = (booking: Booked): ReadonlyArray<Effect> =>
  booking.calendars.flatMap((sync): ReadonlyArray<Effect> => {
    if (sync.status !== 'held' || sync.decorated || !wantsDecoration(booking, sync)) return [];
    if (sync.decoration !== null && sync.decoration.retryAt === null) return [];
    const attempt = sync.decorationAttempts + 1;
    return [
      { type: 'DecorateCalendarEvent', calendarId: sync.calendarId, attempt, at: sync.decoration?.retryAt ?? null },
    ];
  });

const remove = (sync: CalendarSync): ReadonlyArray<Effect> => {
  const { calendarId } = sync;
  switch (sync.status) {
    case 'idle':
    case 'removed':
      return [];
    case 'writing':
    case 'held':
      return [{ type: 'RemoveFromCalendar', calendarId, attempt: 1, at: null }];
    case 'failed':
      return sync.failure.kind === 'outcome-unknown'
        ? [{ type: 'RemoveFromCalendar', calendarId, attempt: 1, at: null }]
        : [];
    case 'removal-failed':
      return sync.failure.retryAt === null
        ? []
        : [{ type: 'RemoveFromCalendar', calendarId, attempt: sync.removalAttempts + 1, at: sync.failure.retryAt }];
  }
};

/** Compensation: whatever a calendar holds, or may hold, of a booking that is not live is taken out again. */
export const clearCalendars = (booking: Booked): ReadonlyArray<Effect> => booking.calendars.flatMap(remove);
