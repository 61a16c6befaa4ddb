import { type MailAudience, type SaidBefore, saidBefore } from '../mails-due.ts';
import { guestsToTell, type MailKind, type Recipient } from '../mail-kinds.ts';
import { type MailMove, moveOf } from '../move-facts.ts';
import type { EventType } from '../../../domain/bookable/event-type.ts';
import type { Host } from '../../../domain/bookable/host.ts';
import { meetingPlace, answersOf } from '../../../domain/booking/booking-facts.ts';
import { approvalDeadlineOf, holdsSlotUndecided } from '../../../domain/booking/approval.ts';
import {
  type CalendarSync,
  type Failed,
  type KnownBooking,
  guestsWait,
  isAwaitingApproval,
} from '../../../domain/booking/booking-state.ts';
import type { Difference } from '../../../domain/booking/booking-state.ts';
import { differencesOf } from '../../../domain/booking/difference.ts';
import { isUnsettled } from '../../../domain/booking/booking-status.ts';
import { lastFailureOf } from '../../../domain/booking/evolve-calendar.ts';
import { type Guest, presentGuests } from '../../../domain/booking/guests.ts';
import type { FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import type { Actor } from '../../../domain/log/envelope.ts';
import { unlinkedName } from '../../../domain/visible-text.ts';

/** `label`: the calendar's name in the host's words. `message`: what the provider said, without secrets and guest data. `retryAt`: the next try. */
export type FailingCalendar = {
  readonly calendarId: string;
  readonly label: string;
  readonly kind: FailureKind;
  readonly message: string;
  readonly retryAt: string | null;
};

/**
 * What mails may say of a booking. Instants are UTC in ISO 8601, zones IANA names, languages BCP 47. `meetingLink` is the video room, said
 * only in confirmations; `isFallback` when the provider gave none and the event type's own link stands in (S12).
 * `failingCalendars`: those without the event, or for `removal-pending` those that still hold it.
 */
export type MailFacts = {
  readonly bookingUid: string;
  readonly icsUid: string;
  readonly sequence: number;
  readonly hostName: string;
  /** Empty where nobody knows it any more. */
  readonly hostEmail: string;
  readonly hostTimeZone: string;
  /** ORGANIZER of invitations, the same for the booking's life; null: no invitation can be sent. */
  readonly organizer: { readonly name: string; readonly email: string } | null;
  readonly attendee: {
    readonly name: string;
    readonly email: string;
    readonly timeZone: string;
    readonly language: string;
  };
  /** Who comes along, and whom the event that is told has added or removed. */
  readonly guests: ReadonlyArray<Guest>;
  readonly addedGuests: ReadonlyArray<Guest>;
  readonly removedGuests: ReadonlyArray<Guest>;
  /** As of the event, so that who is told of it stays the same. */
  readonly guestsWait: boolean;
  readonly eventTitle: string;
  readonly start: string;
  readonly end: string;
  /** The move that the mail is about; null: none. */
  readonly move: MailMove | null;
  /** Where, in words; empty when there is nothing to say. */
  readonly location: string;
  readonly meetingLink: { readonly url: string; readonly isFallback: boolean } | null;
  /** Why there is no video room although one was wanted (S13), for the host. */
  readonly roomFailure: string | null;
  readonly answers: ReadonlyArray<{ readonly label: string; readonly value: string }>;
  readonly failingCalendars: ReadonlyArray<FailingCalendar>;
  /** What people changed in the booking's calendars. */
  readonly differences: ReadonlyArray<Difference & { readonly label: string }>;
  /** Nobody is to read of it as accepted, since no calendar holds it. */
  readonly unsettled: boolean;
  /** Calendars that name another organizer. */
  readonly othersEvents: ReadonlyArray<string>;
  /** Calendars that hold the booking, and when each last said so, by the log: UTC instant. */
  readonly stillHeld: ReadonlyArray<{ readonly label: string; readonly seenAt: string | null }>;
  /** Why the booking is or was pending. */
  readonly pendingReason: 'calendar_sync_failed' | 'awaiting_approval';
  /** Whether a pending booking keeps its time from others. */
  readonly holdsSlot: boolean;
  /** When a pending booking expires and its time is freed. */
  readonly deadline: string | null;
  readonly endedBy: Actor['kind'];
  /** The words of who cancelled or declined. */
  readonly reason: string | null;
  /** What earlier mails said, so that this one can take it back (S07) or leave it out. */
  readonly alreadySaid: SaidBefore;
  /** Page where the attendee changes or cancels; carries a token of theirs, so nobody else gets it. */
  readonly manageLink: string | null;
  /** Guests wait now: the page where the attendee has them told. It shows that the mailbox is theirs, so nobody else gets it. */
  readonly tellGuests: { readonly link: string | null } | null;
  /** Page where the host sees all of the booking and decides; carries a token of the host's. A GET never acts (S20). */
  readonly hostLink: string | null;
};

/** `eventId`, `occurredAt`: of the event that the mail tells of, so that a repeat is the same mail. */
export type MailNotification = {
  readonly kind: MailKind;
  readonly recipient: Recipient;
  readonly eventId: string;
  readonly occurredAt: string;
};

/** Pages of ours that a mail links to. Each is null where this server has no such page. */
export type MailLinks = {
  readonly manage: (uid: string, bookingEnd: string) => string | null;
  readonly tellGuests: (uid: string, bookingEnd: string) => string | null;
  readonly host: (uid: string, bookingEnd: string) => string | null;
};

export type MailFactsDeps = {
  readonly calendarLabel: (calendarId: string) => string;
  readonly links: MailLinks;
};

/** A removal that failed, or the newest failure of a write, whether or not its next attempt is in flight. */
const failureToTell = (kind: MailKind, sync: CalendarSync): Failed | null => {
  if (kind !== 'removal-pending') return lastFailureOf(sync);
  return sync.status === 'removal-failed' && sync.mayHold !== 'unlikely' ? sync.failure : null;
};

const failing =
  (kind: MailKind, label: (calendarId: string) => string) =>
  (sync: CalendarSync): ReadonlyArray<FailingCalendar> => {
    const failure = failureToTell(kind, sync);
    if (failure === null) return [];
    const { calendarId } = sync;
    const { message, retryAt } = failure;
    return [{ calendarId, label: label(calendarId), kind: failure.kind, message, retryAt }];
  };

const deadlineOf = (booking: KnownBooking): string | null =>
  booking.phase === 'pending' ? (isAwaitingApproval(booking) ? approvalDeadlineOf(booking) : booking.deadline) : null;

/** What the log has of the request; a log that is older goes by what is known now, if anything is. */
const organizerFor = (
  { request }: KnownBooking,
  { name, email }: Pick<Host, 'name' | 'email'>,
): MailFacts['organizer'] => {
  const { organizer } = request.personal;
  if (organizer !== null) return { name: organizer.name, email: organizer.email };
  return email === '' ? null : { name, email };
};

/**
 * What mails may say. `booking`: as of the event that the mail is about, so that every attempt says the same; `present`:
 * as it is now, for what earlier mails have said.
 */
export const mailFactsOf =
  ({ calendarLabel, links }: MailFactsDeps) =>
  (
    uid: string,
    kind: MailKind,
    audience: MailAudience,
    booking: KnownBooking,
    present: KnownBooking,
    host: Pick<Host, 'name' | 'email' | 'timeZone'>,
    eventType: EventType | undefined,
  ): MailFacts => {
    const { request } = booking;
    const { attendee, responses } = request.personal;
    const { place, link, isFallback } = meetingPlace(booking);
    const waiting = presentGuests(booking).filter(({ addedBy }) => addedBy !== 'host');
    return {
      bookingUid: uid,
      icsUid: request.icsUid,
      sequence: booking.sequence,
      hostName: host.name,
      hostEmail: host.email,
      hostTimeZone: host.timeZone,
      organizer: organizerFor(booking, host),
      attendee: {
        ...attendee,
        // Whoever asks for a booking chooses this name, and may choose somebody else's mailbox to send it to.
        name: unlinkedName(attendee.name),
      },
      ...guestsToTell(booking),
      guestsWait: guestsWait(booking),
      eventTitle: request.title,
      start: request.start,
      end: request.end,
      move: moveOf(booking),
      location: place ?? '',
      meetingLink: link === null ? null : { url: link, isFallback },
      roomFailure: booking.room.status === 'failed' ? booking.room.message : null,
      answers: answersOf(responses, eventType).map(({ label, text }) => ({ label, value: text })),
      failingCalendars: booking.calendars.flatMap(failing(kind, calendarLabel)),
      differences: differencesOf(booking).map(({ calendarId, difference }) => ({
        ...difference,
        label: calendarLabel(calendarId),
      })),
      unsettled: isUnsettled(booking),
      stillHeld: booking.calendars.flatMap((sync) =>
        sync.status === 'held' && sync.difference === undefined
          ? [{ label: calendarLabel(sync.calendarId), seenAt: sync.seenAt ?? null }]
          : [],
      ),
      othersEvents: booking.calendars.flatMap((sync) =>
        sync.status === 'held' && sync.otherOrganizer === true ? [calendarLabel(sync.calendarId)] : [],
      ),
      pendingReason: request.requiresApproval && !booking.approved ? 'awaiting_approval' : 'calendar_sync_failed',
      holdsSlot: !isAwaitingApproval(booking) || holdsSlotUndecided(booking),
      deadline: deadlineOf(booking),
      endedBy: booking.phase === 'cancelled' ? booking.by : booking.phase === 'rejected' ? 'host' : 'system',
      reason: booking.phase === 'cancelled' || booking.phase === 'rejected' ? booking.reason : null,
      alreadySaid: saidBefore(kind, audience, booking, present),
      manageLink: links.manage(uid, request.end),
      tellGuests: waiting.length > 0 && guestsWait(present) ? { link: links.tellGuests(uid, request.end) } : null,
      hostLink: links.host(uid, request.end),
    };
  };
