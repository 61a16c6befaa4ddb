import { visibleName } from '../../domain/visible-text.ts';
import * as E from 'fp-ts/lib/Either.js';
import { isAbsent } from '../../domain/booking/absence.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { type Guest, presentGuests } from '../../domain/booking/guests.ts';
import { apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { answered, findToRead } from './booking-parts.ts';

/** Cal.com's `BookingAttendeeWithId`. */
type PresentAttendee = {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly displayEmail: string;
  readonly timeZone: string;
  readonly language: string;
  readonly absent: boolean;
  readonly phoneNumber?: string;
};

const BOOKER_ID = 1;

/** Somebody's id within the booking: who booked is 1, guest n is n + 1, for the booking's life. */
const attendeeIdOf = ({ number }: Pick<Guest, 'number'>): number => BOOKER_ID + number;
/** The other way round; null: no guest has that id. */
export const guestNumberOf = (attendeeId: number): number | null =>
  attendeeId > BOOKER_ID ? attendeeId - BOOKER_ID : null;

/** A guest in the words of the API. Zone and language are the booker's where nobody named the guest's. */
export const presentGuest = (booking: KnownBooking, guest: Guest): PresentAttendee => {
  const { attendee } = booking.request.personal;
  const { name, email, phoneNumber } = guest;
  return {
    id: attendeeIdOf(guest),
    name: visibleName(name),
    email,
    displayEmail: email,
    timeZone: guest.timeZone ?? attendee.timeZone,
    language: guest.language ?? attendee.language,
    absent: isAbsent(booking, email),
    ...(phoneNumber === null ? {} : { phoneNumber }),
  };
};

/** Who booked, in the same words. */
export const presentBooker = (booking: KnownBooking): PresentAttendee => ({
  ...presentGuest(booking, {
    ...booking.request.personal.attendee,
    number: 0,
    addedIn: 0,
    addedBy: 'guest',
    removedIn: null,
  }),
});

/** Everybody who comes besides the host: who booked, and the guests in the order in which they were named. */
const attendeesOf = (booking: KnownBooking): ReadonlyArray<PresentAttendee> => [
  presentBooker(booking),
  ...presentGuests(booking).map((guest) => presentGuest(booking, guest)),
];

/** `GET /v2/bookings/{uid}/attendees`. */
export const getAttendees = (deps: HttpDeps): EndpointHandler => {
  const find = findToRead(deps);
  return async (request) => {
    const found = await find(request);
    return E.isLeft(found) ? found : answered(found.right, attendeesOf(found.right.booking));
  };
};

const attendeeNotFound = apiError('unknown_attendee', 'The booking has no attendee with this id.');

/** `GET /v2/bookings/{uid}/attendees/{attendeeId}`. */
export const getAttendee = (deps: HttpDeps): EndpointHandler => {
  const find = findToRead(deps);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const wanted = attendeesOf(found.right.booking).find(({ id }) => String(id) === request.params.attendeeId);
    return wanted === undefined ? E.left(attendeeNotFound) : answered(found.right, wanted);
  };
};
