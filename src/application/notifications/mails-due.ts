import { guestsWait, type KnownBooking, type NotificationOutcome } from '../../domain/booking/booking-state.ts';
import { isUnsettled } from '../../domain/booking/booking-status.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { isStillTrue, type MailKind, type Recipient } from './mail-kinds.ts';

/** What asks a guest to come: each of these carries the invitation. */
const invitations: ReadonlySet<string> = new Set<MailKind>([
  'confirmed',
  'guests-invited',
  'guests-added',
  'rescheduled',
]);

const toldTo = ({ notificationOutcomes }: KnownBooking, key: string): ReadonlyArray<NotificationOutcome> =>
  notificationOutcomes.filter(({ channel, recipient }) => channel === 'mail' && recipient === key);

/** The time that was accepted first is not the meeting's any more. */
const movedSinceAcceptance = (booking: KnownBooking): boolean =>
  booking.phase === 'accepted' && toEpochMs(booking.inForceSince) > toEpochMs(booking.acceptedAt);

/**
 * Whether somebody was told that the booking is confirmed, or was to be (a mail that was given up waits for an operator):
 * by the confirmation, by a move of what was accepted, or, a guest, by an invitation. `besides`: the id of an event, whose own
 * mails do not count.
 */
const wasConfirmedTo = (booking: KnownBooking, key: string, besides = ''): boolean =>
  toldTo(booking, key).some(
    ({ causedBy, notification }) =>
      causedBy !== besides &&
      (key.startsWith('guest-')
        ? invitations.has(notification)
        : notification === 'confirmed' || (notification === 'rescheduled' && movedSinceAcceptance(booking))),
  );

/**
 * A mail of the acceptance that a person's change in a calendar overtook is not sent, since it would not be true: it is owed
 * from then on, and goes out when the booking stands. Whether somebody is owed one, by what the log says they were told.
 */
export const isConfirmationOwed = (booking: KnownBooking): boolean => {
  const guests = presentGuests(booking).filter(({ addedBy }) => addedBy === 'host' || !guestsWait(booking));
  return ['attendee', 'host', ...guests.map(({ number }) => `guest-${number}`)].some(
    (key) => !wasConfirmedTo(booking, key),
  );
};

/** What somebody was told last of whether the booking stands is that this is open. */
const isLeftInQuestion = (booking: KnownBooking, key: string): boolean =>
  toldTo(booking, key).findLast(({ notification }) =>
    ['confirmed', 'rescheduled', 'booking-in-question', 'booking-stands'].includes(notification),
  )?.notification === 'booking-in-question';

type Needed = (key: string, causedBy: string, present: KnownBooking) => boolean;

const isUntold: Needed = (key, causedBy, present) => !wasConfirmedTo(present, key, causedBy);
const knowsOrStands: Needed = (key, _, present) => !isUnsettled(present) || wasConfirmedTo(present, key);

/** Kinds that may be needless; the others are needed whenever they are true. */
const needed: { readonly [K in MailKind]?: Needed } = {
  confirmed: isUntold,
  'guests-invited': isUntold,
  'guests-added': (key, causedBy, present) =>
    key.startsWith('guest-')
      ? !isUnsettled(present) && isUntold(key, causedBy, present)
      : knowsOrStands(key, causedBy, present),
  'location-changed': knowsOrStands,
  'guest-removed': (key, causedBy, present) => key.startsWith('guest-') || knowsOrStands(key, causedBy, present),
  'booking-stands': (key, causedBy, present) =>
    wasConfirmedTo(present, key, causedBy) && isLeftInQuestion(present, key),
};

/**
 * Whether one mail is still needed after what the same person was told since, or will be. `causedBy`: the event that it tells.
 * One confirmation for each acceptance, whichever event brings it (I4). While it is open whether the booking stands nobody is
 * invited, and who is owed the confirmation hears by that of every change.
 */
export const isNeeded = (kind: MailKind, key: string, causedBy: string, present: KnownBooking): boolean =>
  needed[kind]?.(key, causedBy, present) ?? true;

/**
 * Guests who waited for the attendee hear of what came later only where an invitation has come to them: nobody is told of the
 * end of what they never heard of.
 */
export const isToHear = (
  kind: MailKind,
  { role, key }: Pick<Recipient, 'role' | 'key'>,
  present: KnownBooking,
): boolean =>
  role !== 'guest' ||
  present.request.invitesOnceVerified !== true ||
  invitations.has(kind) ||
  toldTo(present, key).some(({ notification, outcome }) => outcome === 'sent' && invitations.has(notification));

/**
 * Whether somebody is still to be told: who was removed hears of that, and of nothing else any more; the others hear of it
 * while the booking is on.
 */
export const isStillConcerned = (kind: MailKind, key: string, present: KnownBooking): boolean =>
  kind === 'guest-removed'
    ? key.startsWith('guest-') || present.phase === 'accepted'
    : !present.guests.some(({ number, removedIn }) => removedIn !== null && key === `guest-${number}`);

const movesOf = ({ reschedules }: KnownBooking): number =>
  reschedules.filter(({ outcome }) => outcome === 'moved').length;

/**
 * Whether a mail that was planned of the booking as it was `told` comes too late at `now` (epoch milliseconds): a reminder of
 * a meeting that has begun, or of a time that is not the meeting's any more, or the confirmation of such a time: the mail
 * about the move carries all of it.
 */
export const isTooLate = (kind: MailKind, told: KnownBooking, present: KnownBooking, now: number): boolean =>
  kind === 'confirmed'
    ? movesOf(told) < movesOf(present)
    : kind === 'reminder' && (now >= toEpochMs(told.request.start) || told.request.start !== present.request.start);

/** What is planned is not true any more, or needless, so that it is not sent. */
export const isOvertaken = (
  { kind, recipient, causedBy }: { readonly kind: MailKind; readonly recipient: string; readonly causedBy: string },
  present: KnownBooking,
): boolean =>
  !(
    isStillTrue(kind, present) &&
    isStillConcerned(kind, recipient, present) &&
    isNeeded(kind, recipient, causedBy, present)
  );

/** What says to people, in a mail of its own, that a booking is confirmed. */
const confirmations: ReadonlyArray<MailKind> = ['confirmed', 'guests-invited'];

/** Hosts and guests are told by groups of their own: a guest's broken mailbox must not hold back the host's alert. */
export type MailAudience = 'host' | 'guests';

/**
 * Whether these people had a mail of that kind. The others' mails are none of their business, and go out at their own
 * pace: only what one group has sent itself is known to it for sure.
 */
const wasSaidTo = (booking: KnownBooking, audience: MailAudience, kind: MailKind): boolean =>
  booking.notificationOutcomes.some(
    ({ channel, notification, recipient, outcome }) =>
      channel === 'mail' &&
      notification === kind &&
      outcome === 'sent' &&
      (recipient === 'host') === (audience === 'host'),
  );

/**
 * Of a move it counts what the booking was then: a request that is moved while it waits is not confirmed by that, and its
 * confirmation, which comes later, is not to be sent twice. Of the end of what was accepted it counts as said: an
 * invitation may have arrived without an answer that says so, and to take back one that never came harms nobody.
 */
const isConfirmed = (kind: MailKind, audience: MailAudience, booking: KnownBooking, present: KnownBooking): boolean => {
  if (kind === 'rescheduled') return booking.phase === 'accepted';
  if (kind === 'cancelled' && booking.phase === 'cancelled') return booking.wasAccepted;
  return confirmations.some((one) => wasSaidTo(present, audience, one));
};

/** What told them that the booking was not confirmed. */
const badNews: { readonly [A in MailAudience]: MailKind } = { host: 'action-needed', guests: 'received-not-confirmed' };

/** What told them that it is open whether it stands. */
const questions: { readonly [A in MailAudience]: MailKind } = {
  host: 'calendar-differs',
  guests: 'booking-in-question',
};

/**
 * What earlier mails said to these people, which a later one has to take back or may leave out. `notConfirmedYet`: that it is
 * not confirmed; `inQuestion`: that it is open whether it stands; `confirmed`: that it is on, or so it counts;
 * `confirmation`: that, in a mail of its own.
 */
export type SaidBefore = {
  readonly notConfirmedYet: boolean;
  readonly inQuestion: boolean;
  readonly confirmed: boolean;
  readonly confirmation: boolean;
};

/** `booking`: as of the event that the mail is about; `present`: as it is now. */
export const saidBefore = (
  kind: MailKind,
  audience: MailAudience,
  booking: KnownBooking,
  present: KnownBooking,
): SaidBefore => ({
  notConfirmedYet: wasSaidTo(present, audience, badNews[audience]),
  inQuestion: wasSaidTo(present, audience, questions[audience]),
  confirmed: isConfirmed(kind, audience, booking, present),
  confirmation: confirmations.some((one) => wasSaidTo(present, audience, one)),
});
