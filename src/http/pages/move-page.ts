import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { escapeHtml } from '../../application/notifications/mail/mail-document.ts';
import { momentText } from '../../domain/time/instant-text.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import { countMove, type MailLimit } from '../access/mail-limits.ts';
import { isUnwritten, vouches } from '../bookings/create-booking.ts';
import type { Catalog, HttpDeps, Offer } from '../http-deps.ts';
import { MAX_REASON } from '../bookings/change-bookings.ts';
import { changeContext, findByHostsLink, findForCaller, type FoundBooking } from '../bookings/find-booking.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { EndpointHandler, HttpRequest } from '../transport/endpoint.ts';
import { fieldOf, fromOurPage, givenReason } from './forms.ts';
import { linksOf, page, refusedPage, seeOther } from './page.ts';
import { renderTimesPage } from './render/times.ts';
import { timeChoice } from './time-choice.ts';
import { factsFor } from './words.ts';

const gone = apiError('event_type_not_found', 'Bookings of this kind are not offered any more.');
/** A form of free times that was sent without one. */
export const notChosen = apiError('invalid_request', 'No time was chosen.');
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

/** The event type of a booking with its host, as they are configured now; null: it is not offered any more. */
export const offerOf = (catalog: Catalog, { request }: KnownBooking): Offer | null => {
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
    const offer = offerOf(catalog, booking);
    if (offer === null) return E.right(refusedPage(refusedAs, gone, linkTo(base, 'status')));
    const facts = factsFor(deps, catalog)(by === 'host' ? 'host' : 'guests', uid, booking);
    const own = by === 'host' ? facts.hostTimeZone : facts.attendee.timeZone;
    const { lengthInMinutes, start } = booking.request;
    const wanted = { offer, lengthInMinutes, timeZone: own, except: uid, present: toEpochMs(start) };
    const choice = await timeChoice(deps)(request, wanted);
    if (E.isLeft(choice)) return E.right(refusedPage(refusedAs, choice.left, linkTo(base, 'status')));
    const withName = by === 'host' ? facts.attendee.name : facts.hostName;
    return E.right(
      page(
        renderTimesPage({
          title: `Move ${facts.eventTitle} with ${withName}`,
          said: [
            `It is on ${momentText(start, choice.right?.timeZone ?? own, 'en-GB')} now.`,
            choice.right === null
              ? 'No time can be booked any more, so it cannot be moved.'
              : `The old time stays ${by === 'host' ? 'in force' : 'yours'} until the new one is in force.`,
          ],
          facts: '',
          choice: choice.right,
          here: linkTo(`${base}/move`),
          action: linkTo(`${base}/move`),
          hidden: { sequence: String(booking.sequence) },
          fields: optionalReason(withName),
          button: 'Move the booking',
          back: linkTo(base, 'status'),
        }),
      ),
    );
  };
};

const optionalReason = (readBy: string): string =>
  [
    '<label for="move-reason">Reason (optional)</label>',
    `<textarea id="move-reason" name="reason" rows="3" maxlength="${MAX_REASON}" aria-describedby="move-hint"></textarea>`,
    `<p id="move-hint" class="hint">${escapeHtml(readBy)} will read it.</p>`,
  ].join('\n');

/** `POST .../move`: asks for the move, as by the API; the page of the booking tells what became of it. */
export const moveByForm = (
  deps: HttpDeps,
  catalog: Catalog,
  by: Side['by'],
  mailLimit: MailLimit | null,
): EndpointHandler => {
  const { base, find } = sideOf(deps, by);
  return async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const linkTo = linksOf(request);
    const back = linkTo(base, 'status');
    const refused = (error: ApiError) => E.right(refusedPage(refusedAs, error, back, linkTo(`${base}/move`)));
    const offer = offerOf(catalog, booking);
    if (offer === null) return refused(gone);
    const start = parseInstant(fieldOf(request.body, 'start'));
    const reason = givenReason(request.body);
    if (E.isLeft(reason)) return refused(reason.left);
    if (start === null) return refused(notChosen);
    const rescheduleId = deps.newUid();
    const sequence = Number(fieldOf(request.body, 'sequence'));
    const limit = by === 'host' || vouches(request.caller, booking.request.hostId) ? null : mailLimit;
    const admitted = await countMove(limit, request.subject, booking, rescheduleId);
    if (E.isLeft(admitted)) return refused(admitted.left);
    const asked = await deps.rescheduleBooking(
      { uid, rescheduleId, ...offer, start, by, reason: reason.right, expected: { sequence } },
      {
        ...changeContext(deps, by === 'host' ? null : request.caller, uid, by),
        commandId: `reschedule/${rescheduleId}`,
      },
      new AbortController().signal,
    )();
    if (isUnwritten(asked)) admitted.right();
    return E.isLeft(asked) ? refused(fromApplication(asked.left)) : E.right(seeOther(back));
  };
};
