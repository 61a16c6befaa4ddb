import * as E from 'fp-ts/lib/Either.js';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Mailer, MailFailure } from '../../application/ports/mailer.ts';
import { inHand } from './in-hand.ts';
import { type Mailbox, mimeMessage } from './mime-message.ts';
import { smtpFailure } from './smtp-failure.ts';

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

const transportOf = (config: SmtpConfig) =>
  createTransport({
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    idleTimeout: IDLE_CONNECTION_MS,
    // Only for connections that closed before any byte of the mail was sent; everything else is retried by the log.
    maxRequeues: 1,
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
    ...(config.user === undefined ? {} : { auth: { user: config.user, pass: config.password ?? '' } }),
  });

/**
 * Sends over a pool of SMTP connections. At-least-once: when the connection breaks between the body and the server's
 * answer, the mail may arrive and is `try-later` all the same; its Message-ID tells the copies for one.
 */
export const smtpMailer = (config: SmtpConfig): Mailer => {
  const transport = transportOf(config);
  const compose = mimeMessage(config.from);
  const hand = inHand();

  const deliver = async (message: SendMailOptions, signal: AbortSignal): Promise<E.Either<MailFailure, void>> => {
    const limit = AbortSignal.timeout(config.timeLimitMs);
    try {
      await transport.sendMail({ ...message, signal: AbortSignal.any([signal, limit]) });
      return E.right(undefined);
    } catch (thrown) {
      const late = limit.aborted && !signal.aborted;
      return E.left(smtpFailure(config, late ? new Error(`no answer within ${config.timeLimitMs} ms`) : thrown));
    }
  };

  return {
    transport: 'smtp',
    send: (mail, signal) => async () => {
      const message = compose(mail);
      return E.isLeft(message) ? message : hand.run(() => deliver(message.right, signal));
    },
    close: async () => {
      await hand.close();
      transport.close();
    },
  };
};
