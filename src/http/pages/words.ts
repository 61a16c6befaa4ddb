import type { HistoryEntry } from '../../application/queries/read-booking.ts';
import type { KnownBooking, PendingReason } from '../../domain/booking/booking-state.ts';
import { isOn } from '../../domain/booking/booking-status.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { localeOf, shortText } from '../../domain/time/instant-text.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { describeEvent } from '../../projections/history/describe-event.ts';
import type { Reader } from '../../projections/history/history-words.ts';
import { mailFactsOf, type MailFacts } from '../../application/notifications/mail/mail-facts.ts';
import type { MailAudience } from '../../application/notifications/mails-due.ts';
import type { MailKind, Recipient } from '../../application/notifications/mail-kinds.ts';
import { english } from '../../application/notifications/mail/english/english.ts';
import {
  enteredRows,
  linkRows,
  reasonRows,
  whatRow,
  whenRow,
  whereRows,
  withRow,
} from '../../application/notifications/mail/english/view.ts';
import type { Block, MailDocument, Row } from '../../application/notifications/mail/mail-document.ts';
import { moveNotices, moveRows } from './move-words.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';

type TextBlock = Extract<Block, { readonly type: 'paragraph' | 'notice' }>;

/** The status as people read it: `label` says in a word what `tone` says in colour. */
export type StatusInWords = Pick<MailDocument, 'tone' | 'label' | 'title'> & {
  readonly said: ReadonlyArray<TextBlock>;
};

/** Seconds until an open page looks again: what is being decided takes seconds, a retry minutes, a host hours. */
export const LOOK_AGAIN_S: Readonly<Record<PendingReason, number>> = {
  deciding: 2,
  calendar_sync_failed: 20,
  awaiting_approval: 60,
};

export const sentence = (text: string): TextBlock => ({ type: 'paragraph', text });

const isSaid = (block: Block): block is TextBlock => block.type === 'paragraph' || block.type === 'notice';

/** What the mail of that kind says to them, without its facts: the page must not say it in other words. */
export const asInMail = (kind: MailKind, facts: MailFacts, role: Recipient['role']): StatusInWords => {
  const { tone, label, title, blocks } = english[kind]({ facts, role });
  return { tone, label, title, said: blocks.filter(isSaid) };
};

const deciding = ({ hostName }: MailFacts): StatusInWords => ({
  tone: 'waiting',
  label: 'Not confirmed yet',
  title: 'Held for you',
  said: [
    sentence(`The time is held for you: nobody else can book it. The calendar of ${hostName} is being written.`),
    sentence('That usually takes a few seconds, and this page will show what came of it.'),
  ],
});

const confirmed = (facts: MailFacts, now: number): StatusInWords => {
  const isOver = now >= toEpochMs(facts.end);
  const notices = asInMail('confirmed', facts, 'attendee').said.filter(({ type }) => type === 'notice');
  return {
    tone: 'good',
    label: 'Confirmed',
    title: isOver ? 'Your booking was confirmed' : 'Your booking is confirmed',
    said: isOver
      ? [sentence('This time has passed.')]
      : [sentence(`${facts.hostName} expects you at the time below.`), ...notices],
  };
};

/** What is said of a move stands after what is said of the booking. */
export const withMove = (
  status: StatusInWords,
  booking: KnownBooking,
  facts: MailFacts,
  role: 'attendee' | 'host',
): StatusInWords => ({ ...status, said: [...status.said, ...moveNotices(booking, facts, role)] });

/** The truth of the moment for the guest (`now`: epoch milliseconds), exhaustive over the phases of a booking. */
export const guestStatus = (booking: KnownBooking, facts: MailFacts, now: number): StatusInWords => {
  const asMailed = (kind: MailKind) => asInMail(kind, facts, 'attendee');
  switch (booking.phase) {
    case 'pending':
      if (booking.because === 'deciding') return deciding(facts);
      return asMailed(booking.because === 'awaiting_approval' ? 'awaiting-approval' : 'received-not-confirmed');
    case 'accepted':
      return isOn(booking) ? confirmed(facts, now) : asMailed('booking-in-question');
    case 'rejected':
      return asMailed('declined');
    case 'expired':
      return asMailed('expired');
    case 'cancelled':
      return asMailed('cancelled');
  }
};

/** `at`: UTC instant, `when`: the same in the reader's zone, which it names, for people. `detail`: what else there is to know, or empty. */
export type HistoryLine = {
  readonly at: string;
  readonly when: string;
  readonly text: string;
  readonly detail: string;
};

export type HistoryInWords = {
  /** Of the newest event; rises with everything that happens. */
  readonly revision: number;
  readonly lines: ReadonlyArray<HistoryLine>;
};

const mustAllHold = (entries: ReadonlyArray<HistoryEntry>): boolean =>
  entries.some(({ event }) => event.type === 'BookingRequested' && event.data.acceptance === 'all-of');

/** What happened, oldest first, as far as `shows` says. */
export const historyInWords = (
  entries: ReadonlyArray<HistoryEntry>,
  reader: Reader & { readonly language: string },
  shows: (event: BookingEvent) => boolean,
  detailOf: (event: BookingEvent) => string,
): HistoryInWords => ({
  revision: entries.at(-1)?.recorded.revision ?? 0,
  lines: entries
    .filter(({ event }) => shows(event))
    .map(({ recorded: { occurredAt }, event }) => ({
      at: occurredAt,
      when: shortText(occurredAt, reader.timeZone, localeOf(reader.language), 'second'),
      text: describeEvent(event, { ...reader, mustAllHold: mustAllHold(entries) }),
      detail: detailOf(event),
    })),
});

/** Which machine does what is nothing to guests, nor what other systems and the host are told. */
const concernsGuest = (event: BookingEvent): boolean => {
  if (event.type === 'NotificationSent' || event.type === 'NotificationParked')
    return event.data.channel === 'mail' && event.data.recipient !== 'host';
  return event.type !== 'EffectLeased';
};

export const guestHistory = (
  entries: ReadonlyArray<HistoryEntry>,
  { attendee: { timeZone, language } }: Pick<MailFacts, 'attendee'>,
): HistoryInWords =>
  historyInWords(entries, { audience: 'guest', timeZone, language, calendarLabel: () => '' }, concernsGuest, () => '');

/** What, when, where, with whom. A link to meet under is said while the booking is on, not before and not after. */
const commonRows = (booking: KnownBooking, facts: MailFacts, role: Recipient['role']): ReadonlyArray<Row> => {
  const view = { facts, role };
  const accepted = isOn(booking);
  return [
    whatRow(view),
    whenRow(view),
    ...moveRows(booking, facts, role === 'host' ? 'host' : 'attendee'),
    ...whereRows(view, accepted),
    ...(accepted ? linkRows(view) : []),
    withRow(view),
  ];
};

/** What the guest booked, and what they entered; where `guestActions` is open, whoever has the uid reads it too. */
export const guestRows = (booking: KnownBooking, facts: MailFacts): ReadonlyArray<Row> => {
  const view = { facts, role: 'attendee' } as const;
  return [
    ...commonRows(booking, facts, 'attendee'),
    { label: 'Booked by', lines: [facts.attendee.name] },
    ...enteredRows(view),
    ...reasonRows(view),
  ];
};

/** All that the guest said. */
export const hostRows = (booking: KnownBooking, facts: MailFacts): ReadonlyArray<Row> => {
  const view = { facts, role: 'host' } as const;
  const { phoneNumber, language } = booking.request.personal.attendee;
  return [
    ...commonRows(booking, facts, 'host'),
    ...(phoneNumber === null ? [] : [{ label: 'Telephone', lines: [phoneNumber] }]),
    { label: 'Language', lines: [language] },
    ...enteredRows(view),
    ...(facts.roomFailure !== null ? [{ label: 'Video room', lines: [`none: ${facts.roomFailure}`] }] : []),
    ...reasonRows(view),
  ];
};

const noLinks = { manage: () => null, tellGuests: () => null, host: () => null };

/** What mails would say of the booking now to these people. The page repeats nothing that mails said before. */
export const factsFor =
  ({ calendarLabel }: Pick<HttpDeps, 'calendarLabel'>, catalog: Catalog) =>
  (audience: MailAudience, uid: string, booking: KnownBooking): MailFacts => {
    const { hostId, eventTypeId, personal } = booking.request;
    const known = presentOrganizer(booking, catalog.hostById(hostId));
    // A host that nobody knows has no zone to be told beside the guest's.
    const host = known ?? formerHost(hostId, personal.attendee.timeZone);
    const eventType = catalog.byId(eventTypeId)?.eventType;
    const factsOf = mailFactsOf({ calendarLabel, links: noLinks });
    const facts = factsOf(uid, 'action-needed', audience, booking, booking, host, eventType);
    return {
      ...facts,
      alreadySaid: { notConfirmedYet: false, inQuestion: false, confirmed: false, confirmation: false },
    };
  };
