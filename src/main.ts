import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { isBuiltIn } from './adapters/calendars/providers.ts';
import { stayAwake } from './adapters/clock/stay-awake.ts';
import { type Settings, loadConfiguration, loadSettings } from './adapters/configuration/load-configuration.ts';
import { readFile } from './adapters/configuration/sources.ts';
import { formatConfigurationErrors } from './adapters/configuration/errors.ts';
import { reveal } from './application/secret.ts';
import { mailFolder } from './composition/connect-providers.ts';
import { quickStartHints } from './composition/first-booking-hint.ts';
import { isEveryAddress } from './composition/listen.ts';
import { makeLog, logLevelOf } from './composition/log.ts';
import { DATA_FILE } from './composition/open-storage.ts';
import type { RunningServer, Substitutes } from './composition/running-server.ts';
import { startServer } from './composition/server.ts';
import { describeStartError, startExitCode } from './composition/start-error.ts';

type Print = (line: string) => void;
const print: Print = (line) => process.stdout.write(`${line}\n`);
const complain: Print = (line) => process.stderr.write(`${line}\n`);

/** The others can be found in the configuration. */
const MOST_CALENDARS_NAMED = 5;

/** What an operator is to know of a start, a line each. */
export const aboutTheStart = (
  { configuration, environment }: Settings,
  server: Pick<RunningServer, 'node' | 'newKey' | 'isSecretNew'>,
): ReadonlyArray<string> => [
  `data: ${join(environment.dataFolder, DATA_FILE)}`,
  configuration.store.type === 'embedded' ? 'log: in the data file' : `log: in EventStoreDB, as node "${server.node}"`,
  ...(configuration.mail.type === 'folder'
    ? [`mail: no SMTP server is configured, so mails go to ${mailFolder(environment.dataFolder)} as .eml files`]
    : [`mail: over SMTP by ${configuration.mail.host}`]),
  ...(configuration.guestActions === 'open'
    ? ['guestActions: open, so whoever knows the uid of a booking, as every invited guest does, can see and cancel it']
    : []),
  ...configuration.calendars
    .filter(isBuiltIn)
    .slice(0, MOST_CALENDARS_NAMED)
    .map(({ id, label }) => `calendar "${label}": "holdfast calendar link ${id}" prints where to subscribe to it`),
  ...(server.isSecretNew
    ? ['secret: not that of the last start; links in mails are void, a repeated Idempotency-Key books again']
    : []),
  ...(server.newKey !== null ? [`API key with all roles, shown this once: ${reveal(server.newKey)}`] : []),
];

/**
 * A terminal sends Ctrl-C to npm, to the launcher and to us, and both pass it on. The repeats change nothing: the stop
 * that the first one began ends by itself, in bounded time.
 */
const untilSignal = (onSignal: () => void): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        onSignal();
        resolve();
      });
    }
  });

/**
 * The server, from start to stop: what `holdfast serve` runs. Prints `listening on http://...` once it can serve; ends on
 * SIGTERM or SIGINT. Answers the exit code: 0 after a stop; 1 when it could not start; 2 for a faulty configuration, or an
 * event store that refuses what is configured.
 */
export const serve = async (env: NodeJS.ProcessEnv, substitutes: Substitutes = {}): Promise<number> => {
  // Waiting for a log elsewhere may take a while. Nothing was promised before the server listens: a signal just ends it.
  let isUp = false;
  const stopping = untilSignal(() => {
    if (!isUp) process.exit(0);
  });
  const settings = await loadSettings(env, readFile)();
  if (E.isLeft(settings)) {
    complain(formatConfigurationErrors(settings.left));
    return 2;
  }
  const log = makeLog(logLevelOf(env.HOLDFAST_LOG_LEVEL));
  const server = await startServer(settings.right, log, { reload: loadConfiguration(env, readFile), ...substitutes })();
  isUp = true;
  if (E.isLeft(server)) {
    complain(describeStartError(server.left));
    return startExitCode(server.left);
  }
  const { url, slots, stop, reload } = server.right;
  // By itself SIGHUP ends a process: a server that could not start yet may end by it.
  process.on('SIGHUP', () => void reload(null));
  for (const line of aboutTheStart(settings.right, server.right)) print(line);
  print(`listening on ${url}${isEveryAddress(settings.right.environment.host) ? ' (on all addresses)' : ''}`);
  // They read the log, which may be slow to answer: a signal does not wait for them.
  const words = quickStartHints(slots, settings.right.configuration, url);
  for (const line of await Promise.race([words, stopping.then(() => [])])) print(line);
  await stopping;
  await stayAwake(stop());
  return 0;
};
