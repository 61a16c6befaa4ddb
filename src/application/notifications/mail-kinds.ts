import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { differenceOf, isOn, isUnsettled } from '../../domain/booking/booking-status.ts';
import { lastFailureOf } from '../../domain/booking/evolve-calendar.ts';
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
  /** Nobody but attendee and host is told yet. */
  readonly guestsWait: boolean;
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

/** A person changed the event in a calendar, and that is not settled. */
const hasDifference = (present: KnownBooking) =>
  present.phase === 'accepted' &&
  present.calendars.some(
    (sync) => differenceOf(sync) !== null || (sync.status === 'held' && sync.otherOrganizer === true),
  );

/** Every kind of mail. What it says is in `mail/english`, when it is sent is below. */
const mailKinds = {
  confirmed: {
    to: (facts) => [attendeeOf(facts), ...guestsOf(facts), hostOf(facts)],
    isTrueOf: isOn,
  },
  /** The invitation, to those whom the confirmation left out. */
  'guests-invited': { to: guestsOf, isTrueOf: ({ phase }) => phase === 'accepted' },
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
    isTrueOf: (present) => isOn(present) && !present.fired.started,
  },
  /** Somebody may have said it meanwhile. */
  'no-show-check': { to: host, isTrueOf: ({ phase, absence }) => phase === 'accepted' && !absence.isSaid },
  'removal-pending': {
    to: host,
    isTrueOf: ({ calendars }) => calendars.some(({ status }) => status === 'removal-failed'),
  },
  'calendar-differs': { to: host, isTrueOf: hasDifference },
  'booking-in-question': { to: attendee, isTrueOf: isUnsettled },
  'booking-stands': { to: attendee, isTrueOf: isOn },
} satisfies Readonly<Record<string, MailKindRules>>;

export type MailKind = keyof typeof mailKinds;

/** A name that another version of the program gave may be no kind of this one. */
export const isMailKind = (notification: string): notification is MailKind => Object.hasOwn(mailKinds, notification);

/** While guests wait for the attendee they are told nothing, whatever the mail. */
export const recipientsOf = (kind: MailKind, facts: RecipientFacts): ReadonlyArray<Recipient> =>
  mailKinds[kind].to(facts).filter(({ role }) => role !== 'guest' || !facts.guestsWait);

const invitations: ReadonlySet<string> = new Set<MailKind>(['confirmed', 'guests-invited']);

/**
 * Guests who waited for the attendee hear of what came later only where an invitation has come to them: nobody is told of the
 * end of what they never heard of.
 */
export const isToHear = (kind: MailKind, { role, key }: Recipient, present: KnownBooking): boolean =>
  role !== 'guest' ||
  present.request.invitesOnceVerified !== true ||
  invitations.has(kind) ||
  present.notificationOutcomes.some(
    ({ channel, notification, recipient, outcome }) =>
      channel === 'mail' && recipient === key && outcome === 'sent' && invitations.has(notification),
  );

export const isStillTrue = (kind: MailKind, present: KnownBooking): boolean => mailKinds[kind].isTrueOf(present);

/**
 * Whether a mail that was planned of the booking as it was `told` comes too late at `now` (epoch milliseconds): a reminder of
 * a meeting that has begun, or of a time that is not the meeting's any more.
 */
export const isTooLate = (kind: MailKind, told: KnownBooking, present: KnownBooking, now: number): boolean =>
  kind === 'reminder' && (now >= toEpochMs(told.request.start) || told.request.start !== present.request.start);
