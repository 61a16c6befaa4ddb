import type { Access } from './access/caller.ts';
import { catalogOf } from './bookings/catalog.ts';
import { cancelBooking, confirmBooking, declineBooking, retryBooking } from './bookings/change-bookings.ts';
import { createBooking } from './bookings/create-booking.ts';
import { getBooking, listBookings, listEvents } from './bookings/read-bookings.ts';
import { listEventTypes, me } from './event-types/event-types.ts';
import type { HttpDeps } from './http-deps.ts';
import { calendarFeed } from './operating/calendar-feed.ts';
import { getCalendar, listCalendars, listUnconfigured } from './operating/calendars.ts';
import { listConsumers, replayParked } from './operating/consumers.ts';
import { listDeliveries } from './operating/deliveries.ts';
import { live, ready } from './operating/health.ts';
import { listNotifications } from './operating/notifications.ts';
import { listSlots } from './slots/list-slots.ts';
import type { Endpoint, Handler } from './transport/endpoint.ts';
import {
  BOOKINGS_VERSION,
  EVENT_TYPES_VERSION,
  SLOTS_VERSION,
  asOperator,
  open,
  publicAccess,
  withKey,
} from './transport/endpoint.ts';

const get = (path: string, version: string | null, access: Access, handle: Handler): Endpoint => ({
  method: 'get',
  path,
  version,
  access,
  handle,
});
const post = (path: string, version: string | null, access: Access, handle: Handler): Endpoint => ({
  ...get(path, version, access, handle),
  method: 'post',
});

/** Every route of the server, and who may call it. The busiest comes first: Express looks through them in order. */
export const endpointsOf = (deps: HttpDeps): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  const host = withKey('host');
  return [
    post('/v2/bookings', BOOKINGS_VERSION, open, createBooking(deps, catalog)),
    get('/v2/bookings', BOOKINGS_VERSION, withKey('read', 'host'), listBookings(deps, catalog)),
    get('/v2/bookings/:uid', BOOKINGS_VERSION, open, getBooking(deps, catalog)),
    get('/v2/bookings/:uid/events', BOOKINGS_VERSION, open, listEvents(deps, catalog)),
    post('/v2/bookings/:uid/cancel', BOOKINGS_VERSION, open, cancelBooking(deps, catalog)),
    post('/v2/bookings/:uid/confirm', BOOKINGS_VERSION, host, confirmBooking(deps, catalog)),
    post('/v2/bookings/:uid/decline', BOOKINGS_VERSION, host, declineBooking(deps, catalog)),
    post('/v2/bookings/:uid/retry', BOOKINGS_VERSION, withKey('host', 'operate'), retryBooking(deps, catalog)),
    get('/v2/slots', SLOTS_VERSION, open, listSlots(deps, catalog)),
    get('/v2/event-types', EVENT_TYPES_VERSION, open, listEventTypes(deps, catalog)),
    get('/v2/me', null, withKey('read', 'book', 'host', 'operate', 'audit'), me(catalog)),
    get('/v2/holdfast/consumers', null, asOperator, listConsumers(deps)),
    post('/v2/holdfast/parked/:group/replay', null, asOperator, replayParked(deps)),
    get('/v2/holdfast/calendars', null, withKey('read', 'host', 'operate'), listCalendars(deps)),
    get('/v2/holdfast/calendars/:id', null, withKey('read', 'host', 'operate'), getCalendar(deps)),
    get('/v2/holdfast/unconfigured', null, asOperator, listUnconfigured(deps)),
    get('/v2/holdfast/deliveries', null, asOperator, listDeliveries(deps)),
    get('/v2/holdfast/notifications', null, asOperator, listNotifications(deps)),
    get('/calendars/:feedName.ics', null, publicAccess, calendarFeed(deps)),
    get('/health/live', null, publicAccess, live),
    get('/health/ready', null, publicAccess, ready(deps)),
  ];
};
