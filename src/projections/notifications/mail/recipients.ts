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

const guestsOf = ({ guests }: RecipientFacts): ReadonlyArray<Recipient> =>
  guests.map((email, index) => ({ key: `guest-${index + 1}`, role: 'guest', name: '', email }));

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
