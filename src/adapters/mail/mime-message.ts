import * as E from 'fp-ts/lib/Either.js';
import type { SendMailOptions } from 'nodemailer';
import type { Mail, MailFailure } from '../../application/ports/mailer.ts';
import { headerText } from './header-text.ts';

export type Mailbox = { readonly name: string; readonly address: string };

/** RFC 5321 section 4.5.3.1.3: a path has at most 256 octets, angle brackets included. */
const MAX_ADDRESS_OCTETS = 254;
/** RFC 5322 section 2.1.1: a line has at most 998 characters; a Message-ID cannot be folded. */
const MAX_MESSAGE_ID_LENGTH = 900;

/** One mailbox and nothing else: no space, control character, comma, quote or bracket that could begin a second one. */
const MAILBOX = /^[^\s@<>()[\]\\,;:"\p{C}]+@[^\s@<>()[\]\\,;:"\p{C}]+$/u;
/** RFC 5322 section 3.6.4, without quoted strings. */
const MESSAGE_ID = /^<[^\s@<>()\p{C}]+@[^\s@<>()\p{C}]+>$/u;

const isMailbox = (address: string): boolean =>
  MAILBOX.test(address) && Buffer.byteLength(address) <= MAX_ADDRESS_OCTETS;

const refused = (message: string): MailFailure => ({ type: 'refused', message });

const mailbox = ({ name, address }: Mailbox): Mailbox => ({ name: headerText(name), address });

/**
 * A mail as nodemailer composes it: text and HTML, and the invitation twice as mail programs expect it (RFC 6047
 * section 2.4): as `text/calendar; method=...` beside the text, and as the attachment `invite.ics`. The envelope names
 * the one recipient, whatever the headers say. Addresses and Message-IDs that are not exactly one are `refused`.
 */
export const mimeMessage =
  (from: Mailbox) =>
  (mail: Mail): E.Either<MailFailure, SendMailOptions> => {
    if (!isMailbox(mail.to.address)) return E.left(refused('the recipient is not one mail address'));
    if (mail.replyTo !== undefined && !isMailbox(mail.replyTo.address))
      return E.left(refused('the Reply-To is not one mail address'));
    if (!MESSAGE_ID.test(mail.messageId) || mail.messageId.length > MAX_MESSAGE_ID_LENGTH)
      return E.left(refused('the Message-ID is not a valid one'));
    return E.right({
      envelope: { from: from.address, to: mail.to.address },
      from: mailbox(from),
      to: mailbox(mail.to),
      ...(mail.replyTo === undefined ? {} : { replyTo: mailbox(mail.replyTo) }),
      subject: headerText(mail.subject),
      messageId: mail.messageId,
      text: mail.text,
      html: mail.html,
      ...(mail.icalendar === undefined
        ? {}
        : { icalEvent: { ...mail.icalendar, filename: 'invite.ics', encoding: 'utf8' } }),
      // RFC 3834 section 5: nobody's holiday answer is wanted; the second header is Exchange's way to say it.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' },
      xMailer: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
