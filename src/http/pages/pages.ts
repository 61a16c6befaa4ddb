import type { RequestHandler } from 'express';
import express from 'express';
import * as E from 'fp-ts/lib/Either.js';
import { type KnownBooking, isLive } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { RateVerdict } from '../access/rate-limit.ts';
import { type Catalog, catalogOf, type HttpDeps } from '../http-deps.ts';
import { MAX_REASON } from '../bookings/change-bookings.ts';
import { findForCaller, changeContext } from '../bookings/find-booking.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import { type EndpointHandler, type HttpRequest, open, type Endpoint } from '../transport/endpoint.ts';
import { type Refuse, bodyOf, faultHandler } from '../transport/middleware.ts';
import { runEndpoint, sendAnswer, sendError } from '../transport/run-endpoint.ts';
import { linksOf, page, notCancelledPage, seeOther, errorPage } from './page.ts';
import { renderBooking } from './render/booking.ts';
import { LOOK_AGAIN_S, guestFacts, historyInWords, rowsOf, statusInWords } from './words.ts';

/** `GET /bookings/{uid}`: what the guest's mails lead to. Shows the booking as its stream tells it; changes nothing. */
const bookingPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findForCaller(deps, 'manage', 'read', 'book', 'host')(request);
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
const formBody = (refuse: Refuse): RequestHandler =>
  bodyOf(express.text({ type: FORM, limit: MAX_FORM_BYTES }), FORM, refuse);

/** A field's text with line breaks as LF (forms send CRLF); empty where it is missing. The first one counts. */
const fieldOf = (body: unknown, name: string): string =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? '').replaceAll('\r\n', '\n') : '';

/** What the event type says about cancelling; where it is gone from the configuration, it says nothing against it. */
const mayBeCancelled = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.cancellable ?? true;

/** Whether the form is worth showing at `now` (epoch milliseconds). The decider has the last word. */
const isCancellable =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): boolean =>
    isLive(booking) && now < toEpochMs(booking.request.end) && mayBeCancelled(catalog, booking);

const fromElsewhere = apiError('forbidden', 'The form was sent by another site.');
const reasonTooLong = apiError('invalid_request', `The reason must be at most ${MAX_REASON} characters.`);

/** `POST /bookings/{uid}/cancel`, a form: the guest cancels, as by the API. Then the browser is sent back to the page. */
const cancelByForm =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    if (isCrossSite(deps, request)) return E.left(fromElsewhere);
    const found = await findForCaller(deps, 'manage', 'book', 'host')(request);
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

const pagesOf = (deps: HttpDeps): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  const page = { version: null, access: open } as const;
  return [
    { ...page, method: 'get', path: '/bookings/:uid', load: 'read', handle: bookingPage(deps, catalog) },
    { ...page, method: 'post', path: '/bookings/:uid/cancel', load: 'command', handle: cancelByForm(deps, catalog) },
  ];
};

/** What mails lead people to: like every endpoint, but errors are pages, and bodies are forms. */
export const pages = (
  deps: HttpDeps,
  rateLimit: ((subject: string) => RateVerdict) | null,
): ReturnType<typeof express.Router> => {
  const router = express.Router();
  const refuse = sendError(deps, (_req, res, error) => sendAnswer(res, errorPage(error)));
  const runner = { deps, rateLimit, refuse, parseBody: formBody(refuse) };
  for (const page of pagesOf(deps)) router[page.method](page.path, runEndpoint(runner, page));
  router.use(faultHandler(deps, refuse));
  return router;
};
