import { readableText } from '../../domain/visible-text.ts';
import { addressText, parseMailAddress } from '../../domain/mail/mail-address.ts';

/** RFC 5545, 3.1: a content line SHOULD NOT be longer than 75 octets, its line break not counted. */
export const MAX_LINE_OCTETS = 75;

const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;
// RFC 5545 allows no control character but HTAB in text; XML 1.0, in which CalDAV wraps it, forbids U+FFFE and U+FFFF too.
const FORBIDDEN = /(?![\t\n])\p{Cc}|[\ufffe\uffff]/gu;

/**
 * Well-formed Unicode with `\n` as the only line break, without the characters that RFC 5545 and XML forbid, and without
 * those that turn the reading direction or hide something.
 */
export const sanitizeText = (text: string): string =>
  readableText(text).toWellFormed().replace(LINE_BREAKS, '\n').replace(FORBIDDEN, '');

/** A TEXT value (RFC 5545, 3.3.11): backslash, semicolon, comma and line break escaped. */
const escapeText = (text: string): string =>
  sanitizeText(text)
    .replace(/[\\;,]/g, (character) => `\\${character}`)
    .replace(/\n/g, '\\n');

/** A parameter value: RFC 6868 caret encoding, then quoted where RFC 5545, 3.2 demands it. */
const escapeParameter = (text: string): string => {
  const encoded = sanitizeText(text).replace(/\^/g, '^^').replace(/\n/g, '^n').replace(/"/g, "^'");
  return /[:;,]/.test(encoded) ? `"${encoded}"` : encoded;
};

/** A URI value: what must not stand in one as it is (RFC 3986) is percent-encoded, line breaks above all. */
const escapeUri = (uri: string): string =>
  sanitizeText(uri).replace(/[\s"<>\\^`{|}]/g, (character) => encodeURIComponent(character));

/**
 * A CAL-ADDRESS (RFC 5545, 3.3.3) of a mail address: a mailto URI (RFC 6068), all of it ASCII. The domain is in punycode;
 * in the local part, what means something in a URI and what is not ASCII is percent-encoded.
 */
const mailtoUri = (email: string): string => {
  const address = parseMailAddress(email);
  const plain = address === null ? email : addressText(address);
  return `mailto:${escapeUri(plain.toWellFormed().replace(/[%?#&]|[^\0-\x7F]+/g, encodeURIComponent))}`;
};

const isContinuation = (octet: number | undefined): boolean => octet !== undefined && (octet & 0xc0) === 0x80;

/** Folds at `MAX_LINE_OCTETS` octets of UTF-8, never inside a character. */
export const foldLine = (line: string): string => {
  const octets = Buffer.from(line, 'utf8');
  if (octets.length <= MAX_LINE_OCTETS) return line;
  const parts: string[] = [];
  let from = 0;
  while (from < octets.length) {
    const room = from === 0 ? MAX_LINE_OCTETS : MAX_LINE_OCTETS - 1;
    let to = Math.min(from + room, octets.length);
    while (isContinuation(octets[to])) to -= 1;
    parts.push(octets.toString('utf8', from, to));
    from = to;
  }
  return parts.join('\r\n ');
};

type Parameters = ReadonlyArray<readonly [name: string, value: string]>;

/** One folded content line without its line break. `value` is escaped already, as its value type asks. */
const contentLine = (name: string, value: string, parameters: Parameters = []): string =>
  foldLine(`${name}${parameters.map(([key, text]) => `;${key}=${escapeParameter(text)}`).join('')}:${value}`);

/** An event's STATUS in the property's own words, and the PARTSTAT of everybody in it: no more of a yes than the event. */
export const statusWords = {
  confirmed: { status: 'CONFIRMED', partstat: 'ACCEPTED' },
  tentative: { status: 'TENTATIVE', partstat: 'TENTATIVE' },
} as const;

type IcsParticipant = { readonly name: string; readonly email: string };

type IcsAttendee = IcsParticipant & {
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
  /** Left out where one attendee is uninvited and the event goes on (RFC 5546, 3.2.5). */
  readonly status?: 'CONFIRMED' | 'TENTATIVE' | 'CANCELLED';
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
type ICalendar = {
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
  ...(event.status === undefined ? [] : [contentLine('STATUS', event.status)]),
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
