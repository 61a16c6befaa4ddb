import { isIP } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { MailSettings, SmtpSecurity, WebhookSettings } from '../../application/configuration.ts';
import type { Mailbox } from '../../application/ports/delivery.ts';
import type { Secret } from '../../application/secret.ts';
import { type WebhookTrigger, webhookTriggers } from '../../application/notifications/plan.ts';
import { asciiAddress } from '../../domain/mail/mail-address.ts';
import {
  type Decoder,
  type Errors,
  all,
  checked,
  duplicates,
  fail,
  mapped,
  nullable,
  object,
  placed,
  shown,
} from './decoder.ts';
import { email, id } from './host-decoders.ts';
import { certificates, secret } from './secret-decoders.ts';
import type { Sources } from './sources.ts';
import { calledUrl, flag, integer, list, oneOf, text } from './value-decoders.ts';

/** Without a mail server, mails go to a folder and nobody answers them. */
export const FOLDER_MAIL: MailSettings = { type: 'folder', from: { name: 'Holdfast', address: 'holdfast@localhost' } };

const DEFAULT_SUBMISSION_PORT = 587;

const hostName: Decoder<string> = (value, path) =>
  E.chain((written: string) =>
    isIP(written) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(written)
      ? E.right(written)
      : fail(path, 'bad_format', `${shown(written)} is not a host name or an IP address`),
  )(text(253)(value, path));

/** In ASCII before the `@`: else every mail would need a server that offers SMTPUTF8, on both sides. */
const senderAddress: Decoder<string> = (value, path) =>
  E.chain((written: string) =>
    asciiAddress(written) === null
      ? fail(path, 'bad_format', `${shown(written)} must be in ASCII before the @: it is the sender of every mail`)
      : E.right(written),
  )(email(value, path));

const from: Decoder<Mailbox> = object((keys) =>
  all({ name: keys.required('name', text(200)), address: keys.required('address', senderAddress) }),
);

type Smtp = {
  readonly host: string;
  readonly port: number;
  readonly ca: string | null;
  readonly security: SmtpSecurity | null;
  readonly user: string | null;
  readonly password: Secret | null;
};

const loginIsWhole = ({ user, password, security }: Smtp, path: string): Errors => {
  if ((user === null) !== (password === null)) {
    const lacking = user === null ? 'user' : 'password';
    return [{ path: `${path}.${lacking}`, code: 'missing', message: 'user and password go together' }];
  }
  return user !== null && security === 'none'
    ? [{ path: `${path}.security`, code: 'conflict', message: 'a password is only sent over tls or starttls' }]
    : [];
};

const smtp = (sources: Sources): Decoder<Smtp> =>
  checked(
    object((keys) =>
      all({
        host: keys.required('host', hostName),
        port: keys.optional('port', integer(1, 65_535), DEFAULT_SUBMISSION_PORT),
        ca: keys.optional('caFile', nullable(certificates(sources)), null),
        security: keys.optional('security', nullable(oneOf<SmtpSecurity>(['tls', 'starttls', 'none'])), null),
        user: keys.optional('user', nullable(text(300)), null),
        password: keys.optional('password', nullable(secret(sources)), null),
      }),
    ),
    loginIsWhole,
  );

/** Port 465 speaks TLS from the first byte (RFC 8314, section 3.3); on the others STARTTLS is demanded. */
const settingsOf = (sender: Mailbox, { user, password, security, ...server }: Smtp): MailSettings => ({
  type: 'smtp',
  from: sender,
  ...server,
  security: security ?? (server.port === 465 ? 'tls' : 'starttls'),
  login: user === null || password === null ? null : { user, password },
});

export const mail = (sources: Sources): Decoder<MailSettings> =>
  mapped(
    object((keys) =>
      all({
        from: keys.required('from', from),
        smtp: keys.optional('smtp', nullable(smtp(sources)), null),
      }),
    ),
    (read): MailSettings =>
      read.smtp === null ? { type: 'folder', from: read.from } : settingsOf(read.from, read.smtp),
  );

const MAX_HOSTS_NAMED = 1000;

const triggers: Decoder<ReadonlyArray<WebhookTrigger>> = checked(
  list(oneOf(webhookTriggers), webhookTriggers.length, 1),
  (names, path) => duplicates(placed(names, path)),
);

export const webhook = (sources: Sources): Decoder<WebhookSettings> =>
  object((keys) =>
    all({
      id: keys.required('id', id),
      url: keys.required('url', calledUrl(sources)),
      secret: keys.optional('secret', nullable(secret(sources)), null),
      triggers: keys.required('triggers', triggers),
      hostIds: keys.optional('hosts', nullable(list(id, MAX_HOSTS_NAMED, 1)), null),
      active: keys.optional('active', flag, true),
    }),
  );
