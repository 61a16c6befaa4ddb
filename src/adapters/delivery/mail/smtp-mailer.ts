import * as E from 'fp-ts/lib/Either.js';
import { type SendMailOptions, createTransport } from 'nodemailer';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';
import type { MailFailure, Mailbox, Mailer } from '../../../application/ports/delivery.ts';
import { mailsInFlight, type ComposedMail, mimeMessage } from './mime-message.ts';
import { type NamedInMail, NoAnswer, smtpFailure } from './smtp-failure.ts';

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

  const deliver = async (
    named: NamedInMail,
    mail: ComposedMail,
    signal: AbortSignal,
  ): Promise<E.Either<MailFailure, void>> => {
    const limit = AbortSignal.timeout(config.timeLimitMs);
    const send = mail.needsSmtpUtf8 ? byUtf8Connection : byPool;
    try {
      await send(mail.message, AbortSignal.any([signal, limit]));
      return E.right(undefined);
    } catch (thrown) {
      if (thrown instanceof NoSmtpUtf8) return E.left({ type: 'refused', message: thrown.message });
      const late = limit.aborted && !signal.aborted;
      const fault = late ? new NoAnswer(`no answer within ${config.timeLimitMs} ms`) : thrown;
      return E.left(smtpFailure(config, named, fault));
    }
  };

  return {
    transport: 'smtp',
    send: (mail, signal) => async () => {
      const message = compose(mail);
      return E.isLeft(message) ? message : inFlight.run(() => deliver(mail, message.right, signal));
    },
    close: async () => {
      await inFlight.close();
      pool.close();
    },
  };
};
