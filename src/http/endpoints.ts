import type { Access } from './access/caller.ts';
import { catalogOf } from './bookings/catalog.ts';
import { postCancel, postConfirm, postDecline, postRetry } from './bookings/change-bookings.ts';
import { postBooking } from './bookings/create-booking.ts';
import { getBooking, getBookings, getBookingEvents } from './bookings/read-bookings.ts';
import { getEventTypes, getMe } from './event-types/event-types.ts';
import type { HttpDeps } from './http-deps.ts';
import { getCalendarFeed } from './operating/calendar-feed.ts';
import { getCalendar, getCalendars, getUnconfigured } from './operating/calendars.ts';
import { getConsumers, postReplay } from './operating/consumers.ts';
import { getDeliveries } from './operating/deliveries.ts';
import { getLive, getReady } from './operating/health.ts';
import { getNotifications } from './operating/notifications.ts';
import { getSlots } from './slots/list-slots.ts';
import type { Endpoint, EndpointHandler } from './transport/endpoint.ts';
import {
  BOOKINGS_VERSION,
  EVENT_TYPES_VERSION,
  SLOTS_VERSION,
  asOperator,
  open,
  publicAccess,
  withKey,
} from './transport/endpoint.ts';

const get = (path: string, version: string | null, access: Access, handle: EndpointHandler): Endpoint => ({
  method: 'get',
  path,
  version,
  access,
  handle,
});
const post = (path: string, version: string | null, access: Access, handle: EndpointHandler): Endpoint => ({
  ...get(path, version, access, handle),
  method: 'post',
});

/** Every route of the server, and who may call it. The busiest comes first: Express looks through them in order. */
export const endpointsOf = (deps: HttpDeps): ReadonlyArray<Endpoint> => {
  const catalog = catalogOf(deps.hosts);
  const host = withKey('host');
  return [
    post('/v2/bookings', BOOKINGS_VERSION, open, postBooking(deps, catalog)),
    get('/v2/bookings', BOOKINGS_VERSION, withKey('read', 'host'), getBookings(deps, catalog)),
    get('/v2/bookings/:uid', BOOKINGS_VERSION, open, getBooking(deps, catalog)),
    get('/v2/bookings/:uid/events', BOOKINGS_VERSION, open, getBookingEvents(deps, catalog)),
    post('/v2/bookings/:uid/cancel', BOOKINGS_VERSION, open, postCancel(deps, catalog)),
    post('/v2/bookings/:uid/confirm', BOOKINGS_VERSION, host, postConfirm(deps, catalog)),
    post('/v2/bookings/:uid/decline', BOOKINGS_VERSION, host, postDecline(deps, catalog)),
    post('/v2/bookings/:uid/retry', BOOKINGS_VERSION, withKey('host', 'operate'), postRetry(deps, catalog)),
    get('/v2/slots', SLOTS_VERSION, open, getSlots(deps, catalog)),
    get('/v2/event-types', EVENT_TYPES_VERSION, open, getEventTypes(deps, catalog)),
    get('/v2/me', null, withKey('read', 'book', 'host', 'operate', 'audit'), getMe(catalog)),
    get('/v2/holdfast/consumers', null, asOperator, getConsumers(deps)),
    post('/v2/holdfast/parked/:group/replay', null, asOperator, postReplay(deps)),
    get('/v2/holdfast/calendars', null, withKey('read', 'host', 'operate'), getCalendars(deps)),
    get('/v2/holdfast/calendars/:id', null, withKey('read', 'host', 'operate'), getCalendar(deps)),
    get('/v2/holdfast/unconfigured', null, asOperator, getUnconfigured(deps)),
    get('/v2/holdfast/deliveries', null, asOperator, getDeliveries(deps)),
    get('/v2/holdfast/notifications', null, asOperator, getNotifications(deps)),
    get('/calendars/:feedName.ics', null, publicAccess, getCalendarFeed(deps)),
    get('/health/live', null, publicAccess, getLive),
    get('/health/ready', null, publicAccess, getReady(deps)),
  ];
};
