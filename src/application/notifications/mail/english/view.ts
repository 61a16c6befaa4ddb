import * as O from 'fp-ts/lib/Option.js';
import { type Block, button, isWebLink, type MailDocument, type Row } from '../mail-document.ts';
import type { MailFacts, Recipient } from '../mail-facts.ts';
import { answersGoTo, guestsOf } from '../recipients.ts';
import { localeOf, momentText, otherZoneLine, shortText, spanLines } from './times.ts';

/** A mail's facts and who reads them. Every kind of mail is a function from it to a document. */
export type View = { readonly facts: MailFacts; readonly role: Recipient['role'] };

/** Guests of the attendee are shown the attendee's zone: theirs is not known. */
const zoneOf = ({ facts, role }: View): string => (role === 'host' ? facts.hostTimeZone : facts.attendee.timeZone);
const localeFor = ({ facts, role }: View): string => localeOf(role === 'host' ? 'en' : facts.attendee.language);

export const moment = (view: View, instant: string): string => momentText(instant, zoneOf(view), localeFor(view));

const otherTime = (view: View): ReadonlyArray<string> => {
  const { facts, role } = view;
  const [own, other, whose] =
    role === 'host'
      ? [facts.hostTimeZone, facts.attendee.timeZone, facts.attendee.name]
      : [facts.attendee.timeZone, facts.hostTimeZone, facts.hostName];
  return own === other ? [] : [`${otherZoneLine(facts, own, other, localeFor(view))}, for ${whose}`];
};

const row = (label: string, ...lines: ReadonlyArray<string>): Row => ({ label, lines });

export const whatRow = ({ facts }: View): Row => row('What', facts.eventTitle);
export const whenRow = (view: View): Row =>
  row('When', ...spanLines(view.facts, zoneOf(view), localeFor(view)), ...otherTime(view));

export const withRow = ({ facts, role }: View): Row =>
  role === 'host' ? row('With', `${facts.attendee.name}, ${facts.attendee.email}`) : row('With', facts.hostName);

/** A place that is a link is a room, and rooms are said in confirmations only. */
export const whereRows = ({ facts }: View, confirmed: boolean): ReadonlyArray<Row> => {
  const { location } = facts;
  if (location === '' || (isWebLink(location) && !confirmed)) return [];
  return [isWebLink(location) ? { label: 'Where', lines: [location], link: location } : row('Where', location)];
};

export const linkRows = ({ facts }: View): ReadonlyArray<Row> =>
  O.isSome(facts.meetingLink)
    ? [{ label: 'Video link', lines: [facts.meetingLink.value.url], link: facts.meetingLink.value.url }]
    : [];

/** What the attendee entered: for the attendee and the host, not for the guests. */
export const enteredRows = ({ facts, role }: View): ReadonlyArray<Row> =>
  role === 'guest'
    ? []
    : [
        ...(guestsOf(facts).length === 0 ? [] : [row('Guests', ...guestsOf(facts).map(({ email }) => email))]),
        ...facts.answers.map(({ label, value }) => row(label, value)),
      ];

export const reasonRows = ({ facts }: View): ReadonlyArray<Row> =>
  O.isSome(facts.reason) ? [row('Reason', facts.reason.value)] : [];

export const rows = (...parts: ReadonlyArray<Row>): Block => ({ type: 'rows', rows: parts });

export const buttons = (label: string, link: O.Option<string>): ReadonlyArray<Block> =>
  O.isSome(link) ? [button(label, link.value)] : [];

/** `Intro with Odd, Mon 5 Sept 2050, 11:00`, in the reader's zone. */
export const subjectOf = (view: View, prefix: string): string => {
  const { facts, role } = view;
  const other = role === 'host' ? facts.attendee.name : facts.hostName;
  return `${prefix}: ${facts.eventTitle} with ${other}, ${shortText(facts.start, zoneOf(view), localeFor(view))}`;
};

/** An address that not every mail server takes is no Reply-To; whoever reads the mail must know. */
const whereAnswersGo = ({ facts, role }: View): string => {
  const other = role === 'host' ? facts.attendee.name : facts.hostName;
  return O.isSome(answersGoTo(role, facts))
    ? `Your answer to this mail goes to ${other}.`
    : `Please do not answer this mail: it would not reach ${other}.`;
};

export const footerOf = (view: View): MailDocument['footer'] => {
  const { facts, role } = view;
  const why = role === 'host' ? 'because you are the host' : `for ${facts.hostName}`;
  return `Booking ${facts.bookingUid}. Sent by Holdfast ${why}. ${whereAnswersGo(view)}`;
};
