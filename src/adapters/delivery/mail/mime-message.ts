import * as E from 'fp-ts/lib/Either.js';
import type { SendMailOptions } from 'nodemailer';
import type { Mail, Mailbox, MailFailure } from '../../../application/ports/delivery.ts';
import { visibleName } from '../../../domain/visible-text.ts';
import { addressText, asciiAddress, parseMailAddress } from '../../../domain/mail/mail-address.ts';

/** Characters kept of a name or subject; the rest is cut with an ellipsis. */
export const MAX_HEADER_CHARACTERS = 200;

/**
 * Text from a stranger as one line of a header: control characters and line breaks become spaces (no second header can
 * begin), `=?` is broken up (mail programs decode encoded words of RFC 2047 even inside quotes), characters that turn the reading direction or are invisible are dropped (a name cannot pose as another one).
 */
export const headerText = (text: string): string => {
  const line = visibleName(text)
    .replaceAll('=?', '= ?')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const characters = Array.from(line);
  return characters.length <= MAX_HEADER_CHARACTERS
    ? line
    : `${characters.slice(0, MAX_HEADER_CHARACTERS - 1).join('')}…`;
};

/** `needsSmtpUtf8`: the recipient's address is not ASCII, so only a server that offers SMTPUTF8 can take the mail. */
export type ComposedMail = { readonly message: SendMailOptions; readonly needsSmtpUtf8: boolean };

/** RFC 5322 section 2.1.1: a line has at most 998 characters; a Message-ID cannot be folded. */
const MAX_MESSAGE_ID_LENGTH = 900;

/** RFC 5322 section 3.6.4, without quoted strings. */
const MESSAGE_ID = /^<[^\s@<>()\p{C}]+@[^\s@<>()\p{C}]+>$/u;

const refused = (message: string): MailFailure => ({ type: 'refused', message });

const mailbox = (name: string, address: string): Mailbox => ({ name: headerText(name), address });

/**
 * A mail as nodemailer composes it: text and HTML, and the invitation twice as mail programs expect it (RFC 6047
 * section 2.4): as `text/calendar; method=...` beside the text, and as the attachment `invite.ics`. The envelope names
 * the one recipient, whatever the headers say, with the domain in ASCII. `refused`: a recipient or a Reply-To that is not
 * exactly one address, a Reply-To that is not ASCII, a Message-ID that is none.
 */
export const mimeMessage =
  (from: Mailbox) =>
  (mail: Mail): E.Either<MailFailure, ComposedMail> => {
    const to = parseMailAddress(mail.to.address);
    if (to === null) return E.left(refused("the recipient's address is none that mail can be sent to"));
    const replyTo = mail.replyTo === undefined ? null : asciiAddress(mail.replyTo.address);
    if (mail.replyTo !== undefined && replyTo === null)
      return E.left(refused('the Reply-To is not one address in ASCII'));
    if (!MESSAGE_ID.test(mail.messageId) || mail.messageId.length > MAX_MESSAGE_ID_LENGTH)
      return E.left(refused('the Message-ID is not a valid one'));
    const [sender, recipient] = [asciiAddress(from.address) ?? from.address, addressText(to)];
    const message: SendMailOptions = {
      // As objects: nodemailer would read a text for a list of names and addresses.
      envelope: { from: mailbox('', sender), to: [mailbox('', recipient)] },
      from: mailbox(from.name, sender),
      to: mailbox(mail.to.name, recipient),
      ...(mail.replyTo === undefined || replyTo === null ? {} : { replyTo: mailbox(mail.replyTo.name, replyTo) }),
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
    };
    return E.right({ message, needsSmtpUtf8: to.needsSmtpUtf8 });
  };

type Sending = Promise<E.Either<MailFailure, void>>;

type MailsInFlight = {
  /** Starts the work, or answers `try-later` when closed. */
  readonly run: (work: () => Sending) => Sending;
  /** Takes no new work and waits for what is in flight. */
  readonly close: () => Promise<void>;
};

/** The mails that a mailer is sending just now, so that closing it cuts none of them short. */
export const mailsInFlight = (): MailsInFlight => {
  const running = new Set<Sending>();
  let closed = false;
  return {
    run: (work) => {
      if (closed) return Promise.resolve(E.left({ type: 'try-later', message: 'the mailer is closed' }));
      const sending = work();
      running.add(sending);
      return sending.finally(() => running.delete(sending));
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
    },
  };
};
