import type { BookingState } from '../../domain/booking/booking-state.ts';
import type { BookingEvent, BookingEventType } from '../../domain/booking/events.ts';
import { goingReschedule } from '../../domain/booking/reschedule-state.ts';
import { isUnlikelyHolder } from '../../domain/booking/evolve-calendar.ts';
import { differenceNews, isFirstFailedRestore, isHeldAgain } from './difference-news.ts';
import type { MailKind } from './mail-kinds.ts';
import { isConfirmationOwed } from './mails-due.ts';

/**
 * `BOOKING_RESCHEDULE_FAILED`, `BOOKING_UPDATED`, `BOOKING_CALENDAR_SYNC_FAILED` and `BOOKING_NO_SHOW_CHECK` are additions of
 * ours; the others are Cal.com's, as its API v2 names them.
 */
export const webhookTriggers = [
  'BOOKING_CREATED',
  'BOOKING_REQUESTED',
  'BOOKING_RESCHEDULED',
  'BOOKING_CANCELLED',
  'BOOKING_REJECTED',
  'BOOKING_RESCHEDULE_FAILED',
  'BOOKING_UPDATED',
  'BOOKING_CALENDAR_SYNC_FAILED',
  'MEETING_STARTED',
  'MEETING_ENDED',
  'BOOKING_NO_SHOW_CHECK',
  'BOOKING_NO_SHOW_UPDATED',
  'AFTER_HOSTS_CAL_VIDEO_NO_SHOW',
  'AFTER_GUESTS_CAL_VIDEO_NO_SHOW',
] as const;
export type WebhookTrigger = (typeof webhookTriggers)[number];
const triggers: ReadonlySet<string> = new Set(webhookTriggers);
/** A name that another version of the program gave may be no trigger of this one. */
export const isWebhookTrigger = (notification: string): notification is WebhookTrigger => triggers.has(notification);

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

type OfDifference = Parameters<typeof differenceNews>[0];

/** The host, of what was found in a calendar; the guest too, where that leaves the booking open until the host answers. */
const tellDifference = (event: OfDifference, before: BookingState) => {
  const { host: tellsHost, guest, programs } = differenceNews(event, before);
  return tell(
    [...(tellsHost ? (['calendar-differs'] as const) : []), ...(guest ? (['booking-in-question'] as const) : [])],
    programs ? ['BOOKING_UPDATED'] : [],
  );
};

/**
 * It stands: told to the attendee who has read that it is open, and by the confirmation to everybody whose confirmation was
 * overtaken by what a person did in the calendar.
 */
const tellStands = (event: BookingEvent, before: BookingState) => {
  if (!isHeldAgain(event, before)) return silent();
  // It is being moved to another time: that is told when it is known what comes of it.
  if (goingReschedule(before) !== null) return tell([], ['BOOKING_UPDATED']);
  const owed = isConfirmationOwed(before) ? (['confirmed'] as const) : [];
  return tell([...owed, 'booking-stands' as const], ['BOOKING_UPDATED']);
};

/** The old time stays: who was not even told of that one, since a person's change in a calendar overtook it, is told now. */
const tellMoveFailed = (_: unknown, before: BookingState) =>
  tell(
    [
      'reschedule-failed' as const,
      ...(before.phase === 'accepted' &&
      before.calendars.some(({ differences = 0 }) => differences > 0) &&
      isConfirmationOwed(before)
        ? (['confirmed'] as const)
        : []),
    ],
    ['BOOKING_RESCHEDULE_FAILED'],
  );

const tellRestoreFailed = ({ calendarId }: { readonly calendarId: string }, before: BookingState) =>
  isFirstFailedRestore(before, calendarId) ? tell(['calendar-differs'], []) : silent();

/** Every event decides: telling somebody, or nobody. "Confirmed" hangs on BookingAccepted alone (I1, I4). */
const planners = {
  BookingRequested: silent,
  RequestAbandoned: silent,
  EffectLeased: silent,
  RoomReady: silent,
  RoomFailed: silent,
  CalendarSyncStarted: silent,
  CalendarSyncSucceeded: tellStands,
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
  /** A confirmation that is still to come tells the guests as well. */
  MailboxVerified: (_, before) => tell(before.phase === 'accepted' ? ['guests-invited'] : [], []),
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
  /** Of a booking that is not confirmed yet the confirmation will tell; programs are told of every change. */
  GuestsAdded: (_, before) => tell(before.phase === 'accepted' ? ['guests-added'] : [], ['BOOKING_UPDATED']),
  GuestRemoved: (_, before) => tell(before.phase === 'accepted' ? ['guest-removed'] : [], ['BOOKING_UPDATED']),
  LocationChanged: (_, before) => tell(before.phase === 'accepted' ? ['location-changed'] : [], ['BOOKING_UPDATED']),
  PersonalDataErased: silent,
  /** While calendars are asked nobody is told: that is decided within minutes, and told then. */
  RescheduleRequested: ({ data }) =>
    data.requiresApproval ? tell(['reschedule-requested'], ['BOOKING_REQUESTED']) : silent(),
  RescheduleApproved: silent,
  BookingRescheduled: () => tell(['rescheduled'], ['BOOKING_RESCHEDULED']),
  RescheduleDeclined: () => tell(['reschedule-declined'], ['BOOKING_RESCHEDULE_FAILED']),
  RescheduleFailed: tellMoveFailed,
  RescheduleWithdrawn: silent,
  RescheduleAbandoned: silent,
  CalendarMoveStarted: silent,
  CalendarMoveSucceeded: tellStands,
  /** What a person changed cannot be put back: told once. */
  CalendarMoveFailed: ({ data }, before) => tellRestoreFailed(data, before),
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
  CalendarEventMissing: tellDifference,
  CalendarEventMoved: tellDifference,
  CalendarEventChanged: tellDifference,
  CalendarEventVerified: tellStands,
  CalendarEventRestoreRequested: silent,
  CalendarEventNotFollowed: tellDifference,
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
