import { ERASED } from '../log/sealed-data.ts';
import { mailboxKey, unknownMailboxes } from '../mail/mail-address.ts';
import type { BookingEventData } from './events.ts';

/** Somebody who is to come along, as whoever adds them says. Null: not known, so the attendee's zone and language are taken. */
export type NewGuest = Omit<BookingEventData<'GuestsAdded'>['personal']['guests'][number], 'number'>;

/**
 * Somebody who comes along with the attendee. `number`: theirs for the booking's life, from 1. `addedIn`, `removedIn`: how
 * often guests or place had changed with that change; `addedIn` 0: named by the request; `removedIn` null: still comes.
 * `addedBy`: whoever asked for the booking is its guest.
 */
export type Guest = NewGuest & {
  readonly number: number;
  readonly addedIn: number;
  readonly addedBy: 'guest' | 'host';
  readonly removedIn: number | null;
};

/** Guests that come along at a time. */
export const MOST_GUESTS = 30;

type Personal = BookingEventData<'BookingRequested'>['personal'];

/**
 * Those of the request: each mailbox once, the attendee's own not again. Numbers count as the request does, so that a guest
 * stays who it was when it was first told of. Whoever is erased is somebody of their own.
 */
export const guestsOfRequest = ({ attendee, guests }: Personal): ReadonlyArray<Guest> => {
  if (guests.length === 0) return [];
  const first = new Set(unknownMailboxes(guests, [attendee.email]).map(({ index }) => index));
  return guests.flatMap((address, index) =>
    first.has(index) || address === ERASED
      ? [
          {
            number: index + 1,
            name: '',
            email: address,
            timeZone: null,
            language: null,
            phoneNumber: null,
            addedIn: 0,
            addedBy: 'guest',
            removedIn: null,
          },
        ]
      : [],
  );
};

type WithGuests = { readonly guests: ReadonlyArray<Guest> };

/** Those who come along now. */
export const presentGuests = ({ guests }: WithGuests): ReadonlyArray<Guest> =>
  guests.filter(({ removedIn }) => removedIn === null);

/** The guest of this mailbox, also one who was removed; of several the last. */
export const guestByMailbox = ({ guests }: WithGuests, email: string): Guest | undefined =>
  guests.findLast((guest) => mailboxKey(guest.email) === mailboxKey(email));

/** Numbers are given once: one that was somebody's is nobody else's later. */
export const nextGuestNumber = ({ guests }: WithGuests): number => 1 + Math.max(0, ...guests.map((one) => one.number));

/** Those of `wanted` who do not come already, be it as host, as attendee or as guest; each mailbox once. */
export const guestsToAdd = (
  booking: WithGuests & { readonly request: Pick<BookingEventData<'BookingRequested'>, 'personal'> },
  wanted: ReadonlyArray<NewGuest>,
): ReadonlyArray<NewGuest> => {
  const { attendee, organizer } = booking.request.personal;
  const known = [
    attendee.email,
    ...(organizer === null ? [] : [organizer.email]),
    ...presentGuests(booking).map(({ email }) => email),
  ];
  const addresses = wanted.map(({ email }) => email);
  const unknown = new Set(unknownMailboxes(addresses, known).map(({ index }) => index));
  return wanted.filter((_, index) => unknown.has(index));
};
