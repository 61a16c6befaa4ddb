import { contentLine, escapeText, escapeUri, mailtoUri, type Parameters } from './content-line.ts';

/** An event's STATUS in the property's own words, and the PARTSTAT of everybody in it: no more of a yes than the event. */
export const statusWords = {
  confirmed: { status: 'CONFIRMED', partstat: 'ACCEPTED' },
  tentative: { status: 'TENTATIVE', partstat: 'TENTATIVE' },
} as const;

export type IcsParticipant = { readonly name: string; readonly email: string };

export type IcsAttendee = IcsParticipant & {
  readonly partstat?: 'NEEDS-ACTION' | 'ACCEPTED' | 'DECLINED' | 'TENTATIVE';
  readonly rsvp?: boolean;
};

/**
 * One VEVENT. `dtstamp`, `start`, `end`: UTC instants in ISO 8601, written in UTC: a single occurrence needs no
 * VTIMEZONE. Texts are taken as they are and escaped here; empty ones are left out.
 */
export type VEvent = {
  readonly uid: string;
  readonly sequence: number;
  readonly dtstamp: string;
  readonly start: string;
  readonly end: string;
  readonly summary: string;
  readonly description: string;
  readonly location: string;
  readonly status: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
  readonly organizer?: IcsParticipant;
  readonly attendees: ReadonlyArray<IcsAttendee>;
  readonly url?: string;
  readonly transparency?: 'OPAQUE' | 'TRANSPARENT';
  /** RFC 6638, 7.1: `CLIENT` keeps a CalDAV server from sending invitations of its own. */
  readonly scheduleAgent?: 'CLIENT';
  /** Properties of our own, with TEXT values. */
  readonly extra?: ReadonlyArray<readonly [name: `X-${string}`, text: string]>;
};

/** `method` is the iTIP method of RFC 5546; an object stored by CalDAV has none (RFC 4791, 4.1). */
export type ICalendar = {
  readonly method?: 'REQUEST' | 'CANCEL' | 'PUBLISH';
  readonly name?: string;
  readonly events: ReadonlyArray<VEvent>;
};

const PRODUCT_ID = '-//Holdfast//Holdfast//EN';

/** ISO 8601 instant to the UTC form of RFC 5545, 3.3.5: `20500905T090000Z`. Throws RangeError on anything else. */
export const toUtcDateTime = (instant: string): string =>
  Temporal.Instant.from(instant).toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');

const textLine = (name: string, text: string): ReadonlyArray<string> =>
  text === '' ? [] : [contentLine(name, escapeText(text))];

const participantLine = (
  name: 'ORGANIZER' | 'ATTENDEE',
  person: IcsParticipant,
  event: VEvent,
  parameters: Parameters,
): string =>
  contentLine(name, mailtoUri(person.email), [
    ...(person.name === '' ? [] : [['CN', person.name] as const]),
    ...parameters,
    ...(event.scheduleAgent === undefined ? [] : [['SCHEDULE-AGENT', event.scheduleAgent] as const]),
  ]);

const attendeeLine = (event: VEvent, attendee: IcsAttendee): string =>
  participantLine('ATTENDEE', attendee, event, [
    ['ROLE', 'REQ-PARTICIPANT'],
    ['PARTSTAT', attendee.partstat ?? 'NEEDS-ACTION'],
    ['RSVP', attendee.rsvp === true ? 'TRUE' : 'FALSE'],
  ]);

const eventLines = (event: VEvent): ReadonlyArray<string> => [
  'BEGIN:VEVENT',
  contentLine('UID', escapeText(event.uid)),
  contentLine('DTSTAMP', toUtcDateTime(event.dtstamp)),
  contentLine('DTSTART', toUtcDateTime(event.start)),
  contentLine('DTEND', toUtcDateTime(event.end)),
  contentLine('SEQUENCE', String(event.sequence)),
  contentLine('STATUS', event.status),
  ...textLine('SUMMARY', event.summary),
  ...textLine('DESCRIPTION', event.description),
  ...textLine('LOCATION', event.location),
  ...(event.url === undefined ? [] : [contentLine('URL', escapeUri(event.url))]),
  ...(event.transparency === undefined ? [] : [contentLine('TRANSP', event.transparency)]),
  ...(event.organizer === undefined ? [] : [participantLine('ORGANIZER', event.organizer, event, [])]),
  ...event.attendees.map((attendee) => attendeeLine(event, attendee)),
  ...(event.extra ?? []).flatMap(([name, text]) => textLine(name, text)),
  'END:VEVENT',
];

const header = ({ method, name }: ICalendar): ReadonlyArray<string> => [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  contentLine('PRODID', PRODUCT_ID),
  'CALSCALE:GREGORIAN',
  ...(method === undefined ? [] : [`METHOD:${method}`]),
  // NAME is RFC 7986; X-WR-CALNAME is what most clients read.
  ...(name === undefined ? [] : [contentLine('NAME', escapeText(name)), contentLine('X-WR-CALNAME', escapeText(name))]),
];

/**
 * A whole VCALENDAR (RFC 5545): CRLF line ends, lines folded at 75 octets, every text and parameter escaped.
 * Throws RangeError where a time is not an ISO 8601 instant.
 */
export const writeICalendar = (calendar: ICalendar): string =>
  `${[...header(calendar), ...calendar.events.flatMap(eventLines), 'END:VCALENDAR'].join('\r\n')}\r\n`;
