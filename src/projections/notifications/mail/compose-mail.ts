import * as O from 'fp-ts/lib/Option.js';
import type { Mail } from '../../../application/ports/mailer.ts';
import { english } from './english/english.ts';
import { type Invitation, invitationOf } from './invitation.ts';
import type { MailFacts, MailNotification } from './mail-facts.ts';
import { messageId } from './message-id.ts';
import { renderHtml } from './render/render-html.ts';
import { renderText } from './render/render-text.ts';

/** `domain`: the right side of our Message-IDs. `writeInvitation` turns an invitation into a whole VCALENDAR. */
export type MailSettings = {
  readonly domain: string;
  readonly writeInvitation: (invitation: Invitation) => string;
};

/** Answers go to the other side of the booking; to us only where that is not known any more. */
const replyTo = ({ recipient }: MailNotification, facts: MailFacts): Pick<Mail, 'replyTo'> => {
  if (recipient.role === 'host') return { replyTo: { name: facts.attendee.name, address: facts.attendee.email } };
  return facts.hostEmail === '' ? {} : { replyTo: { name: facts.hostName, address: facts.hostEmail } };
};

/** The mail of one notification: the same facts give the same mail, Message-ID included. Touches nothing but its arguments. */
export const composeMail =
  ({ domain, writeInvitation }: MailSettings) =>
  (notification: MailNotification, facts: MailFacts): Mail => {
    const { kind, recipient, eventId } = notification;
    const document = english[kind]({ facts, role: recipient.role });
    const invitation = invitationOf(notification, facts);
    return {
      messageId: messageId(eventId, recipient.key, domain),
      to: { name: recipient.name, address: recipient.email },
      ...replyTo(notification, facts),
      subject: document.subject,
      text: renderText(document),
      html: renderHtml(document),
      ...(O.isNone(invitation)
        ? {}
        : { icalendar: { method: invitation.value.method, content: writeInvitation(invitation.value) } }),
    };
  };
