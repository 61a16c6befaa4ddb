import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import express from 'express';
import {
  type Access,
  BOOKINGS_VERSION,
  EVENT_TYPES_VERSION,
  SLOTS_VERSION,
  asAuditor,
  asOperator,
  byUid,
  open,
  publicAccess,
  withKey,
  withQuery,
  type Endpoint,
  type Load,
  type EndpointHandler,
  type QueryHandler,
} from './transport/endpoint.ts';
import { noParameters, tokenParameter } from './decoding/decode.ts';
import { exportHasPeople, getExport } from './audit/export.ts';
import { feedHasPeople, getFeed } from './audit/feed.ts';
import { proofHandlers } from './audit/proofs.ts';
import { getChanges, getRefusals, notingReads } from './audit/records.ts';
import { getAgenda, getReasons, getTimeline } from './audit/questions.ts';
import { type MailLimit, makeStrangersLimit } from './access/mail-limits.ts';
import { makeRateLimit } from './access/rate-limit.ts';
import { catalogOf, type HttpDeps } from './http-deps.ts';
import {
  postAcknowledgeRemoval,
  postCancel,
  postConfirm,
  postDecline,
  postMarkAbsent,
  postRetry,
} from './bookings/change-bookings.ts';
import { getAttendee, getAttendees } from './bookings/attendees.ts';
import { getCalendarLinks, getReferences } from './bookings/booking-parts.ts';
import { deleteAttendee, postAttendee, postGuests } from './bookings/change-guests.ts';
import { patchLocation } from './bookings/change-location.ts';
import { type Book, makeBook, postBooking } from './bookings/create-booking.ts';
import { getBooking, getBookings, getBookingEvents } from './bookings/read-bookings.ts';
import { postReschedule } from './bookings/reschedule-booking.ts';
import { getEventTypes, getMe } from './event-types/event-types.ts';
import {
  getCalendarFeed,
  getCalendar,
  getCalendars,
  getUnconfigured,
  postLook,
  postPush,
  PUSH_PATH,
} from './operating/calendars.ts';
import { getDoctor, postSettle } from './operating/doctor.ts';
import { deleteKey, getKeys, postKey } from './operating/keys.ts';
import {
  getConsumers,
  postReload,
  postReplay,
  postResend,
  getDeliveries,
  getLive,
  getReady,
  getNotifications,
} from './operating/state.ts';
import { leadBrowsersToPages, OLD_LINKS } from './pages/old-links.ts';
import { pages } from './pages/pages.ts';
import { getSlots } from './slots/slots.ts';
import { postExport, postForget, postRotateKey } from './privacy/privacy.ts';
import { cors, faultHandler, jsonBody, logRequests } from './transport/middleware.ts';
import { guardOverload } from './transport/overload.ts';
import { routeNotFound, runEndpoint, sendError } from './transport/run-endpoint.ts';

type Handler = EndpointHandler | QueryHandler;

/** A handler that reads no query is only called without one; where a guest's token lets in, it may be there. */
const withoutQuery = (access: Access, handle: EndpointHandler): QueryHandler =>
  withQuery(access.type === 'by-uid' ? tokenParameter : noParameters, handle);

const get = (path: string, version: string | null, access: Access, load: Load, handler: Handler): Endpoint => ({
  method: 'get',
  path,
  version,
  access,
  load,
  handle: (typeof handler === 'function' ? withoutQuery(access, handler) : handler).run,
});
type Change = (path: string, version: string | null, access: Access, handle: Handler) => Endpoint;
const change =
  (method: Exclude<Endpoint['method'], 'get'>): Change =>
  (path, version, access, handle) => ({ ...get(path, version, access, 'command', handle), method });
const post = change('post');
const patch = change('patch');
const remove = change('delete');

/** Every route of the server, and who may call it. The busiest comes first: Express looks through them in order. */
export const endpointsOf = (
  deps: HttpDeps,
  mailLimit: MailLimit | null = makeStrangersLimit(deps),
  book: Book = makeBook(deps, catalogOf(deps.hosts), mailLimit),
): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  const host = withKey('host');
  const reader = withKey('read', 'host');
  const auditor = withKey('audit');
  const proofs = proofHandlers(deps);
  const noted = notingReads(deps);
  const adding = { deps, catalog, mailLimit };
  return [
    post('/v2/bookings', BOOKINGS_VERSION, open, postBooking(deps, catalog, book)),
    get('/v2/bookings', BOOKINGS_VERSION, withKey('read', 'host'), 'search', getBookings(deps, catalog)),
    get('/v2/bookings/:uid', BOOKINGS_VERSION, byUid, 'read', getBooking(deps, catalog)),
    get('/v2/bookings/:uid/events', BOOKINGS_VERSION, byUid, 'read', getBookingEvents(deps, catalog)),
    post('/v2/bookings/:uid/cancel', BOOKINGS_VERSION, byUid, postCancel(deps, catalog)),
    post('/v2/bookings/:uid/reschedule', BOOKINGS_VERSION, byUid, postReschedule(deps, catalog, mailLimit)),
    post('/v2/bookings/:uid/confirm', BOOKINGS_VERSION, host, postConfirm(deps, catalog)),
    post('/v2/bookings/:uid/decline', BOOKINGS_VERSION, host, postDecline(deps, catalog)),
    post('/v2/bookings/:uid/retry', BOOKINGS_VERSION, withKey('host', 'operate'), postRetry(deps, catalog)),
    post('/v2/bookings/:uid/mark-absent', BOOKINGS_VERSION, withKey('host', 'operate'), postMarkAbsent(deps, catalog)),
    post(
      '/v2/bookings/:uid/acknowledge-removal',
      BOOKINGS_VERSION,
      withKey('host', 'operate'),
      postAcknowledgeRemoval(deps, catalog),
    ),
    post('/v2/bookings/:uid/guests', BOOKINGS_VERSION, byUid, postGuests(adding)),
    post('/v2/bookings/:uid/attendees', BOOKINGS_VERSION, byUid, postAttendee(adding)),
    remove('/v2/bookings/:uid/attendees/:attendeeId', BOOKINGS_VERSION, byUid, deleteAttendee(deps)),
    patch('/v2/bookings/:uid/location', BOOKINGS_VERSION, host, patchLocation(deps, catalog)),
    get('/v2/bookings/:uid/attendees', BOOKINGS_VERSION, reader, 'read', getAttendees(deps)),
    get('/v2/bookings/:uid/attendees/:attendeeId', BOOKINGS_VERSION, reader, 'read', getAttendee(deps)),
    get('/v2/bookings/:uid/calendar-links', BOOKINGS_VERSION, reader, 'read', getCalendarLinks(deps, catalog)),
    get('/v2/bookings/:uid/references', BOOKINGS_VERSION, reader, 'read', getReferences(deps)),
    get('/v2/slots', SLOTS_VERSION, open, 'search', getSlots(deps, catalog)),
    get('/v2/event-types', EVENT_TYPES_VERSION, open, 'read', getEventTypes(deps, catalog)),
    get('/v2/me', null, withKey('read', 'book', 'host', 'operate', 'audit'), 'read', getMe(catalog)),
    get('/v2/holdfast/consumers', null, asOperator, 'read', getConsumers(deps)),
    post('/v2/holdfast/parked/:group/replay', null, asOperator, postReplay(deps)),
    get('/v2/holdfast/calendars', null, withKey('read', 'host', 'operate'), 'search', getCalendars(deps)),
    post('/v2/holdfast/calendars/:id/look', null, asOperator, postLook(deps)),
    get('/v2/holdfast/calendars/:id', null, withKey('read', 'host', 'operate'), 'read', getCalendar(deps)),
    get('/v2/holdfast/doctor', null, asOperator, 'search', getDoctor(deps)),
    post('/v2/holdfast/doctor/settle', null, asOperator, postSettle(deps)),
    post('/v2/holdfast/reload', null, asOperator, postReload(deps)),
    get('/v2/holdfast/keys', null, asOperator, 'read', getKeys(deps)),
    post('/v2/holdfast/keys', null, asOperator, postKey(deps, catalog)),
    remove('/v2/holdfast/keys/:id', null, asOperator, deleteKey(deps)),
    get('/v2/holdfast/unconfigured', null, asOperator, 'read', getUnconfigured(deps)),
    get('/v2/holdfast/deliveries', null, asOperator, 'search', getDeliveries(deps)),
    post('/v2/holdfast/deliveries/:deliveryId/resend', null, asOperator, postResend(deps)),
    get('/v2/holdfast/notifications', null, asOperator, 'search', getNotifications(deps)),
    post('/v2/holdfast/privacy/export', null, asAuditor, postExport(deps)),
    post('/v2/holdfast/privacy/forget', null, asOperator, postForget(deps)),
    post('/v2/holdfast/privacy/rotate-key', null, asOperator, postRotateKey(deps)),
    get('/v2/holdfast/events', null, asAuditor, 'read', noted('feed', getFeed(deps), feedHasPeople)),
    get('/v2/holdfast/audit/bookings/:uid', null, auditor, 'search', noted('show', getTimeline(deps))),
    get('/v2/holdfast/audit/bookings/:uid/why', null, auditor, 'search', noted('why', getReasons(deps))),
    get('/v2/holdfast/audit/bookings/:uid/proof', null, auditor, 'search', noted('proof', proofs.getProof)),
    get('/v2/holdfast/audit/hosts/:id/agenda', null, auditor, 'search', noted('agenda', getAgenda(deps))),
    get('/v2/holdfast/audit/hosts/:id/refusals', null, auditor, 'search', getRefusals(deps)),
    get('/v2/holdfast/audit/export', null, auditor, 'search', noted('export', getExport(deps), exportHasPeople)),
    get('/v2/holdfast/audit/changes', null, asAuditor, 'search', getChanges(deps)),
    get('/v2/holdfast/audit/verify', null, asAuditor, 'search', proofs.getVerify),
    get('/v2/holdfast/audit/replay', null, asAuditor, 'search', proofs.getReplay),
    get('/v2/holdfast/audit/head', null, asAuditor, 'search', proofs.getHead),
    get('/calendars/:feedName.ics', null, publicAccess, 'read', getCalendarFeed(deps)),
    post(PUSH_PATH, null, publicAccess, postPush(deps)),
    get('/health/live', null, publicAccess, 'health', getLive),
    get('/health/ready', null, publicAccess, 'health', getReady(deps)),
  ];
};

const routed = (
  deps: HttpDeps,
  endpoints: ReadonlyArray<Endpoint>,
  book: Book,
  mailLimit: MailLimit | null,
): Express => {
  const app = express();
  app.disable('x-powered-by');
  // Answers change with every event, and a digest of each body would cost more than it saves.
  app.disable('etag');
  app.set('query parser', 'extended');
  app.set('trust proxy', [...deps.trustedProxies]);
  const perMinute = deps.limits.requestsPerMinute;
  const rateLimit = perMinute === null ? null : makeRateLimit(perMinute, deps.clock);
  const refuse = sendError(deps);
  const runner = { deps, rateLimit, refuse, parseBody: jsonBody(deps, refuse) };

  app.use(logRequests(deps), cors);
  app.get(OLD_LINKS, leadBrowsersToPages(deps));
  for (const endpoint of endpoints) app[endpoint.method](endpoint.path, runEndpoint(runner, endpoint));
  app.use(pages(deps, rateLimit, book, mailLimit));
  app.use((req, res) => refuse(req, res, '(no route)', routeNotFound(req.method, req.path)));
  app.use(faultHandler(deps, refuse));
  return app;
};

/** The whole HTTP interface, ready to be listened with. It starts nothing and keeps nothing but counts: of requests by caller and in hand. */
export const makeApp = (deps: HttpDeps): RequestListener => {
  // One for API and pages, since they count.
  const mailLimit = makeStrangersLimit(deps);
  const book = makeBook(deps, catalogOf(deps.hosts), mailLimit);
  const endpoints = endpointsOf(deps, mailLimit, book);
  return guardOverload(deps, endpoints, routed(deps, endpoints, book, mailLimit));
};
