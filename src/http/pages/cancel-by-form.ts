import express from 'express';
import type { RequestHandler } from 'express';
import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { guestAccess } from '../access/guest-access.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { MAX_REASON } from '../bookings/change-bookings.ts';
import { changeContext, readOne } from '../bookings/present-for-caller.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { HttpRequest, EndpointHandler } from '../transport/endpoint.ts';
import { type Refuse, bodyOf } from '../transport/middleware.ts';
import { linksOf, notCancelledPage, seeOther } from './page.ts';

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/**
 * Whether a browser says that another site sent the form: by `Sec-Fetch-Site` (W3C Fetch Metadata) where it sends it, else
 * by `Origin`. `null` says nothing: our pages send no referrer, and then browsers hide the origin too (Fetch, section 3.2).
 * Programs send neither header, and need the uid and the token all the same.
 */
const isCrossSite = ({ publicUrl }: Pick<HttpDeps, 'publicUrl'>, { header }: HttpRequest): boolean => {
  const site = header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = header('origin');
  if (origin === undefined || origin === 'null') return false;
  const host = hostOf(origin);
  return host === null || (host !== header('host') && host !== hostOf(publicUrl()));
};

const FORM = 'application/x-www-form-urlencoded';

/** Bytes of a form: room for the longest reason, whose characters may take nine bytes each (`%E2%82%AC`). */
export const MAX_FORM_BYTES = 16_384;

/** Reads forms as they came, as text; `fieldOf` takes them apart. */
export const formBody = (refuse: Refuse): RequestHandler =>
  bodyOf(express.text({ type: FORM, limit: MAX_FORM_BYTES }), FORM, refuse);

/** A field's text with line breaks as LF (forms send CRLF); empty where it is missing. The first one counts. */
const fieldOf = (body: unknown, name: string): string =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? '').replaceAll('\r\n', '\n') : '';

/** What the event type says about cancelling; where it is gone from the configuration, it says nothing against it. */
const mayBeCancelled = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.cancellable ?? true;

/** Whether the form is worth showing at `now` (epoch milliseconds). The decider has the last word. */
export const isCancellable =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): boolean =>
    isLive(booking) && now < toEpochMs(booking.request.end) && mayBeCancelled(catalog, booking);

const fromElsewhere = apiError('forbidden', 'The form was sent by another site.');
const reasonTooLong = apiError('invalid_request', `The reason must be at most ${MAX_REASON} characters.`);

/** `POST /bookings/{uid}/cancel`, a form: the guest cancels, as by the API. Then the browser is sent back to the page. */
export const cancelByForm =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
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
