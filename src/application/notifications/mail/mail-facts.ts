import type { Option } from 'fp-ts/lib/Option.js';
import type { FailureKind } from '../../../domain/calendar/calendar-failure.ts';
import type { Actor } from '../../../domain/log/envelope.ts';

/** What a mail is about. One notification is one mail to one recipient. */
export type MailKind =
  | 'confirmed'
  | 'received-not-confirmed'
  | 'awaiting-approval'
  | 'approval-needed'
  | 'action-needed'
  | 'calendar-behind'
  | 'expired'
  | 'cancelled'
  | 'declined'
  | 'removal-pending';

/** `label`: the calendar's name in the host's words. `message`: what the provider said, without secrets and guest data. */
export type FailingCalendar = {
  readonly calendarId: string;
  readonly label: string;
  readonly kind: FailureKind;
  readonly message: string;
};

/**
 * What mails may say of a booking. Instants are UTC in ISO 8601, zones IANA names. `meetingLink` is the video room, said
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
  /** ORGANIZER of invitations, the same for the booking's life; none: no invitation can be sent. */
  readonly organizer: Option<{ readonly name: string; readonly email: string }>;
  readonly attendee: {
    readonly name: string;
    readonly email: string;
    readonly timeZone: string;
    /** BCP 47 language tag. */
    readonly language: string;
  };
  /** Mail addresses of the attendee's own guests, in the order of the request. */
  readonly guests: ReadonlyArray<string>;
  readonly eventTitle: string;
  readonly start: string;
  readonly end: string;
  /** Where, in words; empty when there is nothing to say. */
  readonly location: string;
  readonly meetingLink: Option<{ readonly url: string; readonly isFallback: boolean }>;
  /** Why there is no video room although one was wanted (S13), for the host. */
  readonly roomFailure: Option<string>;
  readonly answers: ReadonlyArray<{ readonly label: string; readonly value: string }>;
  readonly failingCalendars: ReadonlyArray<FailingCalendar>;
  /** Why the booking is or was pending. */
  readonly pendingReason: 'calendar_sync_failed' | 'awaiting_approval';
  /** When a pending booking expires and its time is freed. */
  readonly deadline: Option<string>;
  readonly endedBy: Actor['kind'];
  /** The words of who cancelled or declined. */
  readonly reason: Option<string>;
  /** What earlier mails said, so that this one can take it back (S07) or leave it out. */
  readonly alreadySaid: { readonly notConfirmedYet: boolean; readonly confirmed: boolean };
  /** Page where the attendee changes or cancels; carries a token of theirs, so nobody else gets it. */
  readonly manageLink: Option<string>;
  /** Page where the host decides about a request. It only shows: a GET never acts (S20). */
  readonly approvalLink: Option<string>;
  /** Page with the booking's history, for the host. */
  readonly historyLink: Option<string>;
};

/** Who gets a mail. `key` has no personal data: it is fit for Message-IDs and for events. */
export type Recipient = {
  readonly key: 'host' | 'attendee' | `guest-${number}`;
  readonly role: 'host' | 'attendee' | 'guest';
  readonly name: string;
  readonly email: string;
};

/** `eventId`, `occurredAt`: of the event that the mail tells of, so that a repeat is the same mail. */
export type MailNotification = {
  readonly kind: MailKind;
  readonly recipient: Recipient;
  readonly eventId: string;
  readonly occurredAt: string;
};
