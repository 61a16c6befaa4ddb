import { isIP } from 'node:net';
import type { TypeOf } from 'io-ts';
import { subscribableTriggers } from '../../application/notifications/webhook/calendar-webhook.ts';
import { REFUSAL_LIMITS } from '../../application/refusals/record-refusals.ts';
import { id } from '../../domain/bookable/host.ts';
import type { Fault } from '../../domain/decoding/codec.ts';
import { checked, from, list, mapped, nullable, object, withDefault } from '../../domain/decoding/codec.ts';
import { flag, integer, line, oneOf, operatorEmail, parsed, seconds } from '../../domain/decoding/values.ts';
import { duplicates } from '../../domain/decoding/codec.ts';
import { asciiAddress } from '../../domain/mail/mail-address.ts';
import type { Sources } from './sources.ts';
import { calledUrl, certificates, secret } from './sources.ts';

const DEFAULT_SUBMISSION_PORT = 587;
const MAX_HOSTS_NAMED = 1_000;

const hostName = parsed('a host name or an IP address', (name) =>
  isIP(name) !== 0 || (name.length <= 253 && /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name)) ? name : null,
);

/** In ASCII before the `@`: else every mail would need a server that offers SMTPUTF8, on both sides. */
const senderAddress = checked(operatorEmail, (address) =>
  asciiAddress(address) === null
    ? [{ code: 'bad_format', message: 'must be in ASCII before the @: it is the sender of every mail' }]
    : [],
);

const sender = object({ name: line(200), address: senderAddress });

/** `tls` from the first byte (port 465), `starttls` demanded, `none` for a relay on the same machine or network. */
const securities = ['tls', 'starttls', 'none'] as const;

const smtp = (sources: Sources) =>
  checked(
    object({
      host: hostName,
      port: withDefault(integer(1, 65_535), DEFAULT_SUBMISSION_PORT),
      /** PEM; null for Node's own authorities. */
      ca: from('caFile', nullable(certificates(sources))),
      security: nullable(oneOf(securities)),
      user: nullable(line(300)),
      password: nullable(secret(sources)),
    }),
    ({ user, password, security }): ReadonlyArray<Fault> => {
      if ((user === null) !== (password === null)) {
        const lacking = user === null ? 'user' : 'password';
        return [{ at: [lacking], code: 'missing', message: 'is required: user and password go together' }];
      }
      return user !== null && security === 'none'
        ? [{ at: ['security'], code: 'conflict', message: 'a password is only sent over tls or starttls' }]
        : [];
    },
  );

/** Port 465 speaks TLS from the first byte (RFC 8314, section 3.3); on the others STARTTLS is demanded. */
export const mail = (sources: Sources) =>
  mapped(object({ from: sender, smtp: nullable(smtp(sources)) }), (read) => {
    if (read.smtp === null) return { type: 'folder' as const, from: read.from };
    const { user, password, security, ...server } = read.smtp;
    return {
      type: 'smtp' as const,
      from: read.from,
      ...server,
      security: security ?? (server.port === 465 ? ('tls' as const) : ('starttls' as const)),
      login: user === null || password === null ? null : { user, password },
    };
  });
export type MailSettings = TypeOf<ReturnType<typeof mail>>;

/** Without a mail server, mails go to a folder and nobody answers them. */
export const FOLDER_MAIL: MailSettings = { type: 'folder', from: { name: 'Holdfast', address: 'holdfast@localhost' } };

export const webhook = (sources: Sources) =>
  object({
    id,
    url: calledUrl(sources),
    secret: nullable(secret(sources)),
    triggers: checked(list(oneOf(subscribableTriggers), subscribableTriggers.length, 1), (names) => duplicates(names)),
    /** Null: every host. */
    hostIds: from('hosts', nullable(list(id, MAX_HOSTS_NAMED, 1))),
    active: withDefault(flag, true),
  });

const DAY_MS = 86_400_000;

/** Heads of the log are signed so often, and sent away by themselves. */
export const heads = (sources: Sources) =>
  checked(
    object({
      everyMs: from('everyInSeconds', withDefault(seconds(60, 604_800), DAY_MS)),
      folder: nullable(line(1_000)),
      mail: nullable(operatorEmail),
      webhook: nullable(object({ url: calledUrl(sources), secret: nullable(secret(sources)) })),
    }),
    ({ folder, mail: address, webhook: called }): ReadonlyArray<Fault> =>
      folder === null && address === null && called === null
        ? [{ at: ['folder'], code: 'missing', message: 'is required, or mail, or webhook: where heads go' }]
        : [],
  );

/** Refusals of a host that are listed in an hour, and how long they are kept: at most 2 GB a host, where every hour is a storm. */
export const refusalLimits = object({
  listedPerHour: withDefault(integer(1, 600, 'refusals'), REFUSAL_LIMITS.listedPerHour),
  keptDays: withDefault(integer(1, 365, 'days'), REFUSAL_LIMITS.keptDays),
});
