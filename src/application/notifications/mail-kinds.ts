import { isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { differenceOf, isOn, isUnsettled } from '../../domain/booking/booking-status.ts';
import { lastFailureOf } from '../../domain/booking/evolve-calendar.ts';
import { type Guest, presentGuests } from '../../domain/booking/guests.ts';
import { unlinkedName } from '../../domain/visible-text.ts';

/** Who gets a mail. `key` has no personal data: it is fit for Message-IDs and for events. */
export type Recipient = {
  readonly key: 'host' | 'attendee' | `guest-${number}`;
  readonly role: 'host' | 'attendee' | 'guest';
  readonly name: string;
  readonly email: string;
  /** IANA zone and BCP 47 language of a guest, where somebody named them; else the attendee's are taken. */
  readonly timeZone?: string;
  readonly language?: string;
  /** A guest whom the host has added, and who so waits for nobody. */
  readonly byHost?: true;
};

/**
 * What decides who gets a mail, and under which name. `confirmed`: whether an earlier mail said so, or may have. `guests`: who comes
 * along. `addedGuests`, `removedGuests`: whom the event that is told has added or removed.
 */
export type RecipientFacts = {
  readonly hostName: string;
  readonly hostEmail: string;
  readonly attendee: { readonly name: string; readonly email: string };
  readonly guests: ReadonlyArray<Guest>;
  readonly addedGuests: ReadonlyArray<Guest>;
  readonly removedGuests: ReadonlyArray<Guest>;
  /** Nobody is told yet but attendee, host, and guests whom the host has added. */
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

const asRecipient = ({ number, name, email, timeZone, language, addedBy }: Guest): Recipient => ({
  key: `guest-${number}`,
  role: 'guest',
  name,
  email,
  ...(timeZone === null ? {} : { timeZone }),
  ...(language === null ? {} : { language }),
  ...(addedBy === 'host' ? { byHost: true } : {}),
});

/** Those who come along with the attendee. */
export const guestsOf = ({ guests }: Pick<RecipientFacts, 'guests'>): ReadonlyArray<Recipient> =>
  guests.map(asRecipient);

/** A guest chose no name of theirs, whoever added them did. */
const withoutLink = (guest: Guest): Guest => ({ ...guest, name: unlinkedName(guest.name) });

/** Who comes along after the last change of guests or place, and who was added or removed by it. */
export const guestsToTell = (
  booking: Pick<KnownBooking, 'guests' | 'detailsVersion'>,
): Pick<RecipientFacts, 'guests' | 'addedGuests' | 'removedGuests'> => {
  const { guests, detailsVersion } = booking;
  return {
    guests: presentGuests(booking).map(withoutLink),
    addedGuests: guests.filter(({ addedIn }) => addedIn > 0 && addedIn === detailsVersion).map(withoutLink),
    removedGuests: guests.filter(({ removedIn }) => removedIn === detailsVersion).map(withoutLink),
  };
};

/**
 * What a mail is about. `to`: who is told, each by a mail of their own; guests hear nothing before a confirmation, and so
 * nothing of the end of what never was accepted. `isTrueOf`: whether a mail that was planned earlier would still tell the
 * truth. What was overtaken is not sent: what overtook it brings its own mail, so nobody is left without word (I4).
 */
type MailKindRules = {
  readonly to: (facts: RecipientFacts) => ReadonlyArray<Recipient>;
  readonly isTrueOf: (present: KnownBooking) => boolean;
};

const host = (facts: RecipientFacts) => [hostOf(facts)];
const attendee = (facts: RecipientFacts) => [attendeeOf(facts)];
const always = () => true;
/** Also while it is open whether it stands: what changed has changed all the same. Who is to hear of it then is in `mails-due.ts`. */
const isAccepted = ({ phase }: KnownBooking) => phase === 'accepted';
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
  'guests-invited': {
    to: (facts) => guestsOf(facts).filter(({ byHost }) => byHost !== true),
    isTrueOf: isOn,
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
  /** Of what is over meanwhile the mail about its end says all: an invitation that came after it would stand for good. */
  rescheduled: {
    to: (facts) => [attendeeOf(facts), ...(facts.alreadySaid.confirmed ? guestsOf(facts) : []), hostOf(facts)],
    isTrueOf: isLive,
  },
  'reschedule-requested': {
    to: (facts) => [attendeeOf(facts), hostOf(facts)],
    isTrueOf: ({ reschedule }) => reschedule?.approved === false,
  },
  'reschedule-declined': { to: attendee, isTrueOf: always },
  'reschedule-failed': { to: (facts) => [attendeeOf(facts), hostOf(facts)], isTrueOf: always },
  /** Who comes along already reads of others in no mail. */
  'guests-added': {
    to: (facts) => [attendeeOf(facts), ...facts.addedGuests.map(asRecipient), hostOf(facts)],
    isTrueOf: isAccepted,
  },
  'guest-removed': {
    to: (facts) => [attendeeOf(facts), ...facts.removedGuests.map(asRecipient), hostOf(facts)],
    isTrueOf: always,
  },
  'location-changed': {
    to: (facts) => [attendeeOf(facts), ...guestsOf(facts), hostOf(facts)],
    isTrueOf: isAccepted,
  },
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

/** While guests wait for the attendee they are told nothing, whatever the mail; whom the host has added does not wait. */
export const recipientsOf = (kind: MailKind, facts: RecipientFacts): ReadonlyArray<Recipient> =>
  mailKinds[kind].to(facts).filter(({ role, byHost }) => role !== 'guest' || byHost === true || !facts.guestsWait);

export const isStillTrue = (kind: MailKind, present: KnownBooking): boolean => mailKinds[kind].isTrueOf(present);
