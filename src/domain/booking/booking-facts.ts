import type { EventType } from '../bookable/event-type.ts';
import type { Host } from '../bookable/host.ts';
import type { Json, JsonObject } from '../log/envelope.ts';
import { readableText, visibleName } from '../visible-text.ts';
import type { Booked } from './booking-state.ts';
import type { Organizer } from './events.ts';

const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a, 32 bits. */
const fnv1a = (text: string, offset: number): number => {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME) >>> 0;
  return hash;
};

/**
 * The integer `id` that Cal.com's API gives each booking besides its uid: 52 bits derived from the uid, so that it is the
 * same after a rebuild and on every engine. For display; bookings are found by uid.
 */
export const bookingNumber = (uid: string): number =>
  (fnv1a(uid, OFFSET) & 0xfffff) * 2 ** 32 + fnv1a(`${uid}/`, OFFSET ^ 0x5bd1e995) + 1;

/** What the booking is called where people see it. Not stored: it holds the guest's name (I12). */
export const bookingTitle = ({ request }: Pick<Booked, 'request'>, host: Pick<Host, 'name'>): string =>
  `${request.title} between ${host.name} and ${visibleName(request.personal.attendee.name)}`;

/** `place`: where in words, null where nothing was said. `link`: a video link that exists, never one that may come. */
export type MeetingPlace = {
  readonly place: string | null;
  readonly link: string | null;
  readonly isFallback: boolean;
};

/** Where the meeting takes place, as far as the log knows it. */
export const meetingPlace = ({
  request,
  room,
  calendars,
}: Pick<Booked, 'request' | 'room' | 'calendars'>): MeetingPlace => {
  const said = request.location ?? request.personal.location;
  const place = said === null ? null : readableText(said);
  if (room.status === 'ready') return { place, link: room.url, isFallback: room.fallback };
  // A calendar may still name its own room after the meeting was moved to another place.
  const links = calendars.flatMap((sync) =>
    sync.status === 'held' && sync.meetingUrl !== null && request.room !== null ? [sync.meetingUrl] : [],
  );
  return { place, link: links[0] ?? null, isFallback: false };
};

type Asked = Pick<Booked, 'request'>;
type Known = Pick<Host, 'number' | 'username' | 'name' | 'email' | 'timeZone'>;

export const organizerOf = ({ number, username, name, email, timeZone }: Known): Organizer => ({
  id: number,
  username,
  name,
  email,
  timeZone,
});

/**
 * ORGANIZER of the booking (RFC 5545 3.8.4.3): as it was at the request, for life. A CANCEL with another one would be
 * somebody else's (RFC 5546 3.2.5). `host` is what the configuration says now, for a log that does not know. Null: nobody does.
 */
export const invitingOrganizer = ({ request }: Asked, host: Known | undefined): Organizer | null =>
  request.personal.organizer ?? (host === undefined ? null : organizerOf(host));

/** Who is met, and where they are reached now: by the configuration, and where it has the host no more, by the log. */
export const presentOrganizer = ({ request }: Asked, host: Known | undefined): Organizer | null =>
  host === undefined ? request.personal.organizer : organizerOf(host);

/** What is left to say of a host that neither the configuration nor the log knows: its id, and no address. */
export const formerHost = (hostId: string, timeZone = 'UTC'): Organizer => ({
  id: 0,
  username: hostId,
  name: hostId,
  email: '',
  timeZone,
});

/** One answer to a question of the event type: `text` for people, `value` for programs. */
type BookingAnswer = {
  readonly slug: string;
  readonly label: string;
  readonly value: Json;
  readonly text: string;
};

const inWords = (value: Json): string => {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(inWords).join(', ') : JSON.stringify(value);
};

/** The guest's answers with the labels that the event type gives them; a field it has no more is called by its slug. */
export const answersOf = (
  responses: { readonly [slug: string]: unknown },
  eventType: EventType | undefined,
): ReadonlyArray<BookingAnswer> =>
  // Stored answers came in as JSON; their codec only says `unknown`.
  Object.entries(responses as JsonObject).map(([slug, value]) => ({
    slug,
    label: eventType?.bookingFields.find((field) => field.slug === slug)?.label ?? slug,
    value,
    text: inWords(value),
  }));
