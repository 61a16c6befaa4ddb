import type { KnownBooking } from '../../../src/domain/booking/booking-state.ts';
import { presentGuests } from '../../../src/domain/booking/guests.ts';
import { mailboxKey } from '../../../src/domain/mail/mail-address.ts';
import { broken, known, type Seen } from './event-checks.ts';
import type { World } from './world.ts';

const placeOf = ({ request }: KnownBooking): string => request.location ?? request.personal.location ?? '';

/** Guests and place as they are shown: part of what a replay has to show again (I9). */
export const detailsShown = (booking: KnownBooking): string =>
  `${presentGuests(booking)
    .map(({ number, email }) => `${number} ${email}`)
    .join(' ')} at ${placeOf(booking)}`;

/** I5: adding somebody again adds nobody, and a number is one person's. */
const guestsOnce = (seen: Seen, uid: string, booking: KnownBooking): void => {
  const mailboxes = [booking.request.personal.attendee.email, ...presentGuests(booking).map(({ email }) => email)].map(
    mailboxKey,
  );
  if (new Set(mailboxes).size < mailboxes.length)
    throw broken(seen, 'I5', uid, `somebody comes twice: ${mailboxes.join(', ')}`);
  const numbers = booking.guests.map(({ number }) => number);
  if (new Set(numbers).size < numbers.length)
    throw broken(seen, 'I5', uid, `a number is given twice: ${numbers.join()}`);
};

/** I3: what is said to have the guests and the place of now has them. */
const upToDate = (world: World, seen: Seen, uid: string, booking: KnownBooking): void => {
  for (const sync of booking.calendars) {
    if (sync.status !== 'held' || !sync.confirmation.done || sync.move.writing || sync.move.uncertain) continue;
    const isUnderWay = world.pending.some((call) => call.bookingUid === uid && call.calendarId === sync.calendarId);
    const event = world.calendars.get(sync.calendarId)?.events.get(uid);
    if (isUnderWay || event === undefined) continue;
    const there = `${event.attendees
      .slice(1)
      .map(({ email }) => email)
      .join(' ')} at ${event.location}`;
    const now = `${presentGuests(booking)
      .map(({ email }) => email)
      .join(' ')} at ${placeOf(booking)}`;
    if (there !== now)
      throw broken(seen, 'I3', uid, `${sync.calendarId} has "${there}" as up to date, and it is "${now}"`);
  }
};

/** After each step. */
export const checkDetails = (world: World, seen: Seen): void => {
  for (const [uid, booking] of known(seen)) {
    guestsOnce(seen, uid, booking);
    upToDate(world, seen, uid, booking);
  }
};

/** The invitation with the highest SEQUENCE that somebody has; undefined: none came. */
const lastInvitation = ({ mails }: World, uid: string, address: string) =>
  mails
    .flatMap(({ to, icalendar }) => {
      const content = icalendar?.content.replaceAll('\r\n ', '') ?? '';
      if (mailboxKey(to.address) !== mailboxKey(address) || !content.includes(`UID:${uid}@`)) return [];
      const place = /^LOCATION:(.*)$/m.exec(content)?.[1]?.trim() ?? '';
      return [{ method: icalendar?.method, sequence: Number(/SEQUENCE:(\d+)/.exec(content)?.[1]), place }];
    })
    .toSorted((a, b) => a.sequence - b.sequence)
    .at(-1);

/** Everybody who is invited, by mailbox: the keys that mails have them under, and whether they come along. */
const invited = ({ request, guests }: KnownBooking) => {
  const { attendee, organizer } = request.personal;
  const byMailbox = Map.groupBy(guests, ({ email }) => mailboxKey(email));
  return [
    { email: attendee.email, keys: ['attendee'], comes: true },
    ...(organizer === null ? [] : [{ email: organizer.email, keys: ['host'], comes: true }]),
    ...[...byMailbox].map(([email, same]) => ({
      email,
      keys: same.map(({ number }) => `guest-${number}`),
      comes: same.some(({ removedIn }) => removedIn === null),
    })),
  ];
};

/**
 * I4, once everything was carried out: whoever comes along to a booking that is on has an invitation with the place of now;
 * of what is over, or whom it does without, nobody has one that was not taken back. Nothing is claimed of whom a mail
 * server has refused.
 */
export const checkInvitations = (world: World, seen: Seen, uid: string, booking: KnownBooking): void => {
  const parked = booking.notificationOutcomes.filter(({ outcome }) => outcome === 'parked');
  for (const { email, keys, comes } of invited(booking)) {
    if (parked.some(({ recipient }) => keys.includes(recipient))) continue;
    const last = lastInvitation(world, uid, email);
    const isWanted = comes && booking.phase === 'accepted';
    if (isWanted && last?.method !== 'REQUEST') throw broken(seen, 'I4', uid, `${email} comes and was not invited`);
    if (!isWanted && last?.method === 'REQUEST')
      throw broken(seen, 'I4', uid, `${email} does not come and was not told so`);
    if (isWanted && last?.place !== placeOf(booking))
      throw broken(seen, 'I4', uid, `${email} was told to come to "${last?.place}", not to "${placeOf(booking)}"`);
  }
};
