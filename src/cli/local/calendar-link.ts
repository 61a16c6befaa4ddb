import * as E from 'fp-ts/lib/Either.js';
import { isBuiltIn, type CalendarSettings } from '../../adapters/calendars/providers.ts';
import type { Configuration } from '../../adapters/configuration/configuration.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { type Settings, givenSecret, loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { type ServerSecret, secretInFile, serverSecretOf } from '../../adapters/identity/server-secret.ts';
import { openDataFileReadOnly } from '../../adapters/sqlite/data-file.ts';
import { describeDataFileError } from '../../adapters/sqlite/inspect-file.ts';
import { feedPathOf } from '../../composition/mail-links-and-feeds.ts';
import { reasonOf } from '../../domain/unknown.ts';
import { defaultUrl } from '../api/client.ts';
import { type CliContext, type ExitCode, exitCode, printable } from '../terminal.ts';
import { dataFolder } from './installation-commands.ts';

export type LinkOptions = { readonly url?: string; readonly json?: true };

/** The built-in calendars that are meant, at least one. Left says why there is none. */
const meant = ({ calendars, hosts }: Configuration, id: string): E.Either<string, ReadonlyArray<CalendarSettings>> => {
  const host = hosts.find((one) => one.id === id);
  const found = calendars.filter((one) => one.id === id || host?.calendarIds.includes(one.id) === true);
  if (host === undefined && found.length === 0) return E.left(`the configuration has no host or calendar "${id}"`);
  const builtIn = found.filter(isBuiltIn);
  return builtIn.length === 0
    ? E.left(`"${id}" has no built-in calendar, and others are subscribed to where they are kept`)
    : E.right(builtIn);
};

const secretOfInstallation = (env: NodeJS.ProcessEnv, settings: Settings): E.Either<string, ServerSecret> => {
  const given = givenSecret(settings);
  if (given !== null) return E.right(serverSecretOf(given));
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const { file: path } = data.right;
  const file = openDataFileReadOnly(path);
  if (E.isLeft(file)) return E.left(describeDataFileError(file.left));
  try {
    const found = secretInFile(file.right);
    if (E.isLeft(found)) return E.left(`${path} cannot be read: ${reasonOf(found.left)}`);
    return found.right === null ? E.left(`${path} has no secret yet: start the server once`) : E.right(found.right);
  } finally {
    file.right.close();
  }
};

/** Prints the addresses of feeds, which are secrets: on standard output, where only who asked can see them. */
export const printCalendarLinks = async (
  { env, terminal }: CliContext,
  id: string,
  options: LinkOptions,
): Promise<ExitCode> => {
  const failed = (reason: string): ExitCode => {
    terminal.err(`holdfast: ${reason}`);
    return exitCode.failed;
  };
  const settings = await loadSettings(env, readFile)();
  if (E.isLeft(settings)) return failed(formatConfigurationErrors(settings.left));
  const { configuration } = settings.right;
  const calendars = meant(configuration, id);
  if (E.isLeft(calendars)) return failed(printable(calendars.left));
  const secret = secretOfInstallation(env, settings.right);
  if (E.isLeft(secret)) return failed(secret.left);
  const origin = (options.url ?? configuration.publicUrl ?? defaultUrl(env)).replace(/\/$/, '');
  const pathOf = feedPathOf(secret.right);
  const links = calendars.right.map((calendar) => ({
    calendar: calendar.id,
    label: calendar.label,
    url: `${origin}${pathOf(calendar.id)}`,
  }));
  if (options.json) terminal.out(JSON.stringify(links, null, 2));
  else for (const { url } of links) terminal.out(url);
  return exitCode.fine;
};
