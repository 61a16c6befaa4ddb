import { isAbsent } from '../../domain/booking/absence.ts';
import type { Host } from '../../domain/bookable/host.ts';
import {
  bookingNumber,
  bookingTitle,
  meetingPlace,
  formerHost,
  presentOrganizer,
} from '../../domain/booking/booking-facts.ts';
import { isOn, isUnsettled, statusOf } from '../../domain/booking/booking-status.ts';
import { guestsWait, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import type { Organizer } from '../../domain/booking/events.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';
import type { JsonObject } from '../../domain/log/envelope.ts';
import { readableFields, readableText, visibleName } from '../../domain/visible-text.ts';
import { covers, hasRole } from '../access/caller.ts';
import { presentCalendar, type Sightings } from './present-calendars.ts';
import { movesOf } from './present-reschedule.ts';
import type { Caller } from '../transport/endpoint.ts';
import type { HttpDeps, Catalog } from '../http-deps.ts';

/** A UTC instant as Cal.com's API writes it, always with milliseconds: `2050-09-05T09:00:00.000Z`. */
const withMilliseconds = (instant: string): string => {
  // Events write whole seconds short, so this is nearly always a matter of four characters.
  if (instant.length === 20) return `${instant.slice(0, 19)}.000Z`;
  return Temporal.Instant.from(instant).toString({ smallestUnit: 'millisecond' });
};

/** Epoch milliseconds likewise; with a zone, in its local time and with its offset. */
export const atMilliseconds = (epochMs: number, timeZone: string | null): string => {
  if (timeZone === null) return withMilliseconds(toInstant(epochMs));
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ smallestUnit: 'millisecond', timeZone });
};

const presentHost = ({ id, name, email, username, timeZone }: Organizer) => ({
  id,
  name,
  email,
  displayEmail: email,
  username,
  timeZone,
});

/** A link is said only while the booking is on (S03): until then nobody should go there. */
const whereOf = (booking: KnownBooking): { readonly location: string; readonly meetingUrl?: string } => {
  const { place, link } = meetingPlace(booking);
  if (isOn(booking) && link !== null) return { location: link, meetingUrl: link };
  return { location: place ?? booking.request.room?.provider ?? '' };
};

const cancellationOf = (booking: KnownBooking, host: Organizer) => {
  if (booking.phase === 'rejected')
    return { cancellationReason: readableText(booking.reason ?? ''), cancelledByEmail: '' };
  if (booking.phase !== 'cancelled') return { cancellationReason: '', cancelledByEmail: '' };
  const by = booking.by === 'host' ? host.email : booking.request.personal.attendee.email;
  return { cancellationReason: readableText(booking.reason ?? ''), cancelledByEmail: by };
};

/**
 * A booking in the words of Cal.com's API v2 (2024-08-13), and ours beside them: `pendingReason`, and for the host
 * `calendars`. `configured` undefined: the host is not in the configuration any more; the log may know it.
 */
const presentBooking = (
  uid: string,
  booking: KnownBooking,
  configured: Host | undefined,
  options: { readonly calendars: Sightings | null },
) => {
  const { request } = booking;
  const { attendee } = request.personal;
  const guests = presentGuests(booking).map((guest) => guest.email);
  const { email, timeZone, language, phoneNumber } = attendee;
  // What an older log holds was not cleaned when it came in.
  const name = visibleName(attendee.name);
  const responses = readableFields(request.personal.responses as JsonObject);
  const metadata = readableFields(request.personal.metadata as JsonObject);
  const host = presentOrganizer(booking, configured) ?? formerHost(request.hostId);
  return {
    id: bookingNumber(uid),
    uid,
    title: bookingTitle(booking, host),
    description: typeof responses.notes === 'string' ? responses.notes : '',
    hosts: [presentHost(host)],
    status: statusOf(booking),
    ...cancellationOf(booking, host),
    ...movesOf(uid, booking, host, withMilliseconds),
    start: withMilliseconds(request.start),
    end: withMilliseconds(request.end),
    duration: request.lengthInMinutes,
    eventTypeId: request.eventTypeId,
    eventType: { id: request.eventTypeId, slug: request.eventTypeSlug },
    ...whereOf(booking),
    absentHost: booking.absence.host,
    createdAt: withMilliseconds(booking.requestedAt),
    updatedAt: withMilliseconds(booking.updatedAt),
    metadata,
    icsUid: request.icsUid,
    attendees: [
      {
        name,
        email,
        displayEmail: email,
        timeZone,
        language,
        absent: isAbsent(booking, email),
        ...(phoneNumber === null ? {} : { phoneNumber }),
      },
    ],
    guests,
    ...(guests.length > 0 && guestsWait(booking) ? { guestsWait: true } : {}),
    bookingFieldsResponses: { ...responses, name, email, guests, displayEmail: email, displayGuests: guests },
    ...(booking.phase === 'pending' ? { pendingReason: booking.because } : {}),
    ...(isUnsettled(booking) ? { pendingReason: 'calendar_differs' } : {}),
    ...(options.calendars === null
      ? {}
      : { calendars: booking.calendars.map(presentCalendar(uid, options.calendars)) }),
  };
};

/** Cal.com's account of a page. `currentPage` never goes beyond the last one, and is 0 where there is none. */
export const paginationOf = (
  { take, skip }: { readonly take: number; readonly skip: number },
  totalItems: number,
  returnedItems: number,
) => {
  const totalPages = Math.ceil(totalItems / take);
  return {
    totalItems,
    remainingItems: Math.max(0, totalItems - skip - returnedItems),
    returnedItems,
    itemsPerPage: take,
    currentPage: Math.min(Math.floor(skip / take) + 1, totalPages),
    totalPages,
    hasNextPage: skip + returnedItems < totalItems,
    hasPreviousPage: skip > 0,
  };
};

/** Whether the caller may see what only the host's side sees of a booking: its calendars, what they answered. */
const seesInside = (caller: Caller, booking: KnownBooking): boolean =>
  covers(caller, booking.request.hostId) && hasRole(caller, 'read', 'host', 'audit', 'operate');

/**
 * What the answer to a request gives the guest: the token that their mail has too, and links that carry it. Who asked for
 * the booking needs no more to see, cancel and move it (once by each link); its uid is also in every invitation, so it is no secret.
 */
export const guestLinks = (
  { bookingTokens, publicUrl }: Pick<HttpDeps, 'bookingTokens' | 'publicUrl'>,
  uid: string,
  { request, sequence }: KnownBooking,
) => {
  const bookingEndMs = toEpochMs(request.end);
  const guestToken = bookingTokens.issue({ bookingUid: uid, party: 'attendee', purpose: 'manage', bookingEndMs });
  const at = (path: string) => `${publicUrl()}${path}?token=${encodeURIComponent(guestToken)}`;
  const [page, booking] = [`/bookings/${uid}`, `/v2/bookings/${uid}`];
  return {
    guestToken,
    links: {
      page: at(page),
      booking: at(booking),
      cancel: at(`${booking}/cancel`),
      reschedule: `${at(`${booking}/reschedule`)}&sequence=${sequence}`,
    },
  };
};

/** A booking as this caller may see it. */
export const presentForCaller =
  (caller: Caller, catalog: Catalog, seen: Sightings) => (uid: string, booking: KnownBooking) =>
    presentBooking(uid, booking, catalog.hostById(booking.request.hostId), {
      calendars: seesInside(caller, booking) ? seen : null,
    });
