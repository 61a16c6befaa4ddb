import * as O from 'fp-ts/lib/Option.js';
import { pipe } from 'fp-ts/lib/function.js';
import { asciiAddress, newMailboxes } from '../../../domain/mail/mail-address.ts';
import type { MailFacts, MailKind, Recipient } from './mail-facts.ts';

/** What decides who gets a mail, and under which name. */
export type RecipientFacts = Pick<MailFacts, 'hostName' | 'hostEmail' | 'guests'> & {
  readonly attendee: Pick<MailFacts['attendee'], 'name' | 'email'>;
  readonly alreadySaid: Pick<MailFacts['alreadySaid'], 'confirmed'>;
};

const hostOf = ({ hostName, hostEmail }: RecipientFacts): Recipient => ({
  key: 'host',
  role: 'host',
  name: hostName,
  email: hostEmail,
});

const attendeeOf = ({ attendee }: RecipientFacts): Recipient => ({
  key: 'attendee',
  role: 'attendee',
  name: attendee.name,
  email: attendee.email,
});

/**
 * The attendee's guests, each mailbox once and the attendee's own not again. Keys count as the request does, so that a
 * guest's key stays what it was when it was first told of.
 */
export const guestsOf = ({ guests, attendee }: Pick<RecipientFacts, 'guests' | 'attendee'>): ReadonlyArray<Recipient> =>
  newMailboxes(guests, [attendee.email]).map(({ address, index }) => ({
    key: `guest-${index + 1}`,
    role: 'guest',
    name: '',
    email: address,
  }));

/**
 * Who is told, each by a mail of their own. Guests hear nothing before a confirmation, and so nothing either of the end
 * of a booking that never was confirmed.
 */
export const recipientsOf = (kind: MailKind, facts: RecipientFacts): ReadonlyArray<Recipient> => {
  switch (kind) {
    case 'confirmed':
      return [attendeeOf(facts), ...guestsOf(facts), hostOf(facts)];
    case 'cancelled':
      return [attendeeOf(facts), ...(facts.alreadySaid.confirmed ? guestsOf(facts) : []), hostOf(facts)];
    case 'expired':
      return [attendeeOf(facts), hostOf(facts)];
    case 'received-not-confirmed':
    case 'awaiting-approval':
    case 'declined':
      return [attendeeOf(facts)];
    case 'approval-needed':
    case 'action-needed':
    case 'calendar-behind':
    case 'removal-pending':
      return [hostOf(facts)];
  }
};

/**
 * Answers go to the other side of the booking, never to us. None where that address is not in ASCII or is no mail address
 * at all: it would cost this recipient the mail (RFC 6532: such a header needs SMTPUTF8 on the whole way).
 */
export const answersGoTo = (
  role: Recipient['role'],
  facts: MailFacts,
): O.Option<{ readonly name: string; readonly address: string }> => {
  const { name, email } = role === 'host' ? attendeeOf(facts) : hostOf(facts);
  return pipe(
    O.fromNullable(asciiAddress(email)),
    O.map((address) => ({ name, address })),
  );
};
