import type { Effect } from '../domain/saga/effect.ts';
import { type Time, instant } from './given.ts';

type Of<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

/** Not before this time; left out: now. */
const due = (at: Time | undefined): string | null => (at === undefined ? null : instant(at));

/** Make the video room that the request asks for. */
export const makeRoom = (): Of<'MakeRoom'> => ({ type: 'MakeRoom', at: null });

/** `attempt` is the one to begin. */
export const writeCalendar = (calendarId: string, attempt = 1, at?: Time): Of<'WriteCalendar'> => ({
  type: 'WriteCalendar',
  calendarId,
  attempt,
  at: due(at),
});

/** Look up what became of an attempt whose outcome is not in the log. */
export const resolveWrite = (calendarId: string, attempt = 1): Of<'ResolveCalendarWrite'> => ({
  type: 'ResolveCalendarWrite',
  calendarId,
  attempt,
  at: null,
});

/** Tell the calendar that the booking is accepted. */
export const confirmEvent = (calendarId: string, attempt = 1, at?: Time): Of<'ConfirmCalendarEvent'> => ({
  type: 'ConfirmCalendarEvent',
  calendarId,
  attempt,
  at: due(at),
});

/** Write the meeting link into the event; `attempt` is the one to begin. */
export const decorateEvent = (calendarId: string, attempt = 1, at?: Time): Of<'DecorateCalendarEvent'> => ({
  type: 'DecorateCalendarEvent',
  calendarId,
  attempt,
  at: due(at),
});

/** Take out what the calendar holds, or may hold, of a booking that is over. */
export const removeFromCalendar = (calendarId: string, attempt = 1, at?: Time): Of<'RemoveFromCalendar'> => ({
  type: 'RemoveFromCalendar',
  calendarId,
  attempt,
  at: due(at),
});

/** Say that the booking is on. */
export const accept = (): Of<'Accept'> => ({ type: 'Accept', at: null });

/** Say that it is not on yet, and why; `at`: once the settle window is over. */
export const leavePending = (reason: Of<'LeavePending'>['reason'], at?: Time): Of<'LeavePending'> => ({
  type: 'LeavePending',
  reason,
  at: due(at),
});

/** Remind the host, who has not decided, at this time; reminders count from 1. */
export const remindOfApproval = (number: number, at: Time): Of<'RemindOfApproval'> => ({
  type: 'RemindOfApproval',
  number,
  at: instant(at),
});

/** Give up at this time. */
export const expire = (reason: Of<'Expire'>['reason'], at: Time): Of<'Expire'> => ({
  type: 'Expire',
  reason,
  at: instant(at),
});

/** Tell the host's schedule that the booking is on. */
export const confirmSlot = (): Of<'ConfirmSlot'> => ({ type: 'ConfirmSlot', at: null });

/** Give the time back to the host's schedule. */
export const releaseSlot = (reason: Of<'ReleaseSlot'>['reason']): Of<'ReleaseSlot'> => ({
  type: 'ReleaseSlot',
  reason,
  at: null,
});
