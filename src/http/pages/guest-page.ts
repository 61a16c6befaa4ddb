import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { isOn, isUnsettled } from '../../domain/booking/booking-status.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { calendarLinksOf, icsFileOf } from '../bookings/booking-parts.ts';
import { bookingEntry } from '../access/caller.ts';
import { findForCaller, changeContext } from '../bookings/find-booking.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { againWords } from './again-page.ts';
import { fromOurPage, givenReason } from './forms.ts';
import { isMovable } from './move-page.ts';
import { linksOf, page, privately, refusedPage, seeOther } from './page.ts';
import { renderGuestPage } from './render/booking.ts';
import { LOOK_AGAIN_S, type StatusInWords, factsFor, guestHistory, guestRows, guestStatus, withMove } from './words.ts';

/** What the event type says about cancelling; where it is gone from the configuration, it says nothing against it. */
export const mayBeCancelled = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.cancellable ?? true;

/** Whether the form is worth showing at `now` (epoch milliseconds). The decider has the last word. */
export const isCancellable =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): boolean =>
    isLive(booking) && now < toEpochMs(booking.request.end) && mayBeCancelled(catalog, booking);

/** `GET /bookings/{uid}`: what the guest's mails lead to. Shows the booking as its stream tells it; changes nothing. */
export const guestPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findForCaller(deps, 'see', 'read', 'book', 'host')(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const mayAct = E.isRight(bookingEntry(deps, request, uid, 'manage'));
    const history = await deps.readHistory(uid)();
    if (E.isLeft(history)) return E.left(fromApplication(history.left));
    const now = deps.clock.now();
    const facts = factsFor(deps, catalog)('guests', uid, booking);
    const status = withMove(guestStatus(booking, facts, now), booking, facts, 'attendee');
    const html = renderGuestPage({
      uid,
      what: `${facts.eventTitle} with ${facts.hostName}`,
      hostName: facts.hostName,
      status: mayAct ? status : onlyToSee(status),
      lookAgainSeconds: lookAgainSeconds(booking),
      rows: guestRows(booking, facts),
      history: guestHistory(history.right, facts),
      linkTo: linksOf(request),
      cancellable: mayAct && isCancellable(catalog)(booking, now),
      again: mayAct ? againWords(catalog, booking, now) : null,
      // While the host is asked what they meant only the host can move it.
      movable: mayAct && isMovable(catalog)(booking, now) && !isUnsettled(booking),
      calendarLinks: mayAct && isComing(booking, now) ? calendarLinksOf(found.right, catalog) : [],
    });
    return E.right(page(html));
  };

/** While something is being decided: about the booking, or about a move of it. */
const lookAgainSeconds = (booking: KnownBooking): number | null => {
  if (booking.phase === 'pending') return LOOK_AGAIN_S[booking.because];
  if (booking.phase !== 'accepted' || booking.reschedule === null) return null;
  return booking.reschedule.approved ? LOOK_AGAIN_S.calendar_sync_failed : LOOK_AGAIN_S.awaiting_approval;
};

/** The link to the history in mails of earlier versions: it shows, and changes nothing. */
const onlyToSee = (status: StatusInWords): StatusInWords => ({
  ...status,
  said: [
    ...status.said,
    {
      type: 'notice',
      text: 'This link is from an earlier mail: it only shows the booking. To change anything, please use the link in the newest mail about it.',
    },
  ],
});

/** Confirmed, and not over yet. */
const isComing = (booking: KnownBooking, now: number): boolean => isOn(booking) && now < toEpochMs(booking.request.end);

/** `GET /bookings/{uid}/calendar.ics`: the meeting as a file, for whoever may open the guest's page. */
export const guestCalendarFile =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findForCaller(deps, 'manage', 'read', 'book', 'host')(request);
    if (E.isLeft(found)) return found;
    return E.right({
      type: 'text',
      mediaType: 'text/calendar; charset=utf-8',
      text: icsFileOf(deps, found.right, catalog),
      headers: { ...privately, 'Content-Disposition': 'attachment; filename="meeting.ics"' },
    });
  };

/** `POST /bookings/{uid}/cancel`, a form: the guest cancels, as by the API. Then the browser is sent back to the page. */
export const cancelByGuest =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await findForCaller(deps, 'manage', 'book', 'host')(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const back = linksOf(request)('', 'status');
    const title = 'The booking was not cancelled';
    const reason = givenReason(request.body);
    if (E.isLeft(reason)) return E.right(refusedPage(title, reason.left, back));
    const cancel = deps.cancelBooking({
      by: 'guest',
      reason: reason.right,
      cancellable: mayBeCancelled(catalog, booking),
      hostMustGiveReason: false,
    });
    const changed = await cancel(uid, changeContext(deps, request.caller, uid, 'guest'))();
    return E.isRight(changed)
      ? E.right(seeOther(back))
      : E.right(refusedPage(title, fromApplication(changed.left), back));
  };
