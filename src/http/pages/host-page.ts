import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expectedAt, isAbsent } from '../../domain/booking/absence.ts';
import { isAwaitingApproval, isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { differencesOf } from '../../domain/booking/difference.ts';
import { openFailures } from '../../domain/booking/decide-calendar.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type FoundBooking, changeContext, findByHostsLink } from '../bookings/find-booking.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { fieldOf, fromOurPage, givenReason } from './forms.ts';
import { isCancellable, mayBeCancelled } from './guest-page.ts';
import { hostHistory } from './host-history.ts';
import { calendarsInWords, hostStatus, nextSteps } from './host-words.ts';
import { isMovable } from './move-page.ts';
import { linksOf, page, refusedPage, seeOther } from './page.ts';
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
      calendars: calendarsInWords(booking, reader),
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
const toDecide = (booking: KnownBooking): HostPage['decidable'] => {
  const move = openMove(booking);
  if (move !== null) return { what: 'new time', start: move.start };
  return booking.phase === 'pending' && isAwaitingApproval(booking)
    ? { what: 'request', start: booking.request.start }
    : null;
};

/** The field that says that the host did not come; those of the others are numbered as in `expectedAt`. */
const HOST_FIELD = 'host';
const fieldAt = (index: number): string => `person-${index + 1}`;

const presentPeople = (booking: KnownBooking, hostName: string, now: number): HostPage['present'] => {
  if (booking.phase !== 'accepted' || now < toEpochMs(booking.request.start)) return null;
  const { attendee } = booking.request.personal;
  const others = expectedAt(booking).map((email, index) => ({
    field: fieldAt(index),
    name: email === attendee.email ? attendee.name : email,
    absent: isAbsent(booking, email),
  }));
  return [...others, { field: HOST_FIELD, name: `${hostName} (you)`, absent: booking.absence.host }];
};

/** The form names the time that the host saw; the guest may have asked for another one since. */
const isOtherTime = (booking: KnownBooking, body: unknown): boolean => {
  const seen = fieldOf(body, 'start');
  return seen !== '' && seen !== (toDecide(booking)?.start ?? seen);
};

/** A person changed the event in a calendar, and it is not being written again already. */
const isRestorable = (booking: KnownBooking, now: number): boolean =>
  booking.phase === 'accepted' &&
  now < toEpochMs(booking.request.end) &&
  differencesOf(booking).some(({ difference }) => difference.wants !== 'restore');

const mustGiveReason = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.hostMustGiveReason ?? false;

type Change = HttpDeps['approveBooking'];

const otherTime = apiError('booking_rescheduled_meanwhile', 'Another time was asked for in the meantime.');

/** A form of the host's page: what it asks for is done once, then the browser is sent back to the page. */
const actOn =
  (
    deps: HttpDeps,
    refusedAs: string,
    changeOf: (found: FoundBooking, body: unknown) => E.Either<ApiError, Change>,
    isSo: (booking: KnownBooking) => boolean = () => false,
  ): EndpointHandler =>
  async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await findByHostsLink(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const back = linksOf(request)('/host', 'status');
    // Pressed twice, or in two tabs: the page shows what the first time has led to.
    if (isSo(booking)) return E.right(seeOther(back));
    if (isOtherTime(booking, request.body)) return E.right(refusedPage(refusedAs, otherTime, back));
    const change = changeOf(found.right, request.body);
    if (E.isLeft(change)) return E.right(refusedPage(refusedAs, change.left, back));
    const changed = await change.right(uid, changeContext(deps, null, uid, 'host'))();
    return E.isRight(changed)
      ? E.right(seeOther(back))
      : E.right(refusedPage(refusedAs, fromApplication(changed.left), back));
  };

/** Of the booking, or of a move of it, the host was asked. */
const asksHost = ({ request, reschedule }: KnownBooking): boolean =>
  request.requiresApproval || reschedule?.requiresApproval === true;

/** `POST /bookings/{uid}/host/approve`: the request, or the new time that waits. */
export const approveByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(
    deps,
    'The request was not approved',
    () => E.right(deps.approveBooking),
    (booking) => toDecide(booking) === null && booking.approved && isLive(booking) && asksHost(booking),
  );

/** `POST /bookings/{uid}/host/decline`, with a reason if the host gives one. */
export const declineByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(
    deps,
    'The request was not declined',
    (_, body) => pipe(givenReason(body), E.map(deps.rejectBooking)),
    (booking) =>
      booking.phase === 'rejected' ||
      (booking.phase === 'accepted' &&
        booking.reschedule === null &&
        booking.reschedules.at(-1)?.outcome === 'declined'),
  );

/** `POST /bookings/{uid}/host/cancel`, under the same rules as by the API. */
export const cancelByHost = (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  actOn(
    deps,
    'The booking was not cancelled',
    ({ booking }, body) =>
      pipe(
        givenReason(body),
        E.map((reason) =>
          deps.cancelBooking({
            by: 'host',
            reason,
            cancellable: mayBeCancelled(catalog, booking),
            hostMustGiveReason: mustGiveReason(catalog, booking),
          }),
        ),
      ),
    ({ phase }) => phase === 'cancelled',
  );

/** `POST /bookings/{uid}/host/retry`: a calendar was mended, so all that failed is tried again now. */
export const retryByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(deps, 'Nothing was tried again', () => E.right(deps.retryBooking));

/** `POST /bookings/{uid}/host/restore`: what was done to the event in a calendar is undone. */
export const restoreByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(deps, 'The event was not written again', () => E.right(deps.restoreBooking('host')));

/** `POST /bookings/{uid}/host/absent`: who did not come, and that all others did. */
export const absentByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(deps, 'Nothing was saved', ({ booking }, body) => {
    const isTicked = (field: string): boolean => fieldOf(body, field) !== '';
    const attendees = expectedAt(booking).map((email, index) => ({ email, absent: isTicked(fieldAt(index)) }));
    return E.right(deps.markAbsent({ host: isTicked(HOST_FIELD), attendees }));
  });

/** `POST /bookings/{uid}/host/acknowledge-removal`: the host deleted by hand what a calendar would not remove. */
export const acknowledgeByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(deps, 'This changed nothing', (_, body) => E.right(deps.acknowledgeRemoval(fieldOf(body, 'calendarId'))));
