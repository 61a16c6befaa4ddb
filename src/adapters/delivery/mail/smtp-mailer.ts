import * as E from 'fp-ts/lib/Either.js';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Mailbox, Mailer, MailFailure } from '../../../application/ports/delivery.ts';
import { mailsInFlight } from './mails-in-flight.ts';
import { type ComposedMail, mimeMessage } from './mime-message.ts';
import { smtpFailure } from './smtp-failure.ts';
import { NoSmtpUtf8, sendWithSmtpUtf8 } from './smtp-utf8.ts';

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
