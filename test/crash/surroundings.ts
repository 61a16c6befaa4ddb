import ICAL from 'ical.js';
import { objectsIn } from '../support/caldav-fixture.ts';
import { type CalDavServer, makeCalendar } from '../support/caldav-server.ts';
import type { HoldingProxy } from '../support/holding-proxy.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import type { Arrived } from '../support/log-checks-messages.ts';
import { arrivedOf } from '../support/log-checks-messages.ts';
import type { HeldEvent } from '../support/log-checks-outside.ts';
import { startRadicale } from '../support/radicale.ts';
import { readMail } from '../support/read-mail.ts';
import type { SmtpServerOptions, TestSmtpServer } from '../support/smtp-server.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import type { Answer, WebhookReceiver } from '../support/webhook-receiver.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { hostIds, worldConfiguration } from './world-configuration.ts';

/** Everything real around servers: CalDAV behind a proxy, SMTP, a subscriber. It outlives them. */
export type Surroundings = {
  readonly calendars: HoldingProxy;
  readonly smtp: TestSmtpServer;
  readonly webhooks: WebhookReceiver;
  /** UIDs that the CalDAV server holds, by calendar id, read past the product. */
  readonly held: () => Promise<ReadonlyMap<string, ReadonlyArray<string>>>;
  /** The same, with their start and who is in them. */
  readonly heldEvents: () => Promise<ReadonlyMap<string, ReadonlyArray<HeldEvent>>>;
  readonly mails: () => Promise<ReadonlyArray<Arrived>>;
  /** The CalDAV server itself, and each host's calendar on it, for a person's own client. */
  readonly byHand: { readonly server: CalDavServer; readonly urls: ReadonlyMap<string, string> };
};

export type SurroundingsOptions = {
  readonly hosts?: number;
  /** What the hosts' ids begin with. */
  readonly hostPrefix?: string;
  readonly smtpFaults?: SmtpServerOptions['faults'];
  readonly webhookAnswers?: ReadonlyArray<Answer>;
  readonly timings?: Readonly<Record<string, number>>;
  /** By host, as the entries of their calendars have it. */
  readonly policies?: Readonly<Record<string, object>>;
  readonly limits?: Readonly<Record<string, number>>;
};

/** `config` and `env`: of a server that lives in them. */
export type MadeSurroundings = {
  readonly surroundings: Surroundings;
  readonly config: ReturnType<typeof worldConfiguration>;
  readonly env: Readonly<Record<string, string>>;
  /** Takes everything away. */
  readonly close: () => Promise<void>;
};

/** What ical.js reads of an object. */
const heldEvent = (text: string): HeldEvent => {
  const event = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent') ?? undefined);
  return {
    uid: event.uid,
    location: event.location ?? '',
    start: event.startDate.toJSDate().getTime(),
    attendees: event.attendees.map((one) => String(one.getFirstValue()).replace(/^mailto:/i, '')),
  };
};

export const makeSurroundings = async (options: SurroundingsOptions = {}): Promise<MadeSurroundings> => {
  const radicale = await startRadicale();
  const smtp = await startSmtpServer({ faults: options.smtpFaults ?? [] });
  const webhooks = await startWebhookReceiver(options.webhookAnswers ?? []);
  const proxy = await startHoldingProxy(radicale.origin);
  const urls = new Map<string, string>();
  for (const hostId of hostIds(options.hosts ?? 1, options.hostPrefix))
    urls.set(hostId, await makeCalendar(radicale, hostId));
  const config = worldConfiguration({
    hosts: [...urls].map(([id, url]) => ({ id, calendarUrl: url.replace(radicale.origin, proxy.origin) })),
    username: radicale.credentials.username,
    smtpPort: smtp.port,
    webhookUrl: webhooks.url,
    timings: options.timings ?? {},
    policies: options.policies ?? {},
    limits: options.limits ?? {},
  });
  const heldEvents = async () => {
    const entries = [...urls].map(async ([id, url]) => [id, (await objectsIn(radicale, url)).map(heldEvent)] as const);
    return new Map(await Promise.all(entries));
  };
  const surroundings: Surroundings = {
    calendars: proxy,
    smtp,
    webhooks,
    heldEvents,
    byHand: { server: radicale, urls },
    held: async () => new Map([...(await heldEvents())].map(([id, events]) => [id, events.map(({ uid }) => uid)])),
    mails: async () => Promise.all(smtp.received.map(async ({ raw }) => arrivedOf(await readMail(raw)))),
  };
  return {
    surroundings,
    config,
    env: { CALDAV_PASSWORD: radicale.credentials.password },
    close: async () => void (await Promise.all([proxy.close(), webhooks.close(), smtp.stop(), radicale.stop()])),
  };
};
