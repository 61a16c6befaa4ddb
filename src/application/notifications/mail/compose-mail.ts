import { parseMailAddress } from '../../../domain/mail/mail-address.ts';
import type { Mail } from '../../ports/delivery.ts';
import { english } from './english/english.ts';
import { renderHtml, renderText } from './mail-document.ts';
import { guestsOf, type MailKind, type Recipient } from '../mail-kinds.ts';
import { answersGoTo } from './english/view.ts';
import type { MailFacts, MailNotification } from './mail-facts.ts';

/**
 * The Message-ID (RFC 5322 section 3.6.4) of the mail about one event to one recipient: the same however often it is sent,
 * so that copies can be told for one. `eventId` is a UUID; `recipient` a key of letters, digits, `_` and `-`; `domain` is the sender's.
 */
export const messageId = (eventId: string, recipient: string, domain: string): string =>
  `<${eventId}.${recipient}@${domain}>`;

type Attendee = {
  readonly name: string;
  readonly email: string;
  readonly partstat: 'ACCEPTED' | 'NEEDS-ACTION';
  readonly rsvp: boolean;
};

/** An iTIP message of one event (RFC 5546), before it is written as iCalendar. Instants are UTC in ISO 8601. */
type Invitation = {
  readonly method: 'REQUEST' | 'CANCEL';
  readonly events: readonly [
    {
      readonly uid: string;
      readonly sequence: number;
      readonly dtstamp: string;
      readonly start: string;
      readonly end: string;
      readonly summary: string;
      readonly description: string;
      readonly location: string;
      readonly status?: 'CONFIRMED' | 'CANCELLED';
      readonly organizer: { readonly name: string; readonly email: string };
      readonly attendees: ReadonlyArray<Attendee>;
    },
  ];
};

const booker = ({ attendee }: MailFacts): Attendee => ({
  name: attendee.name,
  email: attendee.email,
  partstat: 'ACCEPTED',
  rsvp: false,
});

const guest = ({ name, email }: Recipient): Attendee => ({ name, email, partstat: 'NEEDS-ACTION', rsvp: true });

/** The host sees everybody; everybody else sees themselves alone, so that no address is passed on. */
const named = ({ recipient }: MailNotification, facts: MailFacts): ReadonlyArray<Attendee> => {
  switch (recipient.role) {
    case 'host':
      return [booker(facts), ...guestsOf(facts).map(guest)];
    case 'attendee':
      return [booker(facts)];
    case 'guest':
      return [guest(recipient)];
  }
};

/** What a log of earlier versions holds for an address may be none; nobody can be invited by it. */
const attendeesFor = (notification: MailNotification, facts: MailFacts): ReadonlyArray<Attendee> =>
  named(notification, facts).filter(({ email }) => parseMailAddress(email) !== null);

const labelled = (label: string, text: string): ReadonlyArray<string> => (text === '' ? [] : [`${label}: ${text}`]);

/** What was entered is for the attendee and the host; the attendee and the host each get the link to their own page, as in the mails. */
const descriptionFor = ({ recipient: { role } }: MailNotification, facts: MailFacts): string => {
  const link = facts.meetingLink?.url ?? '';
  const answers = role === 'guest' ? [] : facts.answers.flatMap(({ label, value }) => labelled(label, value));
  const manage = role === 'attendee' ? (facts.manageLink ?? '') : '';
  const host = role === 'host' ? (facts.hostLink ?? '') : '';
  return [
    `${facts.eventTitle}: ${facts.hostName} and ${facts.attendee.name}`,
    ...labelled('Where', facts.location),
    ...labelled('Video link', link),
    ...answers,
    ...labelled('Change or cancel', manage),
    ...labelled('The booking on your page', host),
  ].join('\n');
};

/** Of a booking that is confirmed, whoever reads it. */
const asksToCome: ReadonlySet<MailKind> = new Set(['confirmed', 'guests-invited', 'guests-added', 'location-changed']);

const methodOf = ({ kind, recipient }: MailNotification, facts: MailFacts): Invitation['method'] | null => {
  if (kind === 'guest-removed') return recipient.role === 'guest' ? 'CANCEL' : 'REQUEST';
  if (asksToCome.has(kind)) return 'REQUEST';
  if (kind === 'rescheduled') return facts.alreadySaid.confirmed ? 'REQUEST' : null;
  return kind === 'cancelled' && facts.alreadySaid.confirmed ? 'CANCEL' : null;
};

/** A meeting that goes on without one of its guests is not cancelled: such a CANCEL has no STATUS (RFC 5546, 3.2.5). */
const statusOf = (kind: MailKind, method: Invitation['method']): { readonly status?: 'CONFIRMED' | 'CANCELLED' } => {
  if (method === 'REQUEST') return { status: 'CONFIRMED' };
  return kind === 'guest-removed' ? {} : { status: 'CANCELLED' };
};

/**
 * The invitation that goes with a mail: REQUEST with a confirmation, a new time or place and a new guest of what was confirmed; CANCEL with the cancelling
 * of what was confirmed, and for a guest who was removed; none otherwise, nor where nobody knows the ORGANIZER. UID, SEQUENCE and ORGANIZER are the booking's own (I6).
 */
const invitationOf = (notification: MailNotification, facts: MailFacts): Invitation | null => {
  const method = methodOf(notification, facts);
  const { organizer, meetingLink } = facts;
  if (method === null || organizer === null) return null;
  return {
    method,
    events: [
      {
        uid: facts.icsUid,
        sequence: facts.sequence,
        dtstamp: notification.occurredAt,
        start: facts.start,
        end: facts.end,
        summary: `${facts.eventTitle}: ${facts.hostName} and ${facts.attendee.name}`,
        description: descriptionFor(notification, facts),
        location: meetingLink?.url ?? facts.location,
        ...statusOf(notification.kind, method),
        organizer,
        attendees: attendeesFor(notification, facts),
      },
    ],
  };
};

/** Zone and language of a guest, where they are known. */
const localOf = ({ timeZone, language }: Recipient) => ({
  ...(timeZone === undefined ? {} : { timeZone }),
  ...(language === undefined ? {} : { language }),
});

/** `domain`: the right side of our Message-IDs. `writeInvitation` turns an invitation into a whole VCALENDAR. */
type ComposeMailDeps = {
  readonly domain: string;
  readonly writeInvitation: (invitation: Invitation) => string;
};

/** The mail of one notification: the same facts give the same mail, Message-ID included. Touches nothing but its arguments. */
export const composeMail =
  ({ domain, writeInvitation }: ComposeMailDeps) =>
  (notification: MailNotification, facts: MailFacts): Mail => {
    const { kind, recipient, eventId } = notification;
    const document = english[kind]({ facts, role: recipient.role, ...localOf(recipient) });
    const invitation = invitationOf(notification, facts);
    const replyTo = answersGoTo(recipient.role, facts);
    return {
      messageId: messageId(eventId, recipient.key, domain),
      to: { name: recipient.name, address: recipient.email },
      ...(replyTo === null ? {} : { replyTo }),
      subject: document.subject,
      text: renderText(document),
      html: renderHtml(document),
      ...(invitation === null
        ? {}
        : { icalendar: { method: invitation.method, content: writeInvitation(invitation) } }),
    };
  };
