import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { systemClock } from '../../adapters/clock/system-clock.ts';
import { type CalendarSettings, isBuiltIn } from '../../adapters/calendars/providers.ts';
import type { Configuration } from '../../adapters/configuration/configuration.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { type Settings, loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { adviceOnMail } from '../../application/calendars/advice.ts';
import { type CheckStep, checkCalendar } from '../../application/calendars/check-calendar.ts';
import { messageId } from '../../application/notifications/mail/compose-mail.ts';
import { renderHtml, renderText } from '../../application/notifications/mail/mail-document.ts';
import { testMail } from '../../application/notifications/mail/english/operator-mails.ts';
import { mailDomain, mailFolder, openCalendars, openMail } from '../../composition/connect-providers.ts';
import { parseMailAddress } from '../../domain/mail/mail-address.ts';
import { type CliContext, type ExitCode, exitCode, printable } from '../terminal.ts';

export type CheckOptions = { readonly write?: true; readonly json?: true };

type Checked = { readonly calendar: string; readonly kind: string; readonly steps: ReadonlyArray<CheckStep> };

const BUILT_IN = 'it is built in: it lies in the data file and works when the server does';

const settingsOf = async ({ env, terminal }: CliContext): Promise<Settings | null> => {
  const settings = await loadSettings(env, readFile)();
  if (E.isRight(settings)) return settings.right;
  terminal.err(formatConfigurationErrors(settings.left));
  return null;
};

/** The built-in calendars need the data file, which a running server has: they are never asked here. */
const noLocalCalendars = {
  erasePeople: async () => undefined,
  calendar: (): never => {
    throw new Error('a built-in calendar is not checked without a server');
  },
  feed: (): never => {
    throw new Error('a built-in calendar is not checked without a server');
  },
};

const ownerOf = ({ hosts }: Configuration, calendarId: string) => {
  const host = hosts.find(({ calendarIds }) => calendarIds.includes(calendarId));
  return {
    owner: { name: host?.name ?? 'Holdfast', email: host?.email ?? 'holdfast@localhost' },
    timeZone: host?.timeZone ?? 'UTC',
  };
};

/** At the same time, each with the time limits of the server; nothing of the data folder is opened. */
const checkAll = async (
  { configuration, environment }: Settings,
  meant: ReadonlyArray<CalendarSettings>,
  isWriting: boolean,
): Promise<ReadonlyArray<Checked>> => {
  const remote = meant.filter((one) => !isBuiltIn(one));
  const connected = await openCalendars({
    configuration: { ...configuration, calendars: remote },
    local: noLocalCalendars,
    clock: systemClock,
    allowPrivateAddresses: environment.allowPrivateAddresses,
  });
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  process.once('SIGINT', cancel);
  try {
    const check = checkCalendar({ clock: systemClock, signal: cancelled.signal });
    return await Promise.all(
      meant.map(async ({ id, type }): Promise<Checked> => {
        const calendar = connected.calendars.get(id);
        const write = isWriting ? { id: randomUUID().replaceAll('-', ''), ...ownerOf(configuration, id) } : null;
        const steps: ReadonlyArray<CheckStep> =
          calendar === undefined
            ? [{ tried: 'read it', outcome: 'skipped', said: BUILT_IN, tookMs: 0 }]
            : await check(calendar, write);
        return { calendar: id, kind: type, steps };
      }),
    );
  } finally {
    process.off('SIGINT', cancel);
    await connected.close();
  }
};

const linesOf = ({ terminal }: CliContext, { calendar, kind, steps }: Checked): ReadonlyArray<string> => [
  terminal.paint('bold', `${calendar} (${kind})`),
  ...steps.flatMap(({ tried, outcome, said, tookMs, why, todo }) => {
    const colour = outcome === 'ok' ? 'green' : outcome === 'failed' ? 'red' : 'dim';
    const took = outcome === 'skipped' ? '' : ` (${tookMs} ms)`;
    return [
      `  ${terminal.paint(colour, outcome.padEnd(7))} ${tried}: ${printable(said)}${took}`,
      ...(why === undefined ? [] : [`          why: ${why}`]),
      ...(todo === undefined ? [] : [`          what to do: ${todo}`]),
    ];
  }),
];

/** `calendar check [id]`: by the configuration alone, beside a running server or without one. */
export const checkCalendars = async (
  context: CliContext,
  id: string | undefined,
  options: CheckOptions,
): Promise<ExitCode> => {
  const { terminal } = context;
  const settings = await settingsOf(context);
  if (settings === null) return exitCode.failed;
  const { calendars } = settings.configuration;
  const meant = id === undefined ? calendars : calendars.filter((one) => one.id === id);
  if (id !== undefined && meant.length === 0) {
    terminal.err(printable(`holdfast: the configuration has no calendar "${id}"`));
    return exitCode.usage;
  }
  const checked = await checkAll(settings, meant, options.write === true);
  if (options.json) terminal.out(JSON.stringify(checked, null, 2));
  else if (checked.length === 0) terminal.out('no calendars are configured');
  else for (const one of checked) for (const line of linesOf(context, one)) terminal.out(line);
  const hasFailed = checked.some(({ steps }) => steps.some(({ outcome }) => outcome === 'failed'));
  return hasFailed ? exitCode.failed : exitCode.fine;
};

/** `mail test <address>`: one mail on the way that all mails take, said aloud. */
export const sendTestMail = async (
  context: CliContext,
  address: string,
  options: { readonly json?: true },
): Promise<ExitCode> => {
  const { terminal } = context;
  if (parseMailAddress(address) === null) {
    terminal.err(printable(`holdfast: "${address}" is no mail address`));
    return exitCode.usage;
  }
  const settings = await settingsOf(context);
  if (settings === null) return exitCode.failed;
  const { configuration, environment } = settings;
  const { mail } = configuration;
  const way =
    mail.type === 'folder'
      ? `no SMTP server is configured, so a file in ${mailFolder(environment.dataFolder)}`
      : `SMTP by ${mail.host}:${mail.port}, ${mail.security}, ${mail.login === null ? 'without login' : 'with login'}`;
  const mailer = await openMail(configuration, environment.dataFolder, systemClock);
  const document = testMail({ from: mail.from.address, way });
  const begun = systemClock.elapsed();
  const id = messageId(randomUUID(), 'test', mailDomain(configuration));
  const sent = await mailer.send(
    {
      messageId: id,
      to: { name: '', address },
      subject: document.subject,
      text: renderText(document),
      html: renderHtml(document),
    },
    AbortSignal.timeout(configuration.timings.mailTimeLimitMs * 2),
  )();
  await mailer.close();
  const tookMs = Math.round(systemClock.elapsed() - begun);
  const failure = E.isLeft(sent) ? { said: sent.left.message, ...adviceOnMail(sent.left) } : null;
  const report = { to: address, tried: way, outcome: failure === null ? 'ok' : 'failed', messageId: id, tookMs };
  if (options.json) terminal.out(JSON.stringify({ ...report, ...failure }, null, 2));
  else {
    terminal.out(`tried: ${way}`);
    if (failure === null)
      terminal.out(
        mail.type === 'folder'
          ? `ok: the file is written (${tookMs} ms). Nobody gets it: configure mail.smtp`
          : `ok: the server took the mail for ${printable(address)} (${tookMs} ms), Message-ID ${id}`,
      );
    else {
      terminal.out(`failed: ${printable(failure.said)}`);
      terminal.out(`why: ${failure.why}`);
      terminal.out(`what to do: ${failure.todo}`);
    }
  }
  return failure === null ? exitCode.fine : exitCode.failed;
};
