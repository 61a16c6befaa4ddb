import type { HistoryEntry } from '../../application/queries/read-booking.ts';
import type { KnownBooking, PendingReason } from '../../domain/booking/booking-state.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { describeEvent } from '../../projections/history/describe-event.ts';
import { mailFactsOf, type MailFacts } from '../../application/notifications/mail/mail-facts.ts';
import type { MailKind } from '../../application/notifications/plan.ts';
import { english } from '../../application/notifications/mail/english/english.ts';
import {
  localeOf,
  shortText,
  linkRows,
  reasonRows,
  whatRow,
  whenRow,
  whereRows,
  withRow,
} from '../../application/notifications/mail/english/view.ts';
import type { Block, MailDocument, Row } from '../../application/notifications/mail/mail-document.ts';
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

const sentence = (text: string): TextBlock => ({ type: 'paragraph', text });

const isSaid = (block: Block): block is TextBlock => block.type === 'paragraph' || block.type === 'notice';

/** What the mail of that kind says to the attendee, without its facts: the page must not say it in other words. */
const asInMail = (kind: MailKind, facts: MailFacts): StatusInWords => {
  const { tone, label, title, blocks } = english[kind]({ facts, role: 'attendee' });
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
  const notices = asInMail('confirmed', facts).said.filter(({ type }) => type === 'notice');
  return {
    tone: 'good',
    label: 'Confirmed',
    title: isOver ? 'Your booking was confirmed' : 'Your booking is confirmed',
    said: isOver
      ? [sentence('This time has passed.')]
      : [sentence(`${facts.hostName} expects you at the time below.`), ...notices],
  };
};

/** The truth of the moment (`now`: epoch milliseconds), exhaustive over the phases of a booking. */
export const statusInWords = (booking: KnownBooking, facts: MailFacts, now: number): StatusInWords => {
  switch (booking.phase) {
    case 'pending':
      if (booking.because === 'deciding') return deciding(facts);
      return asInMail(booking.because === 'awaiting_approval' ? 'awaiting-approval' : 'received-not-confirmed', facts);
    case 'accepted':
      return confirmed(facts, now);
    case 'rejected':
      return asInMail('declined', facts);
    case 'expired':
      return asInMail('expired', facts);
    case 'cancelled':
      return asInMail('cancelled', facts);
  }
};

/** `at`: UTC instant, `when`: the same in the attendee's zone, for people. */
export type HistoryLine = { readonly at: string; readonly when: string; readonly text: string };

export type HistoryInWords = {
  readonly timeZone: string;
  /** Of the newest event; rises with everything that happens. */
  readonly revision: number;
  readonly lines: ReadonlyArray<HistoryLine>;
};

/** What happened, as guests may read it, oldest first. */
export const historyInWords = (
  entries: ReadonlyArray<HistoryEntry>,
  { attendee: { timeZone, language } }: MailFacts,
): HistoryInWords => {
  const reader = { audience: 'guest', timeZone, calendarLabel: () => '' } as const;
  return {
    timeZone,
    revision: entries.at(-1)?.recorded.revision ?? 0,
    // Which machine does what is nothing to guests.
    lines: entries
      .filter(({ event }) => event.type !== 'EffectLeased')
      .map(({ recorded: { occurredAt }, event }) => ({
        at: occurredAt,
        when: shortText(occurredAt, timeZone, localeOf(language)),
        text: describeEvent(event, reader),
      })),
  };
};

/** What, when, where, with whom. A link to meet under is said while the booking is accepted, not before and not after. */
export const rowsOf = ({ phase }: KnownBooking, facts: MailFacts): ReadonlyArray<Row> => {
  const view = { facts, role: 'attendee' } as const;
  const accepted = phase === 'accepted';
  return [
    whatRow(view),
    whenRow(view),
    ...whereRows(view, accepted),
    ...(accepted ? linkRows(view) : []),
    withRow(view),
    { label: 'Booked by', lines: [facts.attendee.name] },
    ...reasonRows(view),
  ];
};

const noLinks = { manage: () => null, history: () => null, approval: () => null };

/** What the guest's mails would say of the booking now. The page repeats nothing that mails said before. */
export const guestFacts =
  ({ calendarLabel }: Pick<HttpDeps, 'calendarLabel'>, catalog: Catalog) =>
  (uid: string, booking: KnownBooking): MailFacts => {
    const { hostId, eventTypeId, personal } = booking.request;
    const known = presentOrganizer(booking, catalog.hostById(hostId));
    // A host that nobody knows has no zone to be told beside the guest's.
    const host = known ?? formerHost(hostId, personal.attendee.timeZone);
    const eventType = catalog.byId(eventTypeId)?.eventType;
    const factsOf = mailFactsOf({ calendarLabel, links: noLinks });
    const facts = factsOf(uid, 'received-not-confirmed', 'guests', booking, booking, host, eventType);
    return { ...facts, alreadySaid: { notConfirmedYet: false, confirmed: false } };
  };
