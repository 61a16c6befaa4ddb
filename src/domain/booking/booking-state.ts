import type { FailureKind } from '../calendar/calendar-failure.ts';
import type { DeletedPolicy, MovedPolicy } from './watch-events.ts';
import type { EventStatus } from './calendar-events.ts';
import type { BookingEventData } from './events.ts';
import type { Guest } from './guests.ts';
import { type EndedReschedule, isSameInstant, type Reschedule } from './reschedule-state.ts';

/**
 * Why trying came to nothing so far. `retryAt` null: only a person can help. `retryRequested`: somebody has asked for
 * another try since, and it was not made yet.
 */
export type Failed = {
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAt: string | null;
  readonly failedAt: string;
  readonly retryRequested: boolean;
};

/**
 * Moving an event that a calendar holds to another time. `writing`: a try is in flight, and its outcome not in the log.
 * `uncertain`: a try may have moved it though no answer said so; it counts as moved nowhere until it is written again.
 */
export type EventMove = {
  readonly attempts: number;
  readonly writing: boolean;
  readonly uncertain: boolean;
  readonly failure: Failed | null;
};

/** A change of an event that a calendar holds, tried until it is done. `failure`: of the last attempt. */
export type EventChange = { readonly done: boolean; readonly attempts: number; readonly failure: Failed | null };

/**
 * What a calendar shows otherwise than the booking, by a person's doing. `missing`: not at all; `cancelled`: as cancelled;
 * `moved`: at another start; `length`: with another end alone. `start`, `end`: as the calendar has it, null: none. `wants`: what
 * is to become of it. `settleAt`: when `cancel` is due. `refused`: why the booking could not follow.
 */
export type Difference = {
  readonly kind: 'missing' | 'cancelled' | 'moved' | 'length';
  readonly start: string | null;
  readonly end: string | null;
  readonly wants: DeletedPolicy | MovedPolicy;
  readonly since: string;
  readonly settleAt: string;
  readonly refused?: { readonly reason: string; readonly takenBy: string | null };
};

/**
 * Whether a calendar may hold the event though no success of it is known. `likely`: no answer came to some attempt.
 * `unlikely`: the calendar answered that it failed, and servers were seen to do so after they had stored the event.
 */
export type MayHold = 'no' | 'unlikely' | 'likely';

/**
 * Where one calendar stands with this booking. `attempt` counts the writes begun. `mayHold` is kept whatever later
 * attempts say, until the calendar is known to hold the event or was cleared. `stored`: under which id and where
 * the calendar was last known to hold it, also after that. `differences`: how often a person was found to have changed it.
 */
export type CalendarSync = {
  readonly calendarId: string;
  readonly provider: string;
  readonly attempt: number;
  readonly mayHold: MayHold;
  readonly stored: { readonly providerEventId: string; readonly calendarAddress: string | null } | null;
  readonly differences?: number;
} & (
  | { readonly status: 'idle' }
  /** `lastFailure`: what came of the attempt before, while this one is in flight. */
  | { readonly status: 'writing'; readonly lastFailure: Failed | null }
  | { readonly status: 'failed'; readonly failure: Failed }
  /**
   * `start`: when the event begins there, UTC instant. `eventStatus`: what it says there, as far as that is known for
   * sure. `confirmation`: it says that the booking is on, with the guests and the place of now. `decoration`: it says
   * where to meet. `difference`: what a person made of it since. `seenAt`: when the calendar last said so, by the log.
   * `otherOrganizer`: it names somebody else than the booking does.
   */
  | {
      readonly status: 'held';
      readonly providerEventId: string;
      readonly start: string;
      readonly move: EventMove;
      readonly meetingUrl: string | null;
      readonly eventStatus: EventStatus;
      readonly confirmation: EventChange;
      readonly decoration: EventChange;
      readonly difference?: Difference;
      readonly seenAt?: string;
      readonly otherOrganizer?: true;
    }
  | { readonly status: 'removal-failed'; readonly removalAttempts: number; readonly failure: Failed }
  /** `acknowledged`: a person says so; the calendar never did. */
  | { readonly status: 'removed'; readonly acknowledged?: true }
);

export type Room =
  | { readonly status: 'none' }
  | { readonly status: 'wanted' }
  | { readonly status: 'ready'; readonly url: string; readonly fallback: boolean }
  | { readonly status: 'failed'; readonly message: string };

/** What somebody was told (or not) about one event. */
export type NotificationOutcome = {
  readonly causedBy: string;
  readonly channel: 'mail' | 'webhook';
  readonly notification: string;
  readonly recipient: string;
  readonly outcome: 'sent' | 'parked';
};

/** One message to one recipient about one event, whatever came of it. */
export type NotificationKey = Omit<NotificationOutcome, 'outcome'>;

/** What came of a message so far: each attempt that ended, in order. */
export const outcomesOf = (
  notificationOutcomes: ReadonlyArray<NotificationOutcome>,
  { causedBy, channel, notification, recipient }: NotificationKey,
): ReadonlyArray<NotificationOutcome['outcome']> =>
  notificationOutcomes
    .filter(
      (one) =>
        one.causedBy === causedBy &&
        one.channel === channel &&
        one.notification === notification &&
        one.recipient === recipient,
    )
    .map(({ outcome }) => outcome);

/**
 * What the clock has brought for the meeting that begins at `start`; a move to another start begins anew. `leadMinutes`: of
 * the last reminder, null: none yet.
 */
export type FiredTimers = {
  readonly start: string;
  readonly leadMinutes: number | null;
  readonly started: boolean;
  readonly checked: boolean;
  readonly ended: boolean;
};

/** Who did not come, as somebody has said. `absent`: mailboxes of attendees and guests. `isSaid`: somebody said anything. */
export type Absence = { readonly isSaid: boolean; readonly host: boolean; readonly absent: ReadonlyArray<string> };

/**
 * What every booking knows of itself, whatever its phase. `request`: as it was asked for, at the time and the place that
 * are in force now. `reschedules`: the moves that have ended, oldest first. `sequence` is the SEQUENCE of RFC 5545;
 * `sequenceOfTime`: from which one on the time is the present one. `deadline`: until when a pending booking waits for its
 * calendars; counted anew from an approval. `guests`: all that there ever were, by their numbers. `detailsVersion`: how often
 * guests or place have changed.
 */
export type Booked = {
  readonly request: BookingEventData<'BookingRequested'>;
  readonly requestedAt: string;
  readonly updatedAt: string;
  readonly approved: boolean;
  /** Whether the attendee has shown that the mailbox is theirs. */
  readonly mailboxVerified: boolean;
  /** How many of the planned reminders to the host are done with. */
  readonly approvalReminders: number;
  readonly deadline: string;
  readonly calendars: ReadonlyArray<CalendarSync>;
  readonly room: Room;
  readonly notificationOutcomes: ReadonlyArray<NotificationOutcome>;
  /** What nodes are at; those that have ended may still be in it. */
  readonly leases: ReadonlyArray<BookingEventData<'EffectLeased'> & { readonly since: string }>;
  readonly sequence: number;
  readonly sequenceOfTime: number;
  readonly guests: ReadonlyArray<Guest>;
  readonly detailsVersion: number;
  /** What the clock has brought so far. */
  readonly fired: FiredTimers;
  readonly absence: Absence;
  readonly reschedule: Reschedule | null;
  readonly reschedules: ReadonlyArray<EndedReschedule>;
  /** Who of its people are forgotten; missing: nobody. */
  readonly erased?: ReadonlyArray<string>;
};

export type PendingReason = 'deciding' | BookingEventData<'BookingLeftPending'>['reason'];

/** A booking, as the fold of its stream: which phase it is in decides what it knows. */
export type BookingState =
  | { readonly phase: 'none' }
  | (Booked & { readonly phase: 'pending'; readonly because: PendingReason; readonly wasToldUnconfirmed: boolean })
  | (Booked & {
      readonly phase: 'accepted';
      readonly reason: BookingEventData<'BookingAccepted'>['reason'];
      readonly acceptedAt: string;
      /** Since when the present time of the meeting is agreed upon. */
      readonly inForceSince: string;
      readonly wasToldUnconfirmed: boolean;
    })
  | (Booked & { readonly phase: 'rejected'; readonly reason: string | null })
  | (Booked & { readonly phase: 'expired'; readonly reason: BookingEventData<'BookingExpired'>['reason'] })
  | (Booked & {
      readonly phase: 'cancelled';
      readonly by: 'guest' | 'host';
      readonly reason: string | null;
      readonly cancelledAt: string;
      readonly wasAccepted: boolean;
    });

/** A booking that somebody asked for, in any phase. */
export type KnownBooking = Exclude<BookingState, { readonly phase: 'none' }>;

export const noBooking: BookingState = { phase: 'none' };

/** The host has to say yes first, and has not yet. */
export const isAwaitingApproval = ({ request, approved }: Pick<Booked, 'request' | 'approved'>): boolean =>
  request.requiresApproval && !approved;

/** Other guests hear nothing yet: a stranger named them, and has not shown that the attendee's mailbox is theirs. */
export const guestsWait = ({ request, mailboxVerified }: Pick<Booked, 'request' | 'mailboxVerified'>): boolean =>
  request.invitesOnceVerified === true && !mailboxVerified;

/** Live bookings hold their slot. */
export const isLive = (booking: KnownBooking): boolean => booking.phase === 'pending' || booking.phase === 'accepted';

/** What the outcomes of the calendar writes say so far; `open`: some have not answered yet and may still decide it. */
export type Acceptance = 'no-calendar' | 'held' | 'open' | 'failed';

/** Whether the event is known to begin at `start` in a calendar that holds it; a person may have moved it there. */
export const isHeldAt = (sync: CalendarSync, start: string): boolean =>
  sync.status === 'held' &&
  !sync.move.writing &&
  !sync.move.uncertain &&
  (sync.difference === undefined || sync.difference.kind === 'moved') &&
  isSameInstant(sync.start, start);

/** Another try that somebody asked for is as open as the first one was. */
const isOpen = (sync: CalendarSync): boolean => {
  if (sync.status === 'held') return sync.move.failure === null || sync.move.failure.retryRequested;
  return sync.status === 'failed' ? sync.failure.retryRequested : sync.status === 'idle' || sync.status === 'writing';
};

/**
 * The host's policy over the calendars' outcomes: do they hold the event at `start`? any-of: one that holds the event is enough; all-of: every one must.
 * A video room is no calendar and counts for nothing here.
 */
export const acceptanceOf = (
  { calendars, request }: Pick<Booked, 'calendars' | 'request'>,
  start: string = request.start,
): Acceptance => {
  if (calendars.length === 0) return 'no-calendar';
  const isHeld = (sync: CalendarSync): boolean => isHeldAt(sync, start);
  const enough = request.acceptance === 'any-of' ? calendars.some(isHeld) : calendars.every(isHeld);
  if (enough) return 'held';
  return calendars.some((sync) => !isHeld(sync) && isOpen(sync)) ? 'open' : 'failed';
};
