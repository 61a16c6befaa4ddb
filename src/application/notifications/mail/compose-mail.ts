import * as O from 'fp-ts/lib/Option.js';
import type { Mail } from '../../ports/delivery.ts';
import { english } from './english/english.ts';
import { type Invitation, invitationOf } from './invitation.ts';
import type { MailFacts, MailNotification } from './mail-facts.ts';
import { messageId } from './message-id.ts';
import { answersGoTo } from './recipients.ts';
import { renderHtml } from './render/render-html.ts';
import { renderText } from './render/render-text.ts';

/** `domain`: the right side of our Message-IDs. `writeInvitation` turns an invitation into a whole VCALENDAR. */
export type ComposeMailDeps = {
  readonly domain: string;
  readonly writeInvitation: (invitation: Invitation) => string;
};

/** The mail of one notification: the same facts give the same mail, Message-ID included. Touches nothing but its arguments. */
export const composeMail =
  ({ domain, writeInvitation }: ComposeMailDeps) =>
  (notification: MailNotification, facts: MailFacts): Mail => {
    const { kind, recipient, eventId } = notification;
    const document = english[kind]({ facts, role: recipient.role });
    const invitation = invitationOf(notification, facts);
    const replyTo = answersGoTo(recipient.role, facts);
    return {
      messageId: messageId(eventId, recipient.key, domain),
      to: { name: recipient.name, address: recipient.email },
      ...(O.isNone(replyTo) ? {} : { replyTo: replyTo.value }),
      subject: document.subject,
      text: renderText(document),
      html: renderHtml(document),
      ...(O.isNone(invitation)
        ? {}
        : { icalendar: { method: invitation.value.method, content: writeInvitation(invitation.value) } }),
    };
  };
