import type { NodemailerError } from 'nodemailer';
import type { MailFailure } from '../../../application/ports/delivery.ts';
import { connectionCause } from '../../network/connection-causes.ts';

/** Characters kept of a server's answer. */
const MAX_MESSAGE_CHARACTERS = 300;

/** RFC 4954: answers about the login, whatever the command. The mail is not to blame, the operator can mend it. */
const LOGIN_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

const ADDRESS = /[^\s<>@]+@[^\s<>@]+/g;

/** Servers quote addresses, and some even the login; neither may get into the log (I12) or onto a screen. */
const withoutSecrets = (secrets: ReadonlyArray<string>, text: string): string =>
  secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)
    .replaceAll(ADDRESS, '[address]')
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
export const smtpFailure = (server: SmtpServerName, thrown: unknown): MailFailure => {
  const error = asMailError(thrown);
  const at = `SMTP server ${server.host}:${server.port}`;
  const reply = withoutSecrets(secretsOf(server), error.response ?? error.message);
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
