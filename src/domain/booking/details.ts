import * as E from 'fp-ts/lib/Either.js';
import { toEpochMs, toInstant } from '../time/time.ts';
import { type KnownBooking, isLive } from './booking-state.ts';
import { type BookingStatus, statusOf } from './booking-status.ts';
import type { BookingEvent, BookingEventData, BookingEventOf } from './events.ts';
import { onDetailsChanged } from './evolve-event-change.ts';
import { MOST_GUESTS, type NewGuest, guestsToAdd, nextGuestNumber, presentGuests } from './guests.ts';

type By = BookingEventData<'GuestsAdded'>['by'];

/** Changes of who comes along and where the meeting takes place. `now`: epoch milliseconds. */
export type DetailsCommand = { readonly now: number } & (
  | { readonly type: 'AddGuests'; readonly by: By; readonly guests: ReadonlyArray<NewGuest>; readonly salt: string }
  | { readonly type: 'RemoveGuest'; readonly by: By; readonly number: number }
  /** `room`: made already, so that its link is never said before there is one. */
  | {
      readonly type: 'ChangeLocation';
      readonly by: By;
      readonly location: string | null;
      readonly room: BookingEventData<'LocationChanged'>['room'];
      readonly salt: string;
    }
);

/** Changes of guests and place that one booking may ever have: each is kept for as long as the booking is. */
export const MOST_DETAIL_CHANGES = 100;

/** Why guests or place were not changed. */
export type DetailsRejection =
  | { readonly type: 'NotLive'; readonly status: BookingStatus }
  | { readonly type: 'AlreadyEnded'; readonly endedAt: string }
  | { readonly type: 'UnknownGuest'; readonly number: number }
  | { readonly type: 'TooManyGuests'; readonly limit: number }
  | { readonly type: 'TooManyDetailChanges'; readonly limit: number };

type Decision = E.Either<DetailsRejection, ReadonlyArray<BookingEvent>>;
type CommandOf<T extends DetailsCommand['type']> = Extract<DetailsCommand, { readonly type: T }>;

const added = (booking: KnownBooking, { now, by, salt, guests: wanted }: CommandOf<'AddGuests'>): Decision => {
  const wantedAnew = guestsToAdd(booking, wanted);
  if (wantedAnew.length === 0) return E.right([]);
  if (presentGuests(booking).length + wantedAnew.length > MOST_GUESTS)
    return E.left({ type: 'TooManyGuests', limit: MOST_GUESTS });
  const first = nextGuestNumber(booking);
  const guests = wantedAnew.map(({ name, email, timeZone, language, phoneNumber }, index) => ({
    number: first + index,
    name,
    email,
    timeZone,
    language,
    phoneNumber,
  }));
  return E.right([{ type: 'GuestsAdded', occurredAt: toInstant(now), data: { by, personal: { salt, guests } } }]);
};

/** Who was removed before is removed: success without events. */
const removed = (booking: KnownBooking, { now, by, number }: CommandOf<'RemoveGuest'>): Decision => {
  const guest = booking.guests.find((one) => one.number === number);
  if (guest === undefined) return E.left({ type: 'UnknownGuest', number });
  return E.right(
    guest.removedIn === null ? [{ type: 'GuestRemoved', occurredAt: toInstant(now), data: { by, number } }] : [],
  );
};

/** Where the meeting takes place by now, in the terms of a change. */
const isThere = ({ request, room }: KnownBooking, wanted: CommandOf<'ChangeLocation'>): boolean => {
  const url = room.status === 'ready' ? room.url : null;
  const hasOtherRoom = wanted.room === null ? request.room !== null : url !== wanted.room.url;
  return !hasOtherRoom && (request.location ?? request.personal.location) === wanted.location;
};

const relocated = (booking: KnownBooking, command: CommandOf<'ChangeLocation'>): Decision => {
  const { now, by, location, room, salt } = command;
  if (isThere(booking, command)) return E.right([]);
  return E.right([
    { type: 'LocationChanged', occurredAt: toInstant(now), data: { by, room, personal: { salt, location } } },
  ]);
};

const changed = (booking: KnownBooking, command: DetailsCommand): Decision => {
  switch (command.type) {
    case 'AddGuests':
      return added(booking, command);
    case 'RemoveGuest':
      return removed(booking, command);
    case 'ChangeLocation':
      return relocated(booking, command);
  }
};

/**
 * Guests and place of a live booking whose meeting is not over. What is so already is success without events. A move in
 * flight stands in nobody's way: what changes goes to the calendars with it, or after it.
 */
export const decideDetails = (booking: KnownBooking, command: DetailsCommand): Decision => {
  const { end } = booking.request;
  if (!isLive(booking)) return E.left({ type: 'NotLive', status: statusOf(booking) });
  if (command.now >= toEpochMs(end)) return E.left({ type: 'AlreadyEnded', endedAt: end });
  const decided = changed(booking, command);
  const isOneTooMany = booking.detailsVersion >= MOST_DETAIL_CHANGES;
  return E.isRight(decided) && decided.right.length > 0 && isOneTooMany
    ? E.left({ type: 'TooManyDetailChanges', limit: MOST_DETAIL_CHANGES })
    : decided;
};

/** The booking at its new place. A room of before is left, that of a calendar too. */
const atPlace = (booking: KnownBooking, { data }: BookingEventOf<'LocationChanged'>): KnownBooking => {
  const { room, personal } = data;
  return {
    ...booking,
    request: {
      ...booking.request,
      location: null,
      room: room === null ? null : { provider: room.provider, requestId: room.roomId, fallbackLink: null },
      personal: { ...booking.request.personal, location: personal.location },
    },
    room: room === null ? { status: 'none' } : { status: 'ready', url: room.url, fallback: false },
    calendars: booking.calendars.map((sync) => (sync.status === 'held' ? { ...sync, meetingUrl: null } : sync)),
  };
};

type DetailsEventType = 'GuestsAdded' | 'GuestRemoved' | 'LocationChanged';
type DetailsEvent = { readonly [T in DetailsEventType]: BookingEventOf<T> }[DetailsEventType];

const withDetails = (booking: KnownBooking, event: DetailsEvent): KnownBooking => {
  const version = booking.detailsVersion + 1;
  switch (event.type) {
    case 'GuestsAdded': {
      const guests = event.data.personal.guests.map((guest) => ({
        ...guest,
        addedIn: version,
        addedBy: event.data.by,
        removedIn: null,
      }));
      return { ...booking, guests: [...booking.guests, ...guests] };
    }
    case 'GuestRemoved': {
      const { number } = event.data;
      const guests = booking.guests.map((one) => (one.number === number ? { ...one, removedIn: version } : one));
      return { ...booking, guests };
    }
    case 'LocationChanged':
      return atPlace(booking, event);
  }
};

/**
 * Guests or place are others now. Of an accepted booking invitations are out, so SEQUENCE rises, and calendars that hold the
 * event are to write it again; while it is pending nobody has seen it, and its acceptance writes what is so by then.
 */
export const evolveDetails = (booking: KnownBooking, event: DetailsEvent): KnownBooking => {
  if (!isLive(booking)) return booking;
  const next = withDetails(booking, event);
  return {
    ...next,
    detailsVersion: booking.detailsVersion + 1,
    sequence: booking.sequence + (booking.phase === 'accepted' ? 1 : 0),
    calendars: next.calendars.map(onDetailsChanged),
  };
};
