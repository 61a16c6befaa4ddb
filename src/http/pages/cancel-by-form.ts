import * as E from 'fp-ts/lib/Either.js';
import { guestAccess } from '../access/guest-access.ts';
import { MAX_REASON } from '../bookings/cancel-booking.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { changeContext } from '../bookings/change-context.ts';
import { readOne } from '../bookings/read-one.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Handler } from '../transport/endpoint.ts';
import { mayBeCancelled } from './cancellable.ts';
import { isCrossSite } from './cross-site.ts';
import { notCancelledPage } from './error-page.ts';
import { fieldOf } from './form-body.ts';
import { linksOf } from './links.ts';
import { seeOther } from './page.ts';

const fromElsewhere = apiError('forbidden', 'The form was sent by another site.');
const reasonTooLong = apiError('invalid_request', `The reason must be at most ${MAX_REASON} characters.`);

/** `POST /bookings/{uid}/cancel`, a form: the guest cancels, as by the API. Then the browser is sent back to the page. */
export const cancelByForm =
  (deps: HttpDeps, catalog: Catalog): Handler =>
  async (request) => {
    const allowed = guestAccess(deps)(request, request.params.uid ?? '', ['book', 'host']);
    if (E.isLeft(allowed)) return allowed;
    if (isCrossSite(deps, request)) return E.left(fromElsewhere);
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const { back } = linksOf(request);
    const reason = fieldOf(request.body, 'reason').trim();
    if (reason.length > MAX_REASON) return E.right(notCancelledPage(reasonTooLong, back));
    const cancel = deps.cancelBooking({
      by: 'guest',
      reason: reason === '' ? null : reason,
      cancellable: mayBeCancelled(catalog, booking),
      hostMustGiveReason: false,
    });
    const changed = await cancel(uid, changeContext(deps, request.caller, uid, 'guest'))();
    return E.isRight(changed)
      ? E.right(seeOther(back))
      : E.right(notCancelledPage(fromApplication(changed.left), back));
  };
