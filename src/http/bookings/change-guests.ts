import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { bookingNumber } from '../../domain/booking/booking-facts.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { guestByMailbox, type NewGuest } from '../../domain/booking/guests.ts';
import { list, object, optional } from '../../domain/decoding/codec.ts';
import { email, language, phone, timeZone } from '../../domain/decoding/values.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { strangersName } from '../../domain/visible-text.ts';
import { covers, hasRole } from '../access/caller.ts';
import type { GiveBack, MailLimit } from '../access/mail-limits.ts';
import { makeRateLimit } from '../access/rate-limit.ts';
import { decodeBody } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, type HttpRequest, success } from '../transport/endpoint.ts';
import { guestNumberOf, presentBooker, presentGuest } from './attendees.ts';
import { vouches } from './create-booking.ts';
import { MAX_NAME } from './create-body.ts';
import { findForCaller, type FoundBooking } from './find-booking.ts';
import { presentForCaller } from './present-booking.ts';
import { type ChangedOnce, changeOnce, replayedHeader } from './repeatable-change.ts';

/** Guests that one request may add (Cal.com's limit). */
const MAX_ADDED = 10;
/** Requests that add guests, a minute and caller (Cal.com's limit). */
const ADDING_PER_MINUTE = 5;

const known = { email, phoneNumber: optional(phone), language: optional(language) };
const guestBody = object({ ...known, name: optional(strangersName(MAX_NAME)), timeZone: optional(timeZone) });
const decodeGuests = decodeBody(object({ guests: list(guestBody, MAX_ADDED, 1) }, { ignored: 'any-other' }));
const decodeAttendee = decodeBody(
  object({ name: strangersName(MAX_NAME), ...known, timeZone }, { ignored: 'any-other' }),
);

const asNewGuest = (body: t.TypeOf<typeof guestBody>): NewGuest => ({
  name: body.name ?? '',
  email: body.email,
  timeZone: body.timeZone ?? null,
  language: body.language ?? null,
  phoneNumber: body.phoneNumber ?? null,
});

/** The host by a key of theirs, everybody else as the guest. */
const partyOf = (request: HttpRequest, { booking }: FoundBooking): 'host' | 'guest' =>
  hasRole(request.caller, 'host') && covers(request.caller, booking.request.hostId) ? 'host' : 'guest';

/** Who may change who comes along: the guest by their token, or a key that may book for the host. A uid alone never does. */
const findToChange = (deps: HttpDeps) => findForCaller({ ...deps, guestActions: 'token' }, 'manage', 'book', 'host');

export const changedHeaders = (changed: ChangedOnce) => ({
  'Holdfast-Position': String(changed.position),
  ...replayedHeader(changed),
});

const guestsForbidden = fieldErrors([fieldError('guests', 'not_allowed', 'guests are not allowed by this event type')]);

/** The request under this key wanted these guests: whom it did not add came along before it. */
const addedThese =
  (wanted: ReadonlyArray<NewGuest>) =>
  (event: BookingEvent, present: KnownBooking): boolean => {
    if (event.type !== 'GuestsAdded') return false;
    const asked = new Set(wanted.map((guest) => mailboxKey(guest.email)));
    const { attendee, organizer } = present.request.personal;
    const others = [attendee.email, organizer?.email ?? '', ...present.guests.map((guest) => guest.email)];
    const known = new Set(others.map(mailboxKey));
    const hasAll = event.data.personal.guests.every((guest) => asked.has(mailboxKey(guest.email)));
    return hasAll && [...asked].every((mailbox) => known.has(mailbox));
  };

/** Whom the guests are counted for, where no key vouches for them. */
type Adding = { readonly deps: HttpDeps; readonly catalog: Catalog; readonly mailLimit: MailLimit | null };

/** Adds guests on behalf of whoever asks; the same for both ways of asking. */
const addGuests = ({ deps, catalog, mailLimit }: Adding) => {
  const perMinute = deps.limits.requestsPerMinute === null ? null : makeRateLimit(ADDING_PER_MINUTE, deps.clock);

  const tooFast = (request: HttpRequest): ApiError | null => {
    const verdict = perMinute?.(request.subject);
    if (verdict === undefined || verdict.allowed) return null;
    const words = `Guests can be added ${ADDING_PER_MINUTE} times a minute.`;
    return apiError('rate_limited', words, { retryAfterSeconds: verdict.resetSeconds });
  };

  const counted = async (
    request: HttpRequest,
    { booking }: FoundBooking,
    wanted: ReadonlyArray<NewGuest>,
  ): Promise<E.Either<ApiError, GiveBack>> => {
    if (mailLimit === null || vouches(request.caller, booking.request.hostId)) return E.right(() => undefined);
    const guests = wanted.map((guest) => guest.email);
    return mailLimit({ caller: request.subject, attendee: null, guests });
  };

  return async (
    request: HttpRequest,
    found: FoundBooking,
    wanted: ReadonlyArray<NewGuest>,
    action: string,
  ): Promise<E.Either<ApiError, ChangedOnce>> => {
    const { eventTypeId } = found.booking.request;
    if (catalog.byId(eventTypeId)?.eventType.guestsAllowed === false) return E.left(guestsForbidden);
    const refused = tooFast(request);
    if (refused !== null) return E.left(refused);
    const admitted = await counted(request, found, wanted);
    if (E.isLeft(admitted)) return admitted;
    const by = partyOf(request, found);
    const changed = await changeOnce(deps, request, found, {
      action,
      kind: by,
      change: deps.changeDetails({ type: 'AddGuests', by, guests: wanted }),
      isSame: addedThese(wanted),
    });
    if (E.isLeft(changed) ? changed.left.code !== 'outcome_unknown' : !changed.right.changed) admitted.right();
    return changed;
  };
};

/** `POST /v2/bookings/{uid}/guests`: up to ten at a time. Who comes already is no news. */
export const postGuests = (adding: Adding): EndpointHandler => {
  const { deps, catalog } = adding;
  const find = findToChange(deps);
  const add = addGuests(adding);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const body = decodeGuests(request.body);
    if (E.isLeft(body)) return body;
    const changed = await add(request, found.right, body.right.guests.map(asNewGuest), 'guests');
    if (E.isLeft(changed)) return changed;
    const booking = presentForCaller(request.caller, catalog, deps)(found.right.uid, changed.right.booking);
    return E.right(success(booking, changedHeaders(changed.right)));
  };
};

const hostIsNoAttendee = fieldErrors([
  fieldError('email', 'not_allowed', 'email is that of the host, who comes anyway'),
]);

/** `POST /v2/bookings/{uid}/attendees`: one guest, with name and zone. The answer is that guest, also where they came already. */
export const postAttendee = (adding: Adding): EndpointHandler => {
  const { deps } = adding;
  const find = findToChange(deps);
  const add = addGuests(adding);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const body = decodeAttendee(request.body);
    if (E.isLeft(body)) return body;
    const { uid, booking } = found.right;
    const mailbox = mailboxKey(body.right.email);
    const { attendee, organizer } = booking.request.personal;
    if (organizer !== null && mailboxKey(organizer.email) === mailbox) return E.left(hostIsNoAttendee);
    const changed = await add(request, found.right, [asNewGuest(body.right)], 'attendees');
    if (E.isLeft(changed)) return changed;
    const guest = guestByMailbox(changed.right.booking, body.right.email);
    const isBooker = mailboxKey(attendee.email) === mailbox || guest === undefined;
    const presented = isBooker ? presentBooker(changed.right.booking) : presentGuest(changed.right.booking, guest);
    return E.right(success({ ...presented, bookingId: bookingNumber(uid) }, changedHeaders(changed.right), 201));
  };
};

const bookerStays = apiError(
  'attendee_is_booker',
  'Who booked cannot be taken off the booking. Cancel it, or move it, instead.',
);

/** `DELETE /v2/bookings/{uid}/attendees/{attendeeId}`: a guest does not come along any more. Again: the same answer. */
export const deleteAttendee = (deps: HttpDeps): EndpointHandler => {
  const find = findToChange(deps);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const id = request.params.attendeeId ?? '';
    const attendeeId = /^\d{1,9}$/.test(id) ? Number(id) : 0;
    if (attendeeId === presentBooker(found.right.booking).id) return E.left(bookerStays);
    const by = partyOf(request, found.right);
    const number = guestNumberOf(attendeeId) ?? 0;
    const changed = await changeOnce(deps, request, found.right, {
      action: 'remove-attendee',
      kind: by,
      change: deps.changeDetails({ type: 'RemoveGuest', by, number }),
      isSame: (event) => event.type === 'GuestRemoved' && event.data.number === number,
    });
    if (E.isLeft(changed)) return changed;
    const { booking } = changed.right;
    const guest = booking.guests.find((one) => one.number === number);
    if (guest === undefined)
      return E.left(fromApplication({ type: 'Refused', rejection: { type: 'UnknownGuest', number } }));
    const { name, email: address, timeZone: zone } = presentGuest(booking, guest);
    const removed = { id: attendeeId, bookingId: bookingNumber(found.right.uid), name, email: address, timeZone: zone };
    return E.right(success(removed, changedHeaders(changed.right)));
  };
};
