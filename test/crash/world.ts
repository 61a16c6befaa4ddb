import { join } from 'node:path';
import ICAL from 'ical.js';
import { objectsIn } from '../support/caldav-fixture.ts';
import { makeCalendar } from '../support/caldav-server.ts';
import { temporaryFolder } from '../support/data-file.ts';
import type { HoldingProxy } from '../support/holding-proxy.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import type { KillableServer, Launched, Setup } from '../support/killable-server.ts';
import { launch, startKillable } from '../support/killable-server.ts';
import type { Log } from '../support/log-checks.ts';
import { readLog } from '../support/log-checks.ts';
import type { Arrived } from '../support/log-checks-messages.ts';
import { arrivedOf } from '../support/log-checks-messages.ts';
import { startRadicale } from '../support/radicale.ts';
import { readMail } from '../support/read-mail.ts';
import type { SmtpServerOptions, TestSmtpServer } from '../support/smtp-server.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import type { Answer, WebhookReceiver } from '../support/webhook-receiver.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';
import { hostIds, worldConfiguration } from './world-configuration.ts';

/** Everything real around a server that is killed: CalDAV behind a proxy, SMTP, a subscriber. Survives the server. */
export type World = {
  readonly calendars: HoldingProxy;
  readonly smtp: TestSmtpServer;
  readonly webhooks: WebhookReceiver;
  readonly dataFolder: string;
  /** Starts the server on the same data, again and again. */
  readonly start: () => Promise<KillableServer>;
  readonly run: (args: ReadonlyArray<string>) => Promise<Launched>;
  readonly log: () => Log;
  /** UIDs that the CalDAV server holds, by calendar id, read past the product. */
  readonly held: () => Promise<ReadonlyMap<string, ReadonlyArray<string>>>;
  readonly mails: () => Promise<ReadonlyArray<Arrived>>;
  /** Kills what still runs and takes everything away. */
  readonly close: () => Promise<void>;
};

export type WorldOptions = {
  readonly hosts?: number;
  readonly smtpFaults?: SmtpServerOptions['faults'];
  readonly webhookAnswers?: ReadonlyArray<Answer>;
  readonly timings?: Readonly<Record<string, number>>;
  readonly env?: Readonly<Record<string, string>>;
};

const uidOf = (text: string): string =>
  String(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid'));

export const makeWorld = async (options: WorldOptions = {}): Promise<World> => {
  const folder = await temporaryFolder();
  const radicale = await startRadicale();
  const smtp = await startSmtpServer({ faults: options.smtpFaults ?? [] });
  const webhooks = await startWebhookReceiver(options.webhookAnswers ?? []);
  const proxy = await startHoldingProxy(radicale.origin);
  const urls = new Map<string, string>();
  for (const hostId of hostIds(options.hosts ?? 1)) urls.set(hostId, await makeCalendar(radicale, hostId));
  const config = worldConfiguration({
    hosts: [...urls].map(([id, url]) => ({ id, calendarUrl: url.replace(radicale.origin, proxy.origin) })),
    username: radicale.credentials.username,
    smtpPort: smtp.port,
    webhookUrl: webhooks.url,
    timings: options.timings ?? {},
  });
  const env = { CALDAV_PASSWORD: radicale.credentials.password, ...options.env };
  const setup: Setup = { folder: folder.path, config, env };
  const started: Launched[] = [];
  const kept = <A extends Launched>(launched: A): A => {
    started.push(launched);
    return launched;
  };
  const dataFolder = join(folder.path, 'data');
  return {
    calendars: proxy,
    smtp,
    webhooks,
    dataFolder,
    start: async () => kept(await startKillable(setup)),
    run: async (args) => kept(await launch(setup, args)),
    log: () => readLog(dataFolder),
    held: async () => {
      const entries = [...urls].map(async ([id, url]) => [id, (await objectsIn(radicale, url)).map(uidOf)] as const);
      return new Map(await Promise.all(entries));
    },
    mails: async () => Promise.all(smtp.received.map(async ({ raw }) => arrivedOf(await readMail(raw)))),
    close: async () => {
      for (const launched of started) launched.signal('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await Promise.all([proxy.close(), webhooks.close(), smtp.stop(), radicale.stop()]);
      await folder.remove();
    },
  };
};
