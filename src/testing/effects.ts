import type { Effect } from '../domain/saga/effect.ts';
import { type Time, instant } from './given.ts';

type Of<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

/** Not before this time; left out: now. */
const due = (at: Time | undefined): string | null => (at === undefined ? null : instant(at));

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

export const decorateEvent = (calendarId: string, attempt = 1, at?: Time): Of<'DecorateCalendarEvent'> => ({
  type: 'DecorateCalendarEvent',
  calendarId,
  attempt,
  at: due(at),
});

export const removeFromCalendar = (calendarId: string, attempt = 1, at?: Time): Of<'RemoveFromCalendar'> => ({
  type: 'RemoveFromCalendar',
  calendarId,
  attempt,
  at: due(at),
});

export const accept = (): Of<'Accept'> => ({ type: 'Accept', at: null });

export const leavePending = (reason: Of<'LeavePending'>['reason'], at?: Time): Of<'LeavePending'> => ({
  type: 'LeavePending',
  reason,
  at: due(at),
});

export const expire = (reason: Of<'Expire'>['reason'], at: Time): Of<'Expire'> => ({
  type: 'Expire',
  reason,
  at: instant(at),
});

export const confirmSlot = (): Of<'ConfirmSlot'> => ({ type: 'ConfirmSlot', at: null });

export const releaseSlot = (reason: Of<'ReleaseSlot'>['reason']): Of<'ReleaseSlot'> => ({
  type: 'ReleaseSlot',
  reason,
  at: null,
});
