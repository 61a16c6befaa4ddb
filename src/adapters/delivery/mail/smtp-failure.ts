import type { NodemailerError } from 'nodemailer';
import type { Mail, MailFailure } from '../../../application/ports/delivery.ts';
import { connectionCause } from '../../network/connection-causes.ts';

/** Characters kept of a server's answer. */
const MAX_MESSAGE_CHARACTERS = 300;

/** RFC 4954: answers about the login, whatever the command. The mail is not to blame, the operator can mend it. */
const LOGIN_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

const ADDRESS = /[^\s<>@]+@[^\s<>@]+/g;

/** Whom a mail names: who gets it, and who answers go to. */
export type NamedInMail = Pick<Mail, 'to' | 'subject'> & Partial<Pick<Mail, 'replyTo'>>;

/** Shorter words than this are parts of many others, and tell nobody. */
const MIN_WORD_CHARACTERS = 3;

/** What tells who it is without being an address: what stands before the @, and each word of a name. */
const wordsOf = ({ to, replyTo }: NamedInMail): ReadonlyArray<string> =>
  [to, ...(replyTo === undefined ? [] : [replyTo])]
    .flatMap(({ name, address }) => [address.slice(0, address.lastIndexOf('@')), ...name.split(/\s+/)])
    .filter((word) => word.length >= MIN_WORD_CHARACTERS);

const withoutWord = (text: string, word: string): string =>
  text.replaceAll(new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, 'giu'), '[name]');

/** Servers quote addresses, mailboxes and names, and some even the login; none may get into the log (I12) or onto a screen. */
const withoutSecrets = (secrets: ReadonlyArray<string>, named: NamedInMail, text: string): string =>
  wordsOf(named)
    .reduce(
      withoutWord,
      [...secrets, named.subject]
        .filter((secret) => secret !== '')
        .reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)
        .replaceAll(ADDRESS, '[address]'),
    )
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_MESSAGE_CHARACTERS);

const tryLater = (message: string, cause?: MailFailure['cause'] | null): MailFailure => ({
  type: 'try-later',
  message,
  ...(cause ? { cause } : {}),
});
const asMailError = (error: unknown): NodemailerError => (error instanceof Error ? error : new Error(String(error)));

export type SmtpServerName = {
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
};

const secretsOf = ({ user, password }: SmtpServerName): ReadonlyArray<string> =>
  [password, user]
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);

/**
 * What an error of nodemailer means for the mail. `refused`: the server said 5xx (RFC 5321 section 4.2.1, but 503 is about
 * the session). `try-later`: 4xx, logins, TLS, connections, time limits. A connection that broke after the body was sent
 * is `try-later` too: the server may have the mail, and gets it again under the same Message-ID.
 */
export const smtpFailure = (server: SmtpServerName, named: NamedInMail, thrown: unknown): MailFailure => {
  const error = asMailError(thrown);
  const at = `SMTP server ${server.host}:${server.port}`;
  const reply = withoutSecrets(secretsOf(server), named, error.response ?? error.message);
  const code = error.responseCode;
  const aboutLogin = error.code === 'EAUTH' || error.code === 'ENOAUTH' || LOGIN_REPLIES.has(code ?? 0);
  if (aboutLogin) return tryLater(`${at} does not accept the login; check user and password: ${reply}`, 'login');
  if (error.code === 'ETLS') return tryLater(`${at} does not give the encryption that is configured: ${reply}`, 'tls');
  if (error.permanent === true) return { type: 'refused', message: `${at} refused the mail: ${reply}` };
  if (code !== undefined) return tryLater(`${at} put the mail off: ${reply}`);
  const why = error.originalCode ?? error.code ?? error.name;
  return tryLater(`${at}: ${reply} (${why})`, error instanceof NoAnswer ? 'timeout' : connectionCause(why));
};

/** The time limit of one send. */
export class NoAnswer extends Error {}
