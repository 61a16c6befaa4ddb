import * as E from 'fp-ts/lib/Either.js';
import type { EventLocation, EventType } from '../../domain/bookable/event-type.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { Catalog, HttpDeps, Offer } from '../http-deps.ts';
import { wrongResponses } from '../bookings/booking-fields.ts';
import type { Book } from '../bookings/create-booking.ts';
import { findForCaller } from '../bookings/find-booking.ts';
import { guestLinks } from '../bookings/present-booking.ts';
import { apiError } from '../errors/api-error.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { fieldOf, fromOurPage } from './forms.ts';
import { notChosen, offerOf } from './move-page.ts';
import { type LinkTo, linksOf, page, refusedPage, seeOther } from './page.ts';
import { factsSection } from './render/booking.ts';
import { renderTimesPage } from './render/times.ts';
import { bookableFrom, timeChoice } from './time-choice.ts';
import { factsFor, guestRows } from './words.ts';

const refusedAs = 'Nothing was booked';

/** The answers that the event type still asks for. */
const answersTo = ({ bookingFields }: EventType, { request }: KnownBooking) =>
  Object.fromEntries(
    bookingFields.flatMap(({ slug }) =>
      Object.hasOwn(request.personal.responses, slug) ? [[slug, request.personal.responses[slug]]] : [],
    ),
  );

/** The place of the booking as a request names it; undefined: the event type's first one. */
const placeOf = ({ request: { location, room, personal } }: KnownBooking, offered: ReadonlyArray<EventLocation>) => {
  const { location: own } = personal;
  for (const place of offered) {
    const { type } = place;
    if (own !== null && type === 'attendeeAddress') return { type, address: own };
    if (own !== null && type === 'attendeePhone') return { type, phone: own };
    if (own !== null && type === 'attendeeDefined') return { type, location: own };
    if (room !== null && type === 'integration' && place.integration === room.provider)
      return { type, integration: room.provider };
  }
  return location !== null && offered.some((place) => Object.values<unknown>(place).includes(location))
    ? location
    : undefined;
};

/**
 * The body of `POST /v2/bookings` for the same meeting at another time. Everything but the time comes from the log: what
 * the guest entered is neither in an address nor in a form.
 */
const sameAgain = (booking: KnownBooking, { eventType }: Offer, start: string) => {
  const { personal, lengthInMinutes } = booking.request;
  const { name, email, timeZone, language, phoneNumber } = personal.attendee;
  const location = placeOf(booking, eventType.locations);
  return {
    eventTypeId: eventType.id,
    start,
    ...(eventType.lengthOptions.includes(lengthInMinutes) ? { lengthInMinutes } : {}),
    attendee: { name, email, timeZone, language, ...(phoneNumber === null ? {} : { phoneNumber }) },
    guests: eventType.guestsAllowed ? personal.guests : [],
    bookingFieldsResponses: answersTo(eventType, booking),
    ...(location === undefined ? {} : { location }),
  };
};

/** Why the guest cannot book the same once more, at `now` (epoch milliseconds); null: they can. Every event type is open to everybody. */
const whyNotAgain =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): string | null => {
    const offer = offerOf(catalog, booking);
    if (offer === null) return 'It cannot be booked again here: bookings of this kind are not offered any more.';
    if (bookableFrom(offer, now) === null)
      return 'It cannot be booked again here: the days for bookings of this kind are over.';
    return wrongResponses(offer.eventType.bookingFields, answersTo(offer.eventType, booking)).length === 0
      ? null
      : `It cannot be booked again here: bookings of this kind ask for more by now. Please ask ${offer.host.name}.`;
  };

/** What the guest's page says about booking again; null: nothing, as the booking is not decided yet. */
export const againWords = (catalog: Catalog, booking: KnownBooking, now: number) => {
  if (booking.phase === 'pending') return null;
  const isComing = booking.phase === 'accepted' && now < toEpochMs(booking.request.end);
  const why = whyNotAgain(catalog)(booking, now);
  if (why !== null) return isComing ? null : { label: why, isPossible: false };
  return { label: isComing ? 'Book one more time' : 'Book again', isPossible: true };
};

const find = (deps: HttpDeps) => findForCaller(deps, 'manage', 'book', 'host');
const unavailable = (why: string, linkTo: LinkTo) =>
  E.right(refusedPage(refusedAs, apiError('event_type_not_found', why), linkTo('', 'status'), null, why));

/** `GET /bookings/{uid}/again`: the free times of the event type, for the same guest. Changes nothing. */
export const againPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await find(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const linkTo = linksOf(request);
    const offer = offerOf(catalog, booking);
    const why = whyNotAgain(catalog)(booking, deps.clock.now());
    if (offer === null || why !== null) return unavailable(why ?? '', linkTo);
    const { eventType, host } = offer;
    const { lengthInMinutes: before, personal } = booking.request;
    const lengthInMinutes = eventType.lengthOptions.includes(before) ? before : eventType.lengthInMinutes;
    const choice = await timeChoice(deps)(request, { offer, lengthInMinutes, timeZone: personal.attendee.timeZone });
    if (E.isLeft(choice)) return E.right(refusedPage(refusedAs, choice.left, linkTo('', 'status')));
    const facts = factsFor(deps, catalog)('guests', uid, booking);
    return E.right(
      page(
        renderTimesPage({
          title: `Book ${eventType.title} with ${host.name}`,
          said: [
            `${lengthInMinutes} minutes, for ${facts.attendee.name}. What was entered for the earlier booking is taken over, the mail address too; the earlier booking stays as it is.`,
          ],
          facts: factsSection({
            title: 'The earlier booking',
            rows: guestRows(booking, { ...facts, reason: null }),
          }),
          choice: choice.right,
          here: linkTo('/again'),
          action: linkTo('/again'),
          // The same press twice, or the page sent again, is the same booking.
          hidden: { key: deps.newUid() },
          fields: '',
          button: 'Book this time',
          back: linkTo('', 'status'),
        }),
      ),
    );
  };

/** `POST /bookings/{uid}/again`: books as `POST /v2/bookings` does, under the same limits, and leads to the new booking's page. */
export const bookAgain =
  (deps: HttpDeps, catalog: Catalog, book: Book): EndpointHandler =>
  async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await find(deps)(request);
    if (E.isLeft(found)) return found;
    const linkTo = linksOf(request);
    const { uid, booking } = found.right;
    const offer = offerOf(catalog, booking);
    const why = whyNotAgain(catalog)(booking, deps.clock.now());
    if (offer === null || why !== null) return unavailable(why ?? '', linkTo);
    const start = fieldOf(request.body, 'start');
    if (start === '') return E.right(refusedPage(refusedAs, notChosen, linkTo('', 'status'), linkTo('/again')));
    const key = /^[\w-]{1,64}$/.exec(fieldOf(request.body, 'key'))?.[0] ?? deps.newUid();
    const booked = await book({ ...request, body: sameAgain(booking, offer, start) }, `again/${uid}/${key}`);
    if (E.isLeft(booked)) return E.right(refusedPage(refusedAs, booked.left, linkTo('', 'status'), linkTo('/again')));
    const made = booked.right;
    const { guestToken: token } = guestLinks(deps, made.uid, made.booking);
    return E.right(seeOther(linksOf({ ...request, params: { uid: made.uid }, query: { token } })('', 'status')));
  };
