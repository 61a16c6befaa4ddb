import * as E from 'fp-ts/lib/Either.js';
import { isAbsent } from '../../domain/booking/absence.ts';
import { presentGuests } from '../../domain/booking/guests.ts';
import { isAwaitingApproval, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { differencesOf } from '../../domain/booking/difference.ts';
import { openFailures } from '../../domain/booking/decide-calendar.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { lastSeenAt } from '../bookings/present-calendars.ts';
import { findByHostsLink } from '../bookings/find-booking.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { isCancellable } from './guest-page.ts';
import { hostHistory } from './host-history.ts';
import { calendarsInWords } from './host-calendars.ts';
import { hostStatus, nextSteps } from './host-words.ts';
import { isMovable } from './move-page.ts';
import { linksOf, page } from './page.ts';
import { openMove } from './move-words.ts';
import { type HostPage, renderHostPage } from './render/host.ts';
import { LOOK_AGAIN_S, factsFor, hostRows, withMove } from './words.ts';

/** Something of ours is under way, or will be by itself. */
const lookAgainSeconds = (booking: KnownBooking): number | null => {
  if (booking.phase === 'pending') return LOOK_AGAIN_S[booking.because];
  return nextSteps(booking, { timeZone: 'UTC', calendarLabel: (id) => id }).length === 0
    ? null
    : LOOK_AGAIN_S.calendar_sync_failed;
};

/** `GET /bookings/{uid}/host`: what the host's mails lead to. Everything about the booking; changes nothing. */
export const hostPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findByHostsLink(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const history = await deps.readHistory(uid)();
    if (E.isLeft(history)) return E.left(fromApplication(history.left));
    const now = deps.clock.now();
    const facts = factsFor(deps, catalog)('host', uid, booking);
    const reader = { timeZone: facts.hostTimeZone, calendarLabel: deps.calendarLabel };
    const isOver = now >= toEpochMs(booking.request.end);
    const html = renderHostPage({
      uid,
      what: `${facts.eventTitle} with ${facts.attendee.name}`,
      guestName: facts.attendee.name,
      hostName: facts.hostName,
      status: withMove(hostStatus(booking, facts, now), booking, facts, 'host'),
      lookAgainSeconds: lookAgainSeconds(booking),
      rows: hostRows(booking, facts),
      next: nextSteps(booking, reader),
      calendars: calendarsInWords(booking, reader, (sync) => lastSeenAt(uid, sync, deps)),
      history: hostHistory(history.right, reader),
      linkTo: linksOf(request),
      decidable: isOver ? null : toDecide(booking),
      cancellable: isCancellable(catalog)(booking, now),
      movable: isMovable(catalog)(booking, now),
      reasonRequired: mustGiveReason(catalog, booking),
      restorable: isRestorable(booking, now),
      present: presentPeople(booking, facts.hostName, now),
      retryable: booking.calendars.some(({ calendarId }) => openFailures(booking, calendarId).length > 0),
    });
    return E.right(page(html));
  };

/** What waits for the host: the request, or a move of what they approved before; `start`: of the time in question. */
export const toDecide = (booking: KnownBooking): HostPage['decidable'] => {
  const move = openMove(booking);
  if (move !== null) return { what: 'new time', start: move.start };
  return booking.phase === 'pending' && isAwaitingApproval(booking)
    ? { what: 'request', start: booking.request.start }
    : null;
};

/** The field that says that the host did not come. */
export const HOST_FIELD = 'host';

/** Everybody else who was to come, by the field for them: a guest's number is theirs for life, whoever goes or comes meanwhile. */
export const expectedByField = (
  booking: KnownBooking,
): ReadonlyArray<{ readonly field: string; readonly email: string }> => [
  { field: 'attendee', email: booking.request.personal.attendee.email },
  ...presentGuests(booking).map(({ number, email }) => ({ field: `guest-${number}`, email })),
];

const presentPeople = (booking: KnownBooking, hostName: string, now: number): HostPage['present'] => {
  if (booking.phase !== 'accepted' || now < toEpochMs(booking.request.start)) return null;
  const { attendee } = booking.request.personal;
  const others = expectedByField(booking).map(({ field, email }) => ({
    field,
    name: email === attendee.email ? attendee.name : email,
    absent: isAbsent(booking, email),
  }));
  return [...others, { field: HOST_FIELD, name: `${hostName} (you)`, absent: booking.absence.host }];
};

/** A person changed the event in a calendar, and it is not being written again already. */
const isRestorable = (booking: KnownBooking, now: number): boolean =>
  booking.phase === 'accepted' &&
  now < toEpochMs(booking.request.end) &&
  differencesOf(booking).some(({ difference }) => difference.wants !== 'restore');

export const mustGiveReason = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.hostMustGiveReason ?? false;
