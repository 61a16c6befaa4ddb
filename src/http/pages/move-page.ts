import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { toEpochMs, toInstant } from '../../domain/time/time.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import type { Catalog, HttpDeps, Offer } from '../http-deps.ts';
import { changeContext, findByHostsLink, findForCaller, type FoundBooking } from '../bookings/find-booking.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler, HttpRequest } from '../transport/endpoint.ts';
import { fieldOf, fromOurPage, givenReason } from './forms.ts';
import { linksOf, page, refusedPage, seeOther } from './page.ts';
import { renderMovePage } from './render/move.ts';
import { factsFor } from './words.ts';

/** Days from now whose free times are shown. */
const SHOWN_DAYS = 14;
const DAY_IN_MS = 86_400_000;

const gone = apiError('event_type_not_found', 'Bookings of this kind are not offered any more.');
const notChosen = apiError('invalid_request', 'No time was chosen.');
const refusedAs = 'The booking was not moved';

/** Whose page it is: how they come in, and where they go back to. */
type Side = {
  readonly by: 'guest' | 'host';
  readonly base: '' | '/host';
  readonly find: (request: HttpRequest) => Promise<E.Either<ApiError, FoundBooking>>;
};

const sideOf = (deps: HttpDeps, by: Side['by']): Side =>
  by === 'host'
    ? { by, base: '/host', find: findByHostsLink(deps) }
    : { by, base: '', find: findForCaller(deps, 'manage', 'book', 'host') };

const offerOf = (catalog: Catalog, { request }: KnownBooking): Offer | null => {
  const offer = catalog.byId(request.eventTypeId);
  return offer === undefined || offer.host.id !== request.hostId ? null : offer;
};

/** Whether there is a page to move the booking on, at `now` (epoch milliseconds). */
export const isMovable =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): boolean =>
    isLive(booking) && now < toEpochMs(booking.request.end) && offerOf(catalog, booking) !== null;

/** `GET /bookings/{uid}/move` and `/host/move`: the free times, to choose one of. Changes nothing. */
export const movePage = (deps: HttpDeps, catalog: Catalog, by: Side['by']): EndpointHandler => {
  const { base, find } = sideOf(deps, by);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const linkTo = linksOf(request);
    const now = deps.clock.now();
    const offer = offerOf(catalog, booking);
    if (offer === null) return E.right(refusedPage(refusedAs, gone, linkTo(base, 'status')));
    const window = { start: now, end: now + SHOWN_DAYS * DAY_IN_MS };
    const { lengthInMinutes } = booking.request;
    const slots = await deps.findSlots({ rules: offer, window, lengthInMinutes, except: uid }, request.whenGone())();
    if (E.isLeft(slots)) return E.right(refusedPage(refusedAs, fromApplication(slots.left), linkTo(base, 'status')));
    const facts = factsFor(deps, catalog)(by === 'host' ? 'host' : 'guests', uid, booking);
    return E.right(
      page(
        renderMovePage({
          what: facts.eventTitle,
          withName: by === 'host' ? facts.attendee.name : facts.hostName,
          present: booking.request.start,
          timeZone: by === 'host' ? facts.hostTimeZone : facts.attendee.timeZone,
          sequence: booking.sequence,
          starts: slots.right
            .filter(({ start }) => start !== toEpochMs(booking.request.start))
            .map(({ start }) => toInstant(start)),
          shownDays: SHOWN_DAYS,
          action: linkTo(`${base}/move`),
          back: linkTo(base, 'status'),
        }),
      ),
    );
  };
};

/** `POST .../move`: asks for the move, as by the API; the page of the booking tells what became of it. */
export const moveByForm = (deps: HttpDeps, catalog: Catalog, by: Side['by']): EndpointHandler => {
  const { base, find } = sideOf(deps, by);
  return async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const back = linksOf(request)(base, 'status');
    const refused = (error: ApiError) => E.right(refusedPage(refusedAs, error, back));
    const offer = offerOf(catalog, booking);
    if (offer === null) return refused(gone);
    const start = parseInstant(fieldOf(request.body, 'start'));
    const reason = givenReason(request.body);
    if (E.isLeft(reason)) return refused(reason.left);
    if (start === null) return refused(notChosen);
    const rescheduleId = deps.newUid();
    const sequence = Number(fieldOf(request.body, 'sequence'));
    const asked = await deps.rescheduleBooking(
      { uid, rescheduleId, ...offer, start, by, reason: reason.right, expected: { sequence } },
      {
        ...changeContext(deps, by === 'host' ? null : request.caller, uid, by),
        commandId: `reschedule/${rescheduleId}`,
      },
      new AbortController().signal,
    )();
    return E.isLeft(asked) ? refused(fromApplication(asked.left)) : E.right(seeOther(back));
  };
};
