import * as E from 'fp-ts/lib/Either.js';
import {
  bookingNumber,
  bookingTitle,
  formerHost,
  meetingPlace,
  presentOrganizer,
} from '../../domain/booking/booking-facts.ts';
import { type CalendarSync, isLive } from '../../domain/booking/booking-state.ts';
import { isOn } from '../../domain/booking/booking-status.ts';
import { object, optional } from '../../domain/decoding/codec.ts';
import { oneOf } from '../../domain/decoding/values.ts';
import { readableText } from '../../domain/visible-text.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { findForHost, type FoundBooking } from './find-booking.ts';

/** Who may look: whoever may read bookings of this host. */
export const findToRead = (deps: HttpDeps) => findForHost(deps, 'read', 'host');

/** What was read of a booking, and where it stands in the log. */
export const answered = (found: FoundBooking, data: unknown) =>
  E.right(success(data, { 'Holdfast-Position': String(found.position) }));

/** `20500905T090000Z`, as RFC 5545 and Google's form have it. */
const compact = (instant: string): string =>
  Temporal.Instant.from(instant).toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');

type Entry = {
  readonly title: string;
  readonly start: string;
  readonly end: string;
  readonly details: string;
  readonly location: string;
};

const entryOf = ({ booking }: FoundBooking, catalog: Catalog): Entry => {
  const { request } = booking;
  const host = presentOrganizer(booking, catalog.hostById(request.hostId)) ?? formerHost(request.hostId);
  const { place, link } = meetingPlace(booking);
  const { notes } = request.personal.responses;
  return {
    title: bookingTitle(booking, host),
    start: request.start,
    end: request.end,
    details: typeof notes === 'string' ? readableText(notes) : '',
    // A link is said only once the booking is accepted (S03).
    location: (isOn(booking) ? link : null) ?? place ?? '',
  };
};

const withParameters = (base: string, parameters: Readonly<Record<string, string>>): string =>
  `${base}?${new URLSearchParams(parameters).toString()}`;

const googleLink = ({ title, start, end, details, location }: Entry): string =>
  withParameters('https://calendar.google.com/calendar/render', {
    action: 'TEMPLATE',
    text: title,
    dates: `${compact(start)}/${compact(end)}`,
    details,
    location,
  });

/** Outlook's deep link of the two services of Microsoft, which differ in the host alone. */
const outlookLink = (service: 'live' | 'office', { title, start, end, details, location }: Entry): string =>
  withParameters(`https://outlook.${service}.com/calendar/0/deeplink/compose`, {
    path: '/calendar/action/compose',
    rru: 'addevent',
    subject: title,
    startdt: start,
    enddt: end,
    body: details,
    location,
  });

/** The meeting as an iCalendar file to put into a calendar of one's own (`METHOD:PUBLISH`): it names nobody. */
export const icsFileOf = (deps: Pick<HttpDeps, 'writePublished'>, found: FoundBooking, catalog: Catalog): string => {
  const { booking } = found;
  const { title, start, end, details, location } = entryOf(found, catalog);
  return deps.writePublished({
    uid: booking.request.icsUid,
    sequence: booking.sequence,
    dtstamp: booking.updatedAt,
    start,
    end,
    summary: title,
    description: details,
    location,
    status: isOn(booking) ? 'CONFIRMED' : isLive(booking) ? 'TENTATIVE' : 'CANCELLED',
    attendees: [],
  });
};

/** Forms of other calendars, filled in with the meeting. Nothing is sent there before somebody follows the link. */
export const calendarLinksOf = (found: FoundBooking, catalog: Catalog) => {
  const entry = entryOf(found, catalog);
  return [
    { label: 'Google Calendar', link: googleLink(entry) },
    { label: 'Microsoft Office', link: outlookLink('office', entry) },
    { label: 'Microsoft Outlook', link: outlookLink('live', entry) },
  ];
};

/** The file itself as a link (RFC 2397): there is no address of it that needs no key. */
const asDataLink = (file: string): string => `data:text/calendar;charset=utf-8,${encodeURIComponent(file)}`;

/** `GET /v2/bookings/{uid}/calendar-links`: for people who want the meeting in a calendar of their own. */
export const getCalendarLinks = (deps: HttpDeps, catalog: Catalog): EndpointHandler => {
  const find = findToRead(deps);
  return async (request) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    return answered(found.right, [
      ...calendarLinksOf(found.right, catalog),
      { label: 'ICS', link: asDataLink(icsFileOf(deps, found.right, catalog)) },
    ]);
  };
};

/** What Cal.com's API knows by name. What Holdfast keeps elsewhere has a name of its own: `caldav_calendar`, `local_calendar`. */
const referenceTypes = [
  'google_calendar',
  'office365_calendar',
  'daily_video',
  'google_video',
  'office365_video',
  'zoom_video',
  'caldav_calendar',
  'local_calendar',
] as const;

const referencesQuery = object({ type: optional(oneOf(referenceTypes)) });

const isHeld = (sync: CalendarSync): sync is Extract<CalendarSync, { readonly status: 'held' }> =>
  sync.status === 'held';

/** `GET /v2/bookings/{uid}/references`: under which ids calendars hold the booking now. `destinationCalendarId` is ours. */
export const getReferences = (deps: HttpDeps): QueryHandler => {
  const find = findToRead(deps);
  return withQuery(referencesQuery, async (request, { type }) => {
    const found = await find(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const references = booking.calendars.filter(isHeld).map(({ calendarId, provider, providerEventId }) => ({
      id: bookingNumber(`${uid}/${calendarId}`),
      type: `${provider}_calendar`,
      eventUid: providerEventId,
      destinationCalendarId: calendarId,
    }));
    return answered(
      found.right,
      references.filter((reference) => type === undefined || reference.type === type),
    );
  });
};
