import type { SendMailOptions } from 'nodemailer';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

export class NoSmtpUtf8 extends Error {
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
export const sendWithSmtpUtf8 =
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
