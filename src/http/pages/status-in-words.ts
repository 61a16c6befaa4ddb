import type { KnownBooking, PendingReason } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import { english } from '../../projections/notifications/mail/english/english.ts';
import type { Block, MailDocument } from '../../projections/notifications/mail/mail-document.ts';
import type { MailFacts, MailKind } from '../../projections/notifications/mail/mail-facts.ts';

type Said = Extract<Block, { readonly type: 'paragraph' | 'notice' }>;

/** The status as people read it: `label` says in a word what `tone` says in colour. */
export type StatusInWords = Pick<MailDocument, 'tone' | 'label' | 'title'> & { readonly said: ReadonlyArray<Said> };

/** Seconds until an open page looks again: what is being decided takes seconds, a retry minutes, a host hours. */
export const LOOK_AGAIN_S: Readonly<Record<PendingReason, number>> = {
  deciding: 2,
  calendar_sync_failed: 20,
  awaiting_approval: 60,
};

const sentence = (text: string): Said => ({ type: 'paragraph', text });

const isSaid = (block: Block): block is Said => block.type === 'paragraph' || block.type === 'notice';

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
