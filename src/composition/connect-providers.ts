import { join } from 'node:path';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { CalendarReader } from '../adapters/calendars/caldav/reading/calendar-reader.ts';
import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { connectCalendar } from '../adapters/calendars/providers.ts';
import { makeJitsi, timeLimited } from '../adapters/conferencing/jitsi.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import { type ServerSecret, deriveKey } from '../adapters/identity/server-secret.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { Conferencing } from '../application/ports/conferencing.ts';
import type { Mailer, WebhookSender } from '../application/ports/delivery.ts';
import { reveal } from '../application/secret.ts';
import { parseMailAddress } from '../domain/mail/mail-address.ts';

type Deps = {
  readonly configuration: Configuration;
  readonly local: LocalCalendars;
  readonly clock: Clock;
  readonly allowPrivateAddresses: boolean;
};

export type ConnectedCalendars = {
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly close: () => Promise<void>;
};

/** Times without a zone mean the zone of the host whose calendar it is. */
export const zoneOf = ({ hosts }: Configuration, calendarId: string): string =>
  hosts.find(({ calendarIds }) => calendarIds.includes(calendarId))?.timeZone ?? 'UTC';

/** Every configured calendar, ready to be called; nothing is sent yet. */
export const openCalendars = async (deps: Deps): Promise<ConnectedCalendars> => {
  const { calendarTimeLimitMs } = deps.configuration.timings;
  const dispatchers = new Map<string | null, Dispatcher>();
  const dispatcher = async (ca: string | null): Promise<Dispatcher> => {
    const known = dispatchers.get(ca);
    if (known !== undefined) return known;
    const { guardedDispatcher } = await import('../adapters/network/guarded-dispatcher.ts');
    const made = guardedDispatcher({
      allowPrivateAddresses: deps.allowPrivateAddresses,
      connectTimeLimitMs: calendarTimeLimitMs,
      ...(ca === null ? {} : { ca: [ca, ...rootCertificates].join('\n') }),
    });
    dispatchers.set(ca, made);
    return made;
  };
  let openedReader: CalendarReader | null = null;
  const reader = async (): Promise<CalendarReader> => {
    const { makeCalendarReader } = await import('../adapters/calendars/caldav/reading/calendar-reader.ts');
    openedReader ??= makeCalendarReader();
    return openedReader;
  };
  const calendars = new Map<string, Calendar>();
  const { local, clock, configuration } = deps;
  const shared = { local, clock, timeLimitMs: calendarTimeLimitMs, dispatcher, reader };
  for (const settings of configuration.calendars) {
    const resources = { ...shared, hostTimeZone: zoneOf(configuration, settings.id) };
    calendars.set(settings.id, await connectCalendar(settings, resources));
  }
  return {
    calendars,
    close: async () => {
      await Promise.all([...dispatchers.values()].map((opened) => opened.destroy()));
      await openedReader?.close();
    },
  };
};

/** The configured video providers by name. Google Meet is none of them: its rooms come with the calendar event. */
export const openConferencing = (
  { conferencing, timings }: Configuration,
  secret: ServerSecret,
): ReadonlyMap<string, Conferencing> => {
  if (conferencing.jitsi === null) return new Map();
  const jitsi = makeJitsi({ baseUrl: conferencing.jitsi.baseUrl, roomKey: deriveKey(secret, 'jitsi-room') });
  return new Map([[jitsi.provider, timeLimited(jitsi, timings.conferencingTimeLimitMs)]]);
};

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

export const noWebhooks: WebhookSender = {
  send: () => TE.left({ message: 'no webhook is configured' }),
  close: async () => undefined,
};

/** The HTTP client is loaded only where a webhook is configured: a start without it is quicker. */
export const openWebhookSender = async ({
  configuration,
  allowPrivateAddresses,
}: Pick<Deps, 'configuration' | 'allowPrivateAddresses'>): Promise<WebhookSender> => {
  const { heads } = configuration.audit;
  const isNeeded = configuration.webhooks.some(({ active }) => active) || (heads?.webhook ?? null) !== null;
  if (!isNeeded) return noWebhooks;
  const { guardedDispatcher } = await import('../adapters/network/guarded-dispatcher.ts');
  const { webhookSender } = await import('../adapters/delivery/webhook/webhook-sender.ts');
  const { webhookTimeLimitMs } = configuration.timings;
  const dispatcher = guardedDispatcher({ allowPrivateAddresses, connectTimeLimitMs: webhookTimeLimitMs });
  return webhookSender({ dispatcher, timeLimitMs: webhookTimeLimitMs });
};
