import type { CalendarFailure } from '../calendar/calendar-failure.ts';
import type { BookingEventData, BookingEventOf } from './events/index.ts';
import type { RetryPolicy } from './retry.ts';

/** Every command carries the time and the randomness that its decision may use. `now`: epoch milliseconds. `jitter`: [0, 1). */
type At = { readonly now: number };
type Retry = { readonly jitter: number; readonly retry: RetryPolicy };
/** Who asks for a lease, and until when, epoch ms. */
export type LeaseWish = { readonly node: string; readonly until: number };
type OnCalendar = { readonly calendarId: string; readonly attempt: number };

export type BookingCommand = At &
  (
    | { readonly type: 'RequestBooking'; readonly request: BookingEventOf<'BookingRequested'>['data'] }
    /** Nobody asked for it, though its slot is held. */
    | { readonly type: 'AbandonRequest' }
    | { readonly type: 'RecordRoom'; readonly room: BookingEventData<'RoomReady'> }
    | { readonly type: 'RecordRoomFailure'; readonly provider: string; readonly message: string }
    /** `lease`: taken together with the start, where several nodes share the log. */
    | ({ readonly type: 'StartCalendarSync'; readonly lease?: LeaseWish } & OnCalendar)
    | { readonly type: 'LeaseEffect'; readonly effect: string; readonly lease: LeaseWish }
    | ({
        readonly type: 'RecordCalendarSuccess';
        /** Whatever the adapter answered; blank is no id, and no id is no success. */
        readonly providerEventId: string;
        readonly calendarAddress?: string;
        readonly meetingUrl: string | null;
        readonly found: boolean;
      } & OnCalendar &
        Retry)
    | ({ readonly type: 'RecordCalendarFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry)
    | ({ readonly type: 'RecordDecoration'; readonly meetingUrl: string } & OnCalendar)
    | ({ readonly type: 'RecordDecorationFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry)
    | ({ readonly type: 'RecordRemoval'; readonly outcome: 'removed' | 'already-gone' } & OnCalendar)
    | ({ readonly type: 'RecordRemovalFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry)
    | { readonly type: 'AcceptBooking' }
    | { readonly type: 'LeavePending'; readonly reason: BookingEventData<'BookingLeftPending'>['reason'] }
    /** `dueMs`: where the clock of the request was ahead, when the deadline is by the clock as it is now; epoch ms. */
    | {
        readonly type: 'ExpireBooking';
        readonly reason: BookingEventData<'BookingExpired'>['reason'];
        readonly dueMs?: number;
      }
    | { readonly type: 'ApproveBooking' }
    | { readonly type: 'RejectBooking'; readonly reason: string | null; readonly salt: string }
    | {
        readonly type: 'CancelBooking';
        readonly by: 'guest' | 'host';
        readonly reason: string | null;
        readonly salt: string;
        readonly cancellable: boolean;
        readonly hostMustGiveReason: boolean;
      }
    /** A person asks for another try now, whatever the plan says (operator or host, after mending a calendar). */
    | { readonly type: 'RetryCalendars' }
    | { readonly type: 'RecordNotification'; readonly sent: BookingEventData<'NotificationSent'> }
    | { readonly type: 'ParkNotification'; readonly parked: BookingEventData<'NotificationParked'> }
  );

export type BookingCommandOf<T extends BookingCommand['type']> = Extract<BookingCommand, { readonly type: T }>;
