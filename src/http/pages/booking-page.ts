import * as E from 'fp-ts/lib/Either.js';
import { guestAccess } from '../access/guest-access.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { readOne } from '../bookings/present-for-caller.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { isCancellable } from './cancel-by-form.ts';
import { linksOf, page } from './page.ts';
import { renderBooking } from './render/booking.ts';
import { LOOK_AGAIN_S, guestFacts, historyInWords, rowsOf, statusInWords } from './words.ts';

/** `GET /bookings/{uid}`: what the guest's mails lead to. Shows the booking as its stream tells it; changes nothing. */
export const bookingPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const allowed = guestAccess(deps)(request, request.params.uid ?? '', ['read', 'book', 'host']);
    if (E.isLeft(allowed)) return allowed;
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const history = await deps.readHistory(uid)();
    if (E.isLeft(history)) return E.left(fromApplication(history.left));
    const now = deps.clock.now();
    const facts = guestFacts(deps, catalog)(uid, booking);
    const html = renderBooking({
      uid,
      what: `${facts.eventTitle} with ${facts.hostName}`,
      hostName: facts.hostName,
      status: statusInWords(booking, facts, now),
      lookAgainSeconds: booking.phase === 'pending' ? LOOK_AGAIN_S[booking.because] : null,
      rows: rowsOf(booking, facts),
      history: historyInWords(history.right, facts),
      links: linksOf(request),
      cancellable: isCancellable(catalog)(booking, now),
    });
    return E.right(page(html));
  };
