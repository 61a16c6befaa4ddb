import type { BookingEventData, BookingEventOf } from '../domain/booking/events.ts';
import type { DetailsCommand } from '../domain/booking/details.ts';
import type { At } from './booking-events.ts';
import { epochMs, instant, START_OF_STORY } from './given.ts';

const SALT = '00000000000000000000000000000000';

type By = BookingEventData<'GuestsAdded'>['by'];
/** By the guest who booked where nothing else is said. */
type Change = At & { readonly by?: By };

const occurredAt = ({ at = START_OF_STORY }: At): string => instant(at);
const now = ({ at = START_OF_STORY }: At): number => epochMs(at);

/** Of these guests nothing but the address is known. */
const unnamed = (email: string) => ({ name: '', email, timeZone: null, language: null, phoneNumber: null });

/** Guests were added, by address; numbered from `first` on, which is 1 where nothing else is said. */
export const guestsAdded = (
  emails: ReadonlyArray<string>,
  options: Change & { readonly first?: number } = {},
): BookingEventOf<'GuestsAdded'> => ({
  type: 'GuestsAdded',
  occurredAt: occurredAt(options),
  data: {
    by: options.by ?? 'guest',
    personal: {
      salt: SALT,
      guests: emails.map((email, index) => ({ number: (options.first ?? 1) + index, ...unnamed(email) })),
    },
  },
});

/** Guest `number` was taken off the booking. */
export const guestRemoved = (number: number, options: Change = {}): BookingEventOf<'GuestRemoved'> => ({
  type: 'GuestRemoved',
  occurredAt: occurredAt(options),
  data: { by: options.by ?? 'guest', number },
});

type Room = NonNullable<BookingEventData<'LocationChanged'>['room']>;

/** The meeting takes place elsewhere, by the host; null: nowhere in particular. */
export const locationChanged = (
  location: string | null,
  options: Change & { readonly room?: Room } = {},
): BookingEventOf<'LocationChanged'> => ({
  type: 'LocationChanged',
  occurredAt: occurredAt(options),
  data: { by: options.by ?? 'host', room: options.room ?? null, personal: { salt: SALT, location } },
});

/** Commands about who comes along and where, at 10:00:00 if not told otherwise. */
export const detailsCommand = {
  /** Add guests, by address. */
  addGuests: (emails: ReadonlyArray<string>, options: Change = {}): DetailsCommand => ({
    type: 'AddGuests',
    by: options.by ?? 'guest',
    guests: emails.map(unnamed),
    salt: SALT,
    now: now(options),
  }),
  /** Take guest `number` off the booking. */
  removeGuest: (number: number, options: Change = {}): DetailsCommand => ({
    type: 'RemoveGuest',
    by: options.by ?? 'guest',
    number,
    now: now(options),
  }),
  /** Meet elsewhere. */
  changeLocation: (location: string | null, options: Change & { readonly room?: Room } = {}): DetailsCommand => ({
    type: 'ChangeLocation',
    by: options.by ?? 'host',
    location,
    room: options.room ?? null,
    salt: SALT,
    now: now(options),
  }),
};
