import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent, BookingEventType } from '../../domain/booking/events.ts';
import { isUnlikelyHolder, lastFailureOf } from '../../domain/booking/evolve-calendar.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { unknownMailboxes } from '../../domain/mail/mail-address.ts';

/** Who gets a mail. `key` has no personal data: it is fit for Message-IDs and for events. */
export type Recipient = {
  readonly key: 'host' | 'attendee' | `guest-${number}`;
  readonly role: 'host' | 'attendee' | 'guest';
  readonly name: string;
  readonly email: string;
};

/** What decides who gets a mail, and under which name. `confirmed`: whether an earlier mail said so. */
export type RecipientFacts = {
  readonly hostName: string;
  readonly hostEmail: string;
  readonly attendee: { readonly name: string; readonly email: string };
  /** Mail addresses, as the request names them. */
  readonly guests: ReadonlyArray<string>;
  readonly alreadySaid: { readonly confirmed: boolean };
};

export const hostOf = ({ hostName: name, hostEmail: email }: RecipientFacts): Recipient => ({
  key: 'host',
  role: 'host',
  name,
  email,
});

export const attendeeOf = ({ attendee: { name, email } }: RecipientFacts): Recipient => ({
  key: 'attendee',
  role: 'attendee',
  name,
  email,
});

/**
 * The attendee's guests, each mailbox once and the attendee's own not again. Keys count as the request does, so that a
 * guest's key stays what it was when it was first told of.
 */
export const guestsOf = ({ guests, attendee }: Pick<RecipientFacts, 'guests' | 'attendee'>): ReadonlyArray<Recipient> =>
  unknownMailboxes(guests, [attendee.email]).map(({ address, index }) => ({
    key: `guest-${index + 1}`,
    role: 'guest',
    name: '',
    email: address,
  }));

/**
 * What a mail is about. `to`: who is told, each by a mail of their own; guests hear nothing before a confirmation, and so
 * nothing of the end of what never was confirmed. `isTrueOf`: whether a mail that was planned earlier would still tell the
 * truth. What was overtaken is not sent: what overtook it brings its own mail, so nobody is left without word (I4).
 */
type MailKindRules = {
  readonly to: (facts: RecipientFacts) => ReadonlyArray<Recipient>;
  readonly isTrueOf: (present: KnownBooking) => boolean;
};

const host = (facts: RecipientFacts) => [hostOf(facts)];
const attendee = (facts: RecipientFacts) => [attendeeOf(facts)];
const always = () => true;
const awaitsApproval = (present: KnownBooking) => present.phase === 'pending' && !present.approved;
/** Also while the next attempt is in flight: a mail that is made just then is as true as one made between two attempts. */
const isBehind = ({ calendars }: KnownBooking) => calendars.some((sync) => lastFailureOf(sync) !== null);

/** Every kind of mail. What it says is in `mail/english`, when it is sent is below. */
const mailKinds = {
  confirmed: {
    to: (facts) => [attendeeOf(facts), ...guestsOf(facts), hostOf(facts)],
    isTrueOf: ({ phase }) => phase === 'accepted',
  },
  'received-not-confirmed': {
    to: attendee,
    isTrueOf: (present) => present.phase === 'pending' && present.because === 'calendar_sync_failed',
  },
  'awaiting-approval': { to: attendee, isTrueOf: awaitsApproval },
  'approval-needed': { to: host, isTrueOf: awaitsApproval },
  'approval-reminder': { to: host, isTrueOf: awaitsApproval },
  'action-needed': { to: host, isTrueOf: (present) => present.phase === 'pending' && isBehind(present) },
  'calendar-behind': { to: host, isTrueOf: (present) => present.phase === 'accepted' && isBehind(present) },
  expired: { to: (facts) => [attendeeOf(facts), hostOf(facts)], isTrueOf: always },
  cancelled: {
    to: (facts) => [attendeeOf(facts), ...(facts.alreadySaid.confirmed ? guestsOf(facts) : []), hostOf(facts)],
    isTrueOf: always,
  },
  declined: { to: attendee, isTrueOf: always },
  rescheduled: {
    to: (facts) => [attendeeOf(facts), ...(facts.alreadySaid.confirmed ? guestsOf(facts) : []), hostOf(facts)],
    isTrueOf: always,
  },
  'reschedule-requested': {
    to: (facts) => [attendeeOf(facts), hostOf(facts)],
    isTrueOf: ({ reschedule }) => reschedule?.approved === false,
  },
  'reschedule-declined': { to: attendee, isTrueOf: always },
  'reschedule-failed': { to: (facts) => [attendeeOf(facts), hostOf(facts)], isTrueOf: always },
  /** Once the meeting has begun it is too late to remind of it; where it was moved, the new time has reminders of its own. */
  reminder: {
    to: (facts) => [attendeeOf(facts), ...guestsOf(facts), hostOf(facts)],
    isTrueOf: ({ phase, fired }) => phase === 'accepted' && !fired.started,
  },
  /** Somebody may have said it meanwhile. */
  'no-show-check': { to: host, isTrueOf: ({ phase, absence }) => phase === 'accepted' && !absence.isSaid },
  'removal-pending': {
    to: host,
    isTrueOf: ({ calendars }) => calendars.some(({ status }) => status === 'removal-failed'),
  },
} satisfies Readonly<Record<string, MailKindRules>>;

export type MailKind = keyof typeof mailKinds;

/** A name that another version of the program gave may be no kind of this one. */
export const isMailKind = (notification: string): notification is MailKind => Object.hasOwn(mailKinds, notification);

export const recipientsOf = (kind: MailKind, facts: RecipientFacts): ReadonlyArray<Recipient> =>
  mailKinds[kind].to(facts);

export const isStillTrue = (kind: MailKind, present: KnownBooking): boolean => mailKinds[kind].isTrueOf(present);

/**
 * Whether a mail that was planned of the booking as it was `told` comes too late at `now` (epoch milliseconds): a reminder of
 * a meeting that has begun, or of a time that is not the meeting's any more.
 */
export const isTooLate = (kind: MailKind, told: KnownBooking, present: KnownBooking, now: number): boolean =>
  kind === 'reminder' && (now >= toEpochMs(told.request.start) || told.request.start !== present.request.start);

/**
 * `BOOKING_CALENDAR_SYNC_FAILED` and `BOOKING_NO_SHOW_CHECK` are additions of ours; the others are Cal.com's, as its API v2
 * names them.
 */
export const webhookTriggers = [
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_CALENDAR_SYNC_FAILED',
  'MEETING_STARTED',
  'MEETING_ENDED',
  'BOOKING_NO_SHOW_CHECK',
  'BOOKING_NO_SHOW_UPDATED',
  'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
  'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
] as const;
export type WebhookTrigger = (typeof webhookTriggers)[number];

/** Who is to be told of one event: mails by kind, each to the recipients of that kind; webhooks by trigger. */
export type Plan<M extends MailKind = MailKind, W extends WebhookTrigger = WebhookTrigger> = {
  readonly mails: ReadonlyArray<M>;
  readonly webhooks: ReadonlyArray<W>;
};

type Planner<T extends BookingEventType> = (
  event: Extract<BookingEvent, { readonly type: T }>,
  before: BookingState,
) => Plan;

const tell = <M extends MailKind = never, W extends WebhookTrigger = never>(
  mails: ReadonlyArray<M>,
  webhooks: ReadonlyArray<W>,
): Plan<M, W> => ({ mails, webhooks });
const silent = () => tell([], []);

/** Every event decides: telling somebody, or nobody. "Confirmed" hangs on BookingAccepted alone (I1, I4). */
const planners = {
  BookingRequested: silent,
  RequestAbandoned: silent,
  EffectLeased: silent,
  RoomReady: silent,
  RoomFailed: silent,
  CalendarSyncStarted: silent,
  CalendarSyncSucceeded: silent,
  /** A calendar that stays behind after acceptance is told once, at its first failure; before, the whole is told (S05). */
  CalendarSyncFailed: ({ data }, before) =>
    before.phase === 'accepted' && data.attempt === 1 ? tell(['calendar-behind'], []) : silent(),
  CalendarEventConfirmed: silent,
  CalendarConfirmationFailed: silent,
  CalendarRetryRequested: silent,
  CalendarEventDecorated: silent,
  CalendarDecorationFailed: silent,
  BookingAccepted: () => tell(['confirmed'], ['BOOKING_CREATED']),
  BookingLeftPending: ({ data }) =>
    data.reason === 'awaiting_approval'
      ? tell(['awaiting-approval', 'approval-needed'], ['BOOKING_REQUESTED'])
      : tell(['received-not-confirmed', 'action-needed'], ['BOOKING_CALENDAR_SYNC_FAILED']),
  BookingApproved: silent,
  ApprovalReminderDue: () => tell(['approval-reminder'], []),
  BookingRejected: () => tell(['declined'], ['BOOKING_REJECTED']),
  BookingExpired: () => tell(['expired'], ['BOOKING_REJECTED']),
  BookingCancelled: () => tell(['cancelled'], ['BOOKING_CANCELLED']),
  ReminderFellDue: () => tell(['reminder'], []),
  MeetingStarted: () => tell([], ['MEETING_STARTED']),
  NoShowCheckFellDue: () => tell(['no-show-check'], ['BOOKING_NO_SHOW_CHECK']),
  MeetingEnded: () => tell([], ['MEETING_ENDED']),
  AbsenceMarked: ({ data }) =>
    tell(
      [],
      [
        'BOOKING_NO_SHOW_UPDATED',
        ...(data.host === true ? (['AFTER_HOSTS_CAL_VIDEO_NO_SHOW'] as const) : []),
        ...(data.personal.attendees.some(({ absent }) => absent) ? (['AFTER_GUESTS_CAL_VIDEO_NO_SHOW'] as const) : []),
      ],
    ),
  RescheduleRequested: ({ data }) => (data.requiresApproval ? tell(['reschedule-requested'], []) : silent()),
  RescheduleApproved: silent,
  BookingRescheduled: () => tell(['rescheduled'], ['BOOKING_RESCHEDULED']),
  RescheduleDeclined: () => tell(['reschedule-declined'], []),
  RescheduleFailed: () => tell(['reschedule-failed'], []),
  RescheduleWithdrawn: silent,
  RescheduleAbandoned: silent,
  CalendarMoveStarted: silent,
  CalendarMoveSucceeded: silent,
  CalendarMoveFailed: silent,
  CalendarRemovalSucceeded: silent,
  /**
   * Told once. Not where the calendar refused the write and is only looked at to be sure: most likely it has nothing of
   * the booking. That such a look is outstanding can be seen in the booking and in the calendar's health.
   */
  CalendarRemovalFailed: ({ data }, before) =>
    data.attempt === 1 && before.phase !== 'none' && !isUnlikelyHolder(before, data.calendarId)
      ? tell(['removal-pending'], [])
      : silent(),
  CalendarRemovalAcknowledged: silent,
  NotificationSent: silent,
  NotificationParked: silent,
} satisfies { readonly [T in BookingEventType]: Planner<T> };

type Planned = ReturnType<(typeof planners)[BookingEventType]>;
type Forgotten = Exclude<MailKind | WebhookTrigger, Planned['mails' | 'webhooks'][number]>;
/** A kind or a trigger that no event plans breaks the build here, by its name. */
const complete: [Forgotten] extends [never] ? typeof planners : { readonly forgotten: Forgotten } = planners;

/** Event types that tell nobody, whatever the booking: consumers need not even look at them. */
const silentTypes: ReadonlySet<string> = new Set(
  Object.entries(complete).flatMap(([type, planner]) => (planner === silent ? [type] : [])),
);
export const mayNotify = (eventType: string): boolean => !silentTypes.has(eventType);

/** What is to be said of an event, given the booking before it. Pure: a rebuild plans the same and sends nothing (I7). */
export const planNotifications = (event: BookingEvent, before: BookingState): Plan => {
  // The table is indexed by the event's own type; TypeScript cannot see that the two belong together.
  const planner = complete[event.type] as Planner<BookingEventType>;
  return planner(event, before);
};
