import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { describeConfiguration } from '../../adapters/configuration/load-configuration.ts';
import { loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { describeRebuildError, rebuildReadModel } from '../../adapters/read-model/rebuild.ts';
import { formatConfigurationErrors } from '../../adapters/configuration/errors.ts';
import { lockFile } from '../../adapters/sqlite/file-lock.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';
import { dataFolder, withLog } from './installation-commands.ts';

type Options = { readonly json?: true };

/** The environment and the file that it names, as `serve` would read them. Every error in one go, each with its path. */
export const checkConfiguration = async ({ terminal, env }: CliContext, options: Options): Promise<ExitCode> => {
  const settings = await loadSettings(env, readFile)();
  if (E.isRight(settings)) {
    const { hosts, calendars, webhooks } = settings.right.configuration;
    const found = { hosts: hosts.length, calendars: calendars.length, webhooks: webhooks.length };
    terminal.out(
      options.json
        ? JSON.stringify({ valid: true, ...found })
        : `${env.HOLDFAST_CONFIG || 'the demo configuration'} is valid: ${found.hosts} hosts, ${found.calendars} calendars, ${found.webhooks} webhooks`,
    );
    return exitCode.fine;
  }
  if (options.json) terminal.out(JSON.stringify({ valid: false, errors: settings.left }, null, 2));
  else terminal.err(formatConfigurationErrors(settings.left));
  return exitCode.failed;
};

/** The configuration with all defaults filled in, as JSON. Secrets stand as `[secret]`. */
export const showConfiguration = async ({ terminal, env }: CliContext): Promise<ExitCode> => {
  const settings = await loadSettings(env, readFile)();
  if (E.isLeft(settings)) {
    terminal.err(formatConfigurationErrors(settings.left));
    return exitCode.failed;
  }
  terminal.out(JSON.stringify(describeConfiguration(settings.right.configuration), null, 2));
  return exitCode.fine;
};

/** A new read model from the log; the one in use stays until the new one is whole. Ctrl-C leaves the old one. */
const rebuild = async ({ env, terminal }: CliContext) => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const { folder } = data.right;
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  process.once('SIGINT', cancel).once('SIGTERM', cancel);
  const progress = await startProgress(terminal, 'rebuilding');
  const rebuilt = await withLog(
    env,
    async (log) =>
      pipe(
        await rebuildReadModel({
          log,
          folder,
          lock: lockFile,
          signal: cancelled.signal,
          onProgress: ({ done, total }) => progress.at(done, total),
        })(),
        E.mapLeft(describeRebuildError),
      ),
    terminal.err,
  );
  progress.end();
  process.off('SIGINT', cancel).off('SIGTERM', cancel);
  return rebuilt;
};

export const rebuildProjections = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const rebuilt = await rebuild(context);
  if (E.isLeft(rebuilt)) {
    context.terminal.err(`holdfast: ${rebuilt.left}`);
    return exitCode.failed;
  }
  const { events, position } = rebuilt.right;
  context.terminal.out(
    options.json
      ? JSON.stringify(rebuilt.right)
      : `the read model is rebuilt from ${events} events, up to position ${position}; nothing was sent to anybody`,
  );
  return exitCode.fine;
};
