import * as E from 'fp-ts/lib/Either.js';
import { type NodemailerError, type SendMailOptions, createTransport } from 'nodemailer';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { MailFailure, Mailbox, Mailer } from '../../../application/ports/delivery.ts';
import { mailsInFlight, type ComposedMail, mimeMessage } from './mime-message.ts';

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

const tryLater = (message: string): MailFailure => ({ type: 'try-later', message });
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
const smtpFailure = (server: SmtpServerName, thrown: unknown): MailFailure => {
  const error = asMailError(thrown);
  const at = `SMTP server ${server.host}:${server.port}`;
  const reply = withoutSecrets(secretsOf(server), error.response ?? error.message);
  const code = error.responseCode;
  const aboutLogin = error.code === 'EAUTH' || error.code === 'ENOAUTH' || LOGIN_REPLIES.has(code ?? 0);
  if (aboutLogin) return tryLater(`${at} does not accept the login; check user and password: ${reply}`);
  if (error.code === 'ETLS') return tryLater(`${at} does not give the encryption that is configured: ${reply}`);
  if (error.permanent === true) return { type: 'refused', message: `${at} refused the mail: ${reply}` };
  if (code !== undefined) return tryLater(`${at} put the mail off: ${reply}`);
  return tryLater(`${at}: ${reply} (${error.originalCode ?? error.code ?? error.name})`);
};

class NoSmtpUtf8 extends Error {
  constructor() {
    super(
      "the recipient's address is not in ASCII before the @, and the mail server does not offer SMTPUTF8 (RFC 6531)",
    );
  }
}

type Login = { readonly user: string; readonly pass: string };

/** A line of an answer to EHLO (RFC 5321 section 4.1.1.1). */
const OFFERED = /^250[ -]SMTPUTF8\b/im;

const answered = (run: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())));

/**
 * Sends one mail whose recipient's address is not ASCII, on a connection of its own. nodemailer's transports would hand such
 * an address to a server that never said it understands it, which may make another one of it: so the server is asked
 * first, on the connection that is used. Rejects with `NoSmtpUtf8` before anything was sent, else as nodemailer does.
 */
const sendWithSmtpUtf8 =
  (options: SMTPConnectionOptions, login: Login | undefined) =>
  async (message: SendMailOptions, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const [{ default: SMTPConnection }, { default: MailComposer }] = await Promise.all([
      import('nodemailer/lib/smtp-connection'),
      import('nodemailer/lib/mail-composer'),
    ]);
    const mail = new MailComposer(message).compile();
    const connection = new SMTPConnection(options);
    const broken = Promise.withResolvers<never>();
    const cut = (): void => broken.reject(signal.reason);
    connection.on('error', broken.reject);
    connection.once('end', () => broken.reject(new Error('the mail server closed the connection')));
    signal.addEventListener('abort', cut, { once: true });
    const conversation = async (): Promise<void> => {
      await answered((done) => connection.connect(done));
      if (!OFFERED.test(String(connection.lastServerResponse))) throw new NoSmtpUtf8();
      if (login !== undefined && connection.allowsAuth) await answered((done) => connection.login(login, done));
      await answered((done) => connection.send(mail.getEnvelope(), mail.createReadStream(), done));
    };
    try {
      await Promise.race([conversation(), broken.promise]);
      connection.quit();
    } finally {
      signal.removeEventListener('abort', cut);
      connection.close();
    }
  };

/** Connections to the mail server at once; more mails wait for one of them. */
const MAX_CONNECTIONS = 4;
/** Milliseconds after which a connection without work is closed; RFC 5321 section 4.5.3.2.7 lets servers wait 5 minutes. */
const IDLE_CONNECTION_MS = 60_000;

/**
 * `security`: `tls` speaks TLS from the first byte (port 465), `starttls` insists on the upgrade (587), `none` is for a
 * relay on the same machine. Certificates are always checked; `ca` (PEM) is the one authority to trust instead of the
 * public ones. `timeLimitMs` bounds one `send` as a whole, waiting for a connection included.
 */
export type SmtpConfig = {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly ca?: string;
  readonly user?: string;
  readonly password?: string;
  readonly from: Mailbox;
  readonly timeLimitMs: number;
};

const connectionOf = (config: SmtpConfig) => ({
  host: config.host,
  port: config.port,
  secure: config.security === 'tls',
  requireTLS: config.security === 'starttls',
  ignoreTLS: config.security === 'none',
  connectionTimeout: config.timeLimitMs,
  greetingTimeout: config.timeLimitMs,
  socketTimeout: config.timeLimitMs,
  dnsTimeout: config.timeLimitMs,
  ...(config.ca === undefined ? {} : { tls: { ca: config.ca } }),
});

const loginOf = (config: SmtpConfig) =>
  config.user === undefined ? undefined : { user: config.user, pass: config.password ?? '' };

const poolOf = (config: SmtpConfig) => {
  const auth = loginOf(config);
  return createTransport({
    ...connectionOf(config),
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    idleTimeout: IDLE_CONNECTION_MS,
    // Only for connections that closed before any byte of the mail was sent; everything else is retried by the log.
    maxRequeues: 1,
    ...(auth === undefined ? {} : { auth }),
  });
};

type SendOne = (message: SendMailOptions, signal: AbortSignal) => Promise<void>;

/**
 * Sends over a pool of SMTP connections. At-least-once: when the connection breaks between the body and the server's
 * answer, the mail may arrive and is `try-later` all the same; its Message-ID tells the copies for one.
 */
export const smtpMailer = (config: SmtpConfig): Mailer => {
  const pool = poolOf(config);
  const compose = mimeMessage(config.from);
  const inFlight = mailsInFlight();

  const byPool: SendOne = async (message, signal) => {
    await pool.sendMail({ ...message, signal });
  };
  const byUtf8Connection = sendWithSmtpUtf8(connectionOf(config), loginOf(config));

  const deliver = async (mail: ComposedMail, signal: AbortSignal): Promise<E.Either<MailFailure, void>> => {
    const limit = AbortSignal.timeout(config.timeLimitMs);
    const send = mail.needsSmtpUtf8 ? byUtf8Connection : byPool;
    try {
      await send(mail.message, AbortSignal.any([signal, limit]));
      return E.right(undefined);
    } catch (thrown) {
      if (thrown instanceof NoSmtpUtf8) return E.left({ type: 'refused', message: thrown.message });
      const late = limit.aborted && !signal.aborted;
      return E.left(smtpFailure(config, late ? new Error(`no answer within ${config.timeLimitMs} ms`) : thrown));
    }
  };

  return {
    transport: 'smtp',
    send: (mail, signal) => async () => {
      const message = compose(mail);
      return E.isLeft(message) ? message : inFlight.run(() => deliver(message.right, signal));
    },
    close: async () => {
      await inFlight.close();
      pool.close();
    },
  };
};
