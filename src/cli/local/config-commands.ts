import * as E from 'fp-ts/lib/Either.js';
import { describeConfiguration } from '../../adapters/configuration/describe-configuration.ts';
import { loadSettings } from '../../adapters/configuration/load-configuration.ts';
import { readFile } from '../../adapters/configuration/sources.ts';
import { formatConfigurationErrors } from '../../application/configuration-error.ts';
import type { CliContext, ExitCode } from '../cli-context.ts';
import { exitCode } from '../cli-context.ts';

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
