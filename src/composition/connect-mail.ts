import { join } from 'node:path';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { Mailer } from '../application/ports/delivery.ts';
import { reveal } from '../application/secret.ts';
import { parseMailAddress } from '../domain/mail/mail-address.ts';

/** Where mails go without SMTP: one `.eml` file each. */
export const mailFolder = (dataFolder: string): string => join(dataFolder, 'mail');

/** SMTP where it is configured, else a folder; the start-up says which. */
export const openMail = async ({ mail, timings }: Configuration, dataFolder: string, clock: Clock): Promise<Mailer> => {
  if (mail.type === 'folder') {
    const { folderMailer } = await import('../adapters/delivery/mail/folder-mailer.ts');
    return folderMailer({ now: clock.now })({ folder: mailFolder(dataFolder), from: mail.from });
  }
  const { smtpMailer } = await import('../adapters/delivery/mail/smtp-mailer.ts');
  const { host, port, security, from, ca, login } = mail;
  return smtpMailer({
    host,
    port,
    security,
    from,
    timeLimitMs: timings.mailTimeLimitMs,
    ...(ca === null ? {} : { ca }),
    ...(login === null ? {} : { user: login.user, password: reveal(login.password) }),
  });
};

/** The right side of our Message-IDs: the sender's domain. */
export const mailDomain = ({ mail }: Configuration): string =>
  parseMailAddress(mail.from.address)?.domain ?? 'localhost';
