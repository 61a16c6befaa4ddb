import { localeOf, momentText, otherZoneLine, shortText, spanLines } from '../../../../domain/time/instant-text.ts';
import { type Block, button, isWebLink, type MailDocument, notice, type Row } from '../mail-document.ts';
import { attendeeOf, guestsOf, hostOf, type MailKind, type Recipient } from '../../mail-kinds.ts';
import type { MailFacts } from '../mail-facts.ts';
import { asciiAddress } from '../../../../domain/mail/mail-address.ts';

/** A mail's facts and who reads them. Every kind of mail is a function from it to a document. `timeZone`, `language`: a guest's own. */
export type View = { readonly facts: MailFacts; readonly role: Recipient['role'] } & Pick<
  Recipient,
  'timeZone' | 'language'
>;

/** The words of some kinds of mail. A name that is no kind breaks the build. */
export type Words = { readonly [K in MailKind]?: (view: View) => MailDocument };

/** Guests of the attendee are shown the attendee's zone where theirs is not known. */
const zoneOf = ({ facts, role, timeZone }: View): string =>
  role === 'host' ? facts.hostTimeZone : (timeZone ?? facts.attendee.timeZone);
const localeFor = ({ facts, role, language }: View): string =>
  localeOf(role === 'host' ? 'en' : (language ?? facts.attendee.language));

/** `second` for what is tried by machines. */
export const moment = (view: View, instant: string, unit: 'minute' | 'second' = 'minute'): string =>
  momentText(instant, zoneOf(view), localeFor(view), unit);

const otherTime = (view: View): ReadonlyArray<string> => {
  const { facts, role } = view;
  const [own, other, whose] =
    role === 'host'
      ? [facts.hostTimeZone, facts.attendee.timeZone, facts.attendee.name]
      : [zoneOf(view), facts.hostTimeZone, facts.hostName];
  return own === other ? [] : [`${otherZoneLine(facts, own, other, localeFor(view))}, for ${whose}`];
};

const row = (label: string, ...lines: ReadonlyArray<string>): Row => ({ label, lines });

export const whatRow = ({ facts }: View): Row => row('What', facts.eventTitle);
export const whenRow = (view: View): Row =>
  row('When', ...spanLines(view.facts, zoneOf(view), localeFor(view)), ...otherTime(view));

/** Another time of the booking, in the reader's zone, which is named. */
export const timeRow = (view: View, label: string, span: { readonly start: string; readonly end: string }): Row =>
  row(label, ...spanLines(span, zoneOf(view), localeFor(view)));

export const withRow = ({ facts, role }: View): Row =>
  role === 'host' ? row('With', `${facts.attendee.name}, ${facts.attendee.email}`) : row('With', facts.hostName);

/** A place that is a link is a room, and rooms are said in confirmations only. */
export const whereRows = ({ facts }: View, confirmed: boolean): ReadonlyArray<Row> => {
  const { location } = facts;
  if (location === '' || (isWebLink(location) && !confirmed)) return [];
  return [isWebLink(location) ? { label: 'Where', lines: [location], link: location } : row('Where', location)];
};

export const linkRows = ({ facts }: View): ReadonlyArray<Row> =>
  facts.meetingLink !== null
    ? [{ label: 'Video link', lines: [facts.meetingLink.url], link: facts.meetingLink.url }]
    : [];

/** Who comes along, and whether they know. */
export const companyRows = ({ facts, role }: View): ReadonlyArray<Row> => {
  const guests = guestsOf(facts).map(({ email }) => email);
  if (guests.length === 0) return [];
  const who = role === 'host' ? facts.attendee.name : 'you';
  const wait = `Not told yet: that waits until ${who} confirm${role === 'host' ? 's' : ''} the mail address`;
  return [row('Guests', ...guests, ...(facts.tellGuests === null ? [] : [wait]))];
};

/**
 * Anybody can name anybody: who reads this mail has the others told. Without a page of ours that cannot be, and the attendee
 * is asked to do it.
 */
export const askToTellGuests = ({ facts, role }: View): ReadonlyArray<Block> => {
  if (role !== 'attendee' || facts.tellGuests === null) return [];
  return facts.tellGuests.link === null
    ? [notice('We do not write to your guests: please tell them yourself.')]
    : [
        notice('Your guests are not told yet. Please confirm that this is your mail address, then we write to them.'),
        button('Tell my guests', facts.tellGuests.link),
      ];
};

/** What the attendee entered: for the attendee and the host, not for the guests. */
export const enteredRows = ({ facts, role }: View): ReadonlyArray<Row> =>
  role === 'guest'
    ? []
    : [...companyRows({ facts, role }), ...facts.answers.map(({ label, value }) => row(label, value))];

export const reasonRows = ({ facts }: View): ReadonlyArray<Row> =>
  facts.reason !== null ? [row('Reason', facts.reason)] : [];

export const rows = (...parts: ReadonlyArray<Row>): Block => ({ type: 'rows', rows: parts });

export const buttons = (label: string, link: string | null): ReadonlyArray<Block> =>
  link !== null ? [button(label, link)] : [];

/** The reader's own page of the booking. The attendee's guests have none. */
export const ownPage = ({ facts, role }: View, label: string): ReadonlyArray<Block> => {
  if (role === 'guest') return [];
  return buttons(label, role === 'host' ? facts.hostLink : facts.manageLink);
};

/** `Intro with Odd, Mon 5 Sept 2050, 11:00 Europe/Oslo (UTC+02:00)`, in the reader's zone. */
export const subjectOf = (view: View, prefix: string): string => {
  const { facts, role } = view;
  const other = role === 'host' ? facts.attendee.name : facts.hostName;
  return `${prefix}: ${facts.eventTitle} with ${other}, ${shortText(facts.start, zoneOf(view), localeFor(view))}`;
};

/**
 * Answers go to the other side of the booking, never to us. None where that address is not in ASCII or is no mail address
 * at all: it would cost this recipient the mail (RFC 6532: such a header needs SMTPUTF8 on the whole way).
 */
export const answersGoTo = (
  role: Recipient['role'],
  facts: MailFacts,
): { readonly name: string; readonly address: string } | null => {
  const { name, email } = role === 'host' ? attendeeOf(facts) : hostOf(facts);
  const address = asciiAddress(email);
  return address === null ? null : { name, address };
};

/** An address that not every mail server takes is no Reply-To; whoever reads the mail must know. */
const whereAnswersGo = ({ facts, role }: View): string => {
  const other = role === 'host' ? facts.attendee.name : facts.hostName;
  return answersGoTo(role, facts) !== null
    ? `Your answer to this mail goes to ${other}.`
    : `Please do not answer this mail: it would not reach ${other}.`;
};

export const footerOf = (view: View): MailDocument['footer'] => {
  const { facts, role } = view;
  const why = role === 'host' ? 'because you are the host' : `for ${facts.hostName}`;
  return `Booking ${facts.bookingUid}. Sent by Holdfast ${why}. ${whereAnswersGo(view)}`;
};
