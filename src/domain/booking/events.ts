import * as t from 'io-ts';
import { instantCodec, orNull, saltCodec, spanCodec } from '../log/envelope.ts';
import { failureKindCodec } from '../calendar/calendar-failure.ts';
import {
  calendarConfirmationFailedCodec,
  calendarDecorationFailedCodec,
  calendarEventConfirmedCodec,
  calendarEventDecoratedCodec,
  calendarMoveFailedCodec,
  calendarMoveStartedCodec,
  calendarMoveSucceededCodec,
  calendarRemovalAcknowledgedCodec,
  calendarRemovalFailedCodec,
  calendarRemovalSucceededCodec,
  calendarRetryRequestedCodec,
  calendarSyncFailedCodec,
  calendarSyncStartedCodec,
  calendarSyncSucceededCodec,
} from './calendar-events.ts';
import { detailEventCodecs } from './detail-events.ts';
import {
  absenceMarkedCodec,
  meetingEndedCodec,
  meetingStartedCodec,
  noShowCheckFellDueCodec,
  reminderFellDueCodec,
  timersCodec,
} from './meeting-events.ts';
import { watchEventCodecs } from './watch-events.ts';
import { decisionFactsCodec } from '../rules/decision-facts.ts';
import {
  bookingRescheduledCodec,
  rescheduleAbandonedCodec,
  rescheduleApprovedCodec,
  rescheduleDeclinedCodec,
  rescheduleFailedCodec,
  rescheduleRequestedCodec,
  rescheduleWithdrawnCodec,
} from './reschedule-events.ts';

/** Kinds of calendars, as the log and the configuration call them. Adding one is safe, taking one away never is. */
export const providerCodec = t.keyof({ local: null, caldav: null, google: null });
export type CalendarProviderName = t.TypeOf<typeof providerCodec>;

export const attendeeCodec = t.type({
  name: t.string,
  email: t.string,
  timeZone: t.string,
  language: t.string,
  phoneNumber: orNull(t.string),
});
export type Attendee = t.TypeOf<typeof attendeeCodec>;

/** Who is met, as the host was configured at the request. `id`: the host's number in the API. */
export const organizerCodec = t.type({
  id: t.number,
  username: t.string,
  name: t.string,
  email: t.string,
  timeZone: t.string,
});
export type Organizer = t.TypeOf<typeof organizerCodec>;

/**
 * How the host is asked. `deadline`: undecided by then, the request expires. `remindAt`: when the host is reminded.
 * `holdsSlot` false: the time is not held before the approval, so that several requests may wait for it.
 */
const approvalCodec = t.type({
  deadline: instantCodec,
  remindAt: t.readonlyArray(instantCodec),
  holdsSlot: t.boolean,
});

/**
 * Somebody asked for a time and the slot is held for it. Nothing is promised yet. Holds all that the saga needs to decide,
 * as it was when asked: a later change of the configuration changes no past decision (I9). `room`: a video room to be made;
 * `google-meet` rooms come with the calendar event. `fingerprint`: digest of the request, salted, to tell a repeat from another
 * request under the same Idempotency-Key. `organizer` null: before version 3; `timers` null: before version 4. `approval`:
 * missing where nobody is asked. `decidedBy`: where it holds no time. `invitesOnceVerified`: other guests are told after it.
 */
const bookingRequestedCodec = t.intersection([
  t.type({
    hostId: t.string,
    eventTypeId: t.number,
    eventTypeSlug: t.string,
    title: t.string,
    start: instantCodec,
    end: instantCodec,
    lengthInMinutes: t.number,
    claim: spanCodec,
    icsUid: t.string,
    requiresApproval: t.boolean,
    acceptance: t.keyof({ 'any-of': null, 'all-of': null }),
    calendars: t.readonlyArray(t.type({ calendarId: t.string, provider: providerCodec })),
    room: orNull(t.type({ provider: t.string, requestId: t.string, fallbackLink: orNull(t.string) })),
    location: orNull(t.string),
    settleWindowMs: t.number,
    deadline: instantCodec,
    timers: orNull(timersCodec),
    fingerprint: t.string,
    personal: t.type({
      salt: saltCodec,
      organizer: orNull(organizerCodec),
      attendee: attendeeCodec,
      guests: t.readonlyArray(t.string),
      location: orNull(t.string),
      responses: t.UnknownRecord,
      metadata: t.UnknownRecord,
    }),
  }),
  t.partial({ approval: approvalCodec, invitesOnceVerified: t.literal(true), decidedBy: decisionFactsCodec }),
]);

/**
 * The slot was held and the request did not come, so the hold is given up; written in the place of the request, so that one
 * that comes late is refused by its revision. Possible only where an engine cannot write both at once.
 */
const requestAbandonedCodec = t.type({});

/** The booking is on: a calendar holds it, or the host has none connected. Only now may anybody be told "confirmed". */
const bookingAcceptedCodec = t.type({
  reason: t.keyof({ calendar_holds_it: null, no_calendar_connected: null }),
});

/** The booking stays undecided, and this is why. The slot stays held until `deadline`. */
const bookingLeftPendingCodec = t.type({
  reason: t.keyof({ awaiting_approval: null, calendar_sync_failed: null }),
  deadline: instantCodec,
  failures: t.readonlyArray(
    t.type({ calendarId: t.string, kind: failureKindCodec, message: t.string, retryable: t.boolean }),
  ),
});

/** Whoever reads the attendee's mail pressed the button that only it leads to: the mailbox is theirs, their guests may be told. */
const mailboxVerifiedCodec = t.type({});

/** The host said yes; the calendars are written now, and approval is not asked again. */
const bookingApprovedCodec = t.type({});

/** The host has not decided yet and is to be reminded. `number`: of the plan's reminders, from 1; those before it are done with. */
const approvalReminderDueCodec = t.type({ number: t.number });

/** The host said no. */
const bookingRejectedCodec = t.type({ personal: t.type({ salt: saltCodec, reason: orNull(t.string) }) });

/** Time ran out: no calendar took it, or nobody approved. The slot is free again. */
const bookingExpiredCodec = t.type({
  reason: t.keyof({ calendar_sync_failed: null, approval_missed: null }),
});

/** Somebody called it off. */
const bookingCancelledCodec = t.type({
  by: t.keyof({ guest: null, host: null }),
  personal: t.type({ salt: saltCodec, reason: orNull(t.string) }),
});

/** There is a video room to meet in; `fallback`: the provider gave none, the event type's own link stands in. */
const roomReadyCodec = t.type({
  provider: t.string,
  roomId: orNull(t.string),
  url: t.string,
  fallback: t.boolean,
});

/** No video room could be had. The booking goes on without a link. */
const roomFailedCodec = t.type({ provider: t.string, message: t.string });

/**
 * A node is about to carry out an effect, and no other may until then; where one process has the log alone there is no
 * such event. `effect`: what, as `lease.ts` names it. `node`: the node's name. Again for the same effect: it goes on.
 */
export const effectLeasedCodec = t.type({ effect: t.string, node: t.string, until: instantCodec });

/**
 * `causedBy`: id of the event that is told about. `recipient`: `host`, `attendee`, `guest-1`.. or a webhook
 * subscription's id; never an address (I12).
 */
const notification = {
  causedBy: t.string,
  channel: t.keyof({ mail: null, webhook: null }),
  notification: t.string,
  recipient: t.string,
};

/** Somebody was told, and what. `messageId`: Message-ID of the mail, delivery id of the webhook. */
export const notificationSentCodec = t.type({ ...notification, messageId: t.string });

/** We gave up telling somebody; an operator can send it again. */
export const notificationParkedCodec = t.type({ ...notification, reason: t.string });

/** Data of every booking event at its newest version, by type. Names and fields are a storage format: never renamed. */
export const bookingEventCodecs = {
  BookingRequested: bookingRequestedCodec,
  RequestAbandoned: requestAbandonedCodec,
  MailboxVerified: mailboxVerifiedCodec,
  RoomReady: roomReadyCodec,
  RoomFailed: roomFailedCodec,
  CalendarSyncStarted: calendarSyncStartedCodec,
  CalendarSyncSucceeded: calendarSyncSucceededCodec,
  CalendarSyncFailed: calendarSyncFailedCodec,
  CalendarEventConfirmed: calendarEventConfirmedCodec,
  CalendarConfirmationFailed: calendarConfirmationFailedCodec,
  CalendarRetryRequested: calendarRetryRequestedCodec,
  CalendarEventDecorated: calendarEventDecoratedCodec,
  CalendarDecorationFailed: calendarDecorationFailedCodec,
  EffectLeased: effectLeasedCodec,
  BookingAccepted: bookingAcceptedCodec,
  BookingLeftPending: bookingLeftPendingCodec,
  BookingApproved: bookingApprovedCodec,
  ApprovalReminderDue: approvalReminderDueCodec,
  BookingRejected: bookingRejectedCodec,
  BookingExpired: bookingExpiredCodec,
  BookingCancelled: bookingCancelledCodec,
  ReminderFellDue: reminderFellDueCodec,
  MeetingStarted: meetingStartedCodec,
  NoShowCheckFellDue: noShowCheckFellDueCodec,
  MeetingEnded: meetingEndedCodec,
  AbsenceMarked: absenceMarkedCodec,
  ...detailEventCodecs,
  RescheduleRequested: rescheduleRequestedCodec,
  RescheduleApproved: rescheduleApprovedCodec,
  BookingRescheduled: bookingRescheduledCodec,
  RescheduleDeclined: rescheduleDeclinedCodec,
  RescheduleFailed: rescheduleFailedCodec,
  RescheduleWithdrawn: rescheduleWithdrawnCodec,
  RescheduleAbandoned: rescheduleAbandonedCodec,
  CalendarMoveStarted: calendarMoveStartedCodec,
  CalendarMoveSucceeded: calendarMoveSucceededCodec,
  CalendarMoveFailed: calendarMoveFailedCodec,
  CalendarRemovalSucceeded: calendarRemovalSucceededCodec,
  CalendarRemovalFailed: calendarRemovalFailedCodec,
  CalendarRemovalAcknowledged: calendarRemovalAcknowledgedCodec,
  ...watchEventCodecs,
  NotificationSent: notificationSentCodec,
  NotificationParked: notificationParkedCodec,
} as const;

type Codecs = typeof bookingEventCodecs;
export type BookingEventType = keyof Codecs;
export type BookingEventData<T extends BookingEventType> = t.TypeOf<Codecs[T]>;

/** One event of one booking. `occurredAt` is a UTC instant; it is the only time that the domain knows of. */
export type BookingEventOf<T extends BookingEventType> = {
  readonly type: T;
  readonly occurredAt: string;
  readonly data: BookingEventData<T>;
};
export type BookingEvent = { readonly [T in BookingEventType]: BookingEventOf<T> }[BookingEventType];
