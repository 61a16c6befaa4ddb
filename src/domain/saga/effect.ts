import type { BookingEventData } from '../booking/events/index.ts';
import type { ReleaseReason } from '../schedule/events.ts';

/**
 * What is to be done next for one booking, as data. `at`: not before this UTC instant; null: now. Doing one of them
 * appends events, which lead to the next; doing it twice is harmless.
 */
export type Effect = { readonly at: string | null } & (
  | { readonly type: 'MakeRoom' }
  /** `attempt` is the one to begin. */
  | { readonly type: 'WriteCalendar'; readonly calendarId: string; readonly attempt: number }
  /** An attempt was begun and its outcome is not in the log: look the event up by our own id, write only if it is absent. */
  | { readonly type: 'ResolveCalendarWrite'; readonly calendarId: string; readonly attempt: number }
  /** The booking is accepted: its event there says so from now on, and where to meet as far as that is known. */
  | { readonly type: 'ConfirmCalendarEvent'; readonly calendarId: string; readonly attempt: number }
  | { readonly type: 'DecorateCalendarEvent'; readonly calendarId: string; readonly attempt: number }
  | { readonly type: 'RemoveFromCalendar'; readonly calendarId: string; readonly attempt: number }
  | { readonly type: 'Accept' }
  | { readonly type: 'LeavePending'; readonly reason: BookingEventData<'BookingLeftPending'>['reason'] }
  | { readonly type: 'Expire'; readonly reason: BookingEventData<'BookingExpired'>['reason'] }
  | { readonly type: 'ConfirmSlot' }
  | { readonly type: 'ReleaseSlot'; readonly reason: ReleaseReason }
);
