import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import { type BookingList, type Bookings, type ListedBooking, MOST_UIDS } from '../ports/read-models.ts';
import { bookingsInWords } from './left-over.ts';

/** Live bookings that are looked at, at most, in pages of so many. */
const MOST_COMPARED = 5_000;
const A_PAGE = 250;

/** What is configured otherwise than when live bookings were made. They go on as they were made. */
type ChangedSince = { readonly what: string; readonly bookings: Bookings };

const named = ({ slug, title }: { readonly slug: string; readonly title: string }): string => `"${slug}" (${title})`;

/** The host's zone, or the event type's name, where the booking was made with another one. */
const changesOf = (
  { booking: { request } }: ListedBooking,
  hosts: ReadonlyMap<string, Host>,
): ReadonlyArray<string> => {
  const host = hosts.get(request.hostId);
  if (host === undefined) return [];
  const zone = request.personal.organizer?.timeZone ?? host.timeZone;
  const type = host.eventTypes.find(({ id }) => id === request.eventTypeId);
  return [
    ...(zone === host.timeZone ? [] : [`host "${host.id}" has the zone ${host.timeZone} now, and had ${zone}`]),
    ...(type === undefined || (type.slug === request.eventTypeSlug && type.title === request.title)
      ? []
      : [
          `event type ${type.id} is called ${named(type)} now, and was ${named({ ...request, slug: request.eventTypeSlug })}`,
        ]),
  ];
};

/** By what has changed, for the live bookings of the read model. Left: it cannot be read. */
export const findChangedSince = async (
  { list }: Pick<BookingList, 'list'>,
  configured: ReadonlyArray<Host>,
  now: number,
): Promise<E.Either<{ readonly reason: string }, ReadonlyArray<ChangedSince>>> => {
  const hosts = new Map(configured.map((host) => [host.id, host]));
  const found = new Map<string, string[]>();
  for (let skip = 0; skip < MOST_COMPARED; skip += A_PAGE) {
    const page = await list({
      now,
      hostIds: null,
      statuses: ['upcoming'],
      attendeeEmail: null,
      attendeeName: null,
      bookingUid: null,
      eventTypeIds: null,
      afterStart: null,
      beforeEnd: null,
      afterCreatedAt: null,
      beforeCreatedAt: null,
      afterUpdatedAt: null,
      beforeUpdatedAt: null,
      order: [{ by: 'start', direction: 'asc' }],
      take: A_PAGE,
      skip,
    })();
    if (E.isLeft(page)) return page;
    for (const listed of page.right.rows)
      for (const what of changesOf(listed, hosts)) found.set(what, [...(found.get(what) ?? []), listed.uid]);
    if (page.right.rows.length < A_PAGE) break;
  }
  return E.right(
    [...found].map(([what, uids]) => ({ what, bookings: { count: uids.length, uids: uids.slice(0, MOST_UIDS) } })),
  );
};

/** One line for the operator. */
export const describeChangedSince = ({ what, bookings }: ChangedSince): string =>
  `${what}; ${bookingsInWords(bookings)} ${bookings.count === 1 ? 'goes on as it was' : 'go on as they were'} made`;
