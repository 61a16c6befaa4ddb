import type { CalendarFailure } from '../calendar/calendar-failure.ts';
import type { EventStatus } from './calendar-events.ts';
import type { BookingEventData, BookingEventOf } from './events.ts';
import type { BookingStatus } from './booking-status.ts';
import type { DetailsCommand, DetailsRejection } from './details.ts';
import type { BookedTime } from './reschedule-state.ts';
import type { WatchCommand } from './watch-commands.ts';

/** When to try again: `baseMs` doubles with each attempt up to `capMs`; jitter takes up to half of it away. */
export type RetryPolicy = { readonly baseMs: number; readonly capMs: number };

/** What is fixed about an approval when it is asked for. */
export type ApprovalPlan = NonNullable<BookingEventData<'BookingRequested'>['approval']>;

/** Every command carries the time and the randomness that its decision may use. `now`: epoch milliseconds. `jitter`: [0, 1). */
type At = { readonly now: number };
type Retry = { readonly jitter: number; readonly retry: RetryPolicy };
/** Who asks for a lease, and until when, epoch ms. */
export type LeaseRequest = { readonly node: string; readonly until: number };
type OnCalendar = { readonly calendarId: string; readonly attempt: number };
/** How long the call took, in milliseconds. */
type Timed = { readonly tookMs?: number };

/** When the event is to begin and end in the calendar, UTC instants. */
type MovedTo = { readonly start: string; readonly end: string };

export type BookingCommand = At &
  (
    | { readonly type: 'RequestBooking'; readonly request: BookingEventOf<'BookingRequested'>['data'] }
    /** Nobody asked for it, though its slot is held. */
    | { readonly type: 'AbandonRequest' }
    | { readonly type: 'RecordRoom'; readonly room: BookingEventData<'RoomReady'> }
    | { readonly type: 'RecordRoomFailure'; readonly provider: string; readonly message: string }
    /** `lease`: taken together with the start, where several nodes share the log. */
    | ({ readonly type: 'StartCalendarSync'; readonly lease?: LeaseRequest } & OnCalendar)
    /** `alone`: this effect and no other; else with it all that is done for the booking. */
    | { readonly type: 'LeaseEffect'; readonly effect: string; readonly alone?: boolean; readonly lease: LeaseRequest }
    | ({
        readonly type: 'RecordCalendarSuccess';
        /** Whatever the adapter answered; blank is no id, and no id is no success. */
        readonly providerEventId: string;
        readonly calendarAddress?: string;
        /** When the event begins there, UTC instant; not there: when it is wanted to. */
        readonly start?: string;
        /** What the event says for sure; `tentative` where an earlier attempt may have written it. `detailsVersion`: as in the event. */
        readonly status: EventStatus;
        readonly meetingUrl: string | null;
        readonly found: boolean;
        readonly detailsVersion?: number;
      } & OnCalendar &
        Retry)
    | ({ readonly type: 'RecordCalendarFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry)
    /** `start`: the time that the caller is about to write, UTC instant. `lease`: as for a start of a write. */
    | ({ readonly type: 'StartCalendarMove'; readonly start: string; readonly lease?: LeaseRequest } & OnCalendar)
    | ({
        readonly type: 'RecordCalendarMove';
        readonly providerEventId: string;
        readonly calendarAddress?: string;
        readonly status: EventStatus;
        readonly meetingUrl: string | null;
        /** It was not there any more and was written anew. */
        readonly created: boolean;
        readonly detailsVersion?: number;
      } & OnCalendar &
        MovedTo &
        Retry)
    | ({ readonly type: 'RecordCalendarMoveFailure'; readonly failure: CalendarFailure } & OnCalendar & MovedTo & Retry)
    /** `meetingUrl`: the link that the same write put into the event; null: none. */
    | ({
        readonly type: 'RecordConfirmation';
        readonly meetingUrl: string | null;
        readonly detailsVersion?: number;
      } & OnCalendar &
        Timed)
    | ({ readonly type: 'RecordConfirmationFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry & Timed)
    | ({
        readonly type: 'RecordDecoration';
        readonly meetingUrl: string;
        readonly detailsVersion?: number;
      } & OnCalendar &
        Timed)
    | ({ readonly type: 'RecordDecorationFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry & Timed)
    | ({ readonly type: 'RecordRemoval'; readonly outcome: 'removed' | 'already-gone' } & OnCalendar & Timed)
    | ({ readonly type: 'RecordRemovalFailure'; readonly failure: CalendarFailure } & OnCalendar & Retry & Timed)
    | { readonly type: 'AcceptBooking' }
    | { readonly type: 'LeavePending'; readonly reason: BookingEventData<'BookingLeftPending'>['reason'] }
    /** `dueMs`: where the clock of the request was ahead, when the deadline is by the clock as it is now; epoch ms. */
    | {
        readonly type: 'ExpireBooking';
        readonly reason: BookingEventData<'BookingExpired'>['reason'];
        readonly dueMs?: number;
      }
    /** `start`: of the slot that was taken for it, UTC instant; not there: it held its slot before. */
    | { readonly type: 'ApproveBooking'; readonly start?: string }
    /** By the link that only the attendee's mail has. */
    | { readonly type: 'VerifyMailbox' }
    /** The host has not decided yet, and this reminder is due. `number`: from 1. */
    | { readonly type: 'RemindOfApproval'; readonly number: number }
    | { readonly type: 'RejectBooking'; readonly reason: string | null; readonly salt: string }
    | {
        readonly type: 'CancelBooking';
        readonly by: 'guest' | 'host';
        readonly reason: string | null;
        readonly salt: string;
        readonly cancellable: boolean;
        readonly hostMustGiveReason: boolean;
      }
    /** The clock may have brought something: reminders, the start, the end. */
    | { readonly type: 'FireTimers' }
    /** Somebody says who was absent, or takes it back; `host` null: nothing about the host. */
    | {
        readonly type: 'MarkAbsence';
        readonly host: boolean | null;
        readonly attendees: ReadonlyArray<{ readonly email: string; readonly absent: boolean }>;
        readonly salt: string;
      }
    /**
     * Another time, which is held already. `expected`: what whoever asks has seen; refused where the booking was moved or
     * is being moved since. `approval`: how the host is asked about the new time, by the event type; null: not at all. `syncAllowanceMs`: as in the event.
     */
    | {
        readonly type: 'RequestReschedule';
        readonly wanted: { readonly rescheduleId: string } & BookedTime;
        readonly by: 'guest' | 'host';
        readonly reason: string | null;
        readonly salt: string;
        readonly approval: ApprovalPlan | null;
        readonly syncAllowanceMs: number;
        readonly expected?: { readonly sequence: number };
      }
    | DetailsCommand
    /** `subject`: a keyed hash of the mailbox. `people`: `attendee`, `guest-1`.. */
    | { readonly type: 'ErasePersonalData'; readonly subject: string; readonly people: ReadonlyArray<string> }
    | { readonly type: 'CompleteReschedule' }
    /** `dueMs`: as for `ExpireBooking`. */
    | {
        readonly type: 'FailReschedule';
        readonly reason: BookingEventData<'RescheduleFailed'>['reason'];
        readonly dueMs?: number;
      }
    /** Nobody asked for the move, though its time is held. */
    | { readonly type: 'AbandonReschedule'; readonly rescheduleId: string }
    /**
     * Another try now of what failed, whatever the plan says: a calendar was mended. By a person, for all calendars; or
     * by a start of the server, for one calendar, and for what a person may have mended before the start (`failedBefore`, epoch ms).
     */
    | {
        readonly type: 'RetryCalendars';
        readonly only?: { readonly calendarId: string; readonly failedBefore: number };
      }
    /** A person says that what this calendar may still show of the ended booking is dealt with. */
    | { readonly type: 'AcknowledgeRemoval'; readonly calendarId: string }
    | WatchCommand
    | { readonly type: 'RecordNotification'; readonly sent: BookingEventData<'NotificationSent'> }
    | { readonly type: 'ParkNotification'; readonly parked: BookingEventData<'NotificationParked'> }
  );

export type BookingCommandOf<T extends BookingCommand['type']> = Extract<BookingCommand, { readonly type: T }>;

/** Why a command on a booking was refused. Nothing was changed. */
export type BookingRejection =
  | { readonly type: 'UnknownBooking' }
  | { readonly type: 'AlreadyRequested' }
  | { readonly type: 'AlreadyEnded'; readonly endedAt: string }
  | { readonly type: 'NotPending'; readonly status: BookingStatus }
  /** The request held no slot while it waited, and another booking has it by now. */
  | { readonly type: 'SlotTaken' }
  /** The host had until this UTC instant to approve. */
  | { readonly type: 'ApprovalTooLate'; readonly deadline: string }
  | { readonly type: 'NotLive'; readonly status: BookingStatus }
  | { readonly type: 'NotAccepted'; readonly status: BookingStatus }
  /** Nobody can be absent before the meeting begins. */
  | { readonly type: 'NotStarted'; readonly startsAt: string }
  /** The attendee at this place of the command is nobody of this booking. */
  | { readonly type: 'UnknownAttendee'; readonly index: number }
  | { readonly type: 'NotCancellable' }
  /** The booking is live, or its removal from the calendar has not failed: it is still ours to do. */
  | { readonly type: 'NoRemovalFailed' }
  | { readonly type: 'ReasonRequired' }
  | DetailsRejection
  /** Whoever is to be forgotten is waited for, until this UTC instant. */
  | { readonly type: 'StillExpected'; readonly endsAt: string }
  /** Only live bookings can be moved. */
  | { readonly type: 'NotReschedulable'; readonly status: BookingStatus }
  /** It begins at `start` now, which is not what whoever asked has seen; `inFlight`: it is being moved to that instant. */
  | { readonly type: 'RescheduledMeanwhile'; readonly start: string; readonly inFlight: string | null }
  | { readonly type: 'RescheduleInFlight'; readonly start: string; readonly inFlight: string }
  | { readonly type: 'SameTime'; readonly start: string }
  | { readonly type: 'TooManyReschedules'; readonly limit: number }
  /** The id belongs to a move to another time. */
  | { readonly type: 'RescheduleIdReused' }
  /** The time that was held under this id was given back before the move was asked for: nothing was moved. */
  | { readonly type: 'RescheduleGivenUp' }
  /** Another node carries the effect out, until this UTC instant unless it is done before. */
  | { readonly type: 'LeasedElsewhere'; readonly node: string; readonly until: string }
  /** The saga asked for what the facts do not allow: a fault of ours, kept from doing harm. */
  | { readonly type: 'NotJustified'; readonly detail: string };
