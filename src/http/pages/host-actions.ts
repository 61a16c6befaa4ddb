import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type FoundBooking, changeContext, findByHostsLink } from '../bookings/find-booking.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { fieldOf, fromOurPage, givenReason } from './forms.ts';
import { mayBeCancelled } from './guest-page.ts';
import { expectedByField, HOST_FIELD, mustGiveReason, toDecide } from './host-page.ts';
import { linksOf, refusedPage, seeOther } from './page.ts';

/** The form names the time that the host saw; the guest may have asked for another one since. */
const isOtherTime = (booking: KnownBooking, body: unknown): boolean => {
  const seen = fieldOf(body, 'start');
  return seen !== '' && seen !== (toDecide(booking)?.start ?? seen);
};

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
    const attendees = expectedByField(booking).map(({ field, email }) => ({ email, absent: isTicked(field) }));
    return E.right(deps.markAbsent({ host: isTicked(HOST_FIELD), attendees }));
  });

/** `POST /bookings/{uid}/host/acknowledge-removal`: the host deleted by hand what a calendar would not remove. */
export const acknowledgeByHost = (deps: HttpDeps): EndpointHandler =>
  actOn(deps, 'This changed nothing', (_, body) => E.right(deps.acknowledgeRemoval(fieldOf(body, 'calendarId'))));
