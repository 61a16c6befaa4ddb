import { type Command, InvalidArgumentError } from 'commander';
import { type ApiKeyRole, apiKeyRoles } from '../../application/ports/keys-and-tokens.ts';
import type { CreateOptions } from '../local/key-commands.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';
import { type ServerOptions, withServerOptions } from '../api/client.ts';
import { addAudit } from './audit.ts';
import { examples, JSON_OPTION, type JsonOption } from './examples.ts';
import { addBackup } from './installation.ts';

/** `serve` answers 0, 1 or 2 in the meaning of `exitCode`. */
const exitCodeOf = (code: number): ExitCode => {
  if (code === exitCode.fine || code === exitCode.usage) return code;
  return exitCode.failed;
};

/** The demo stands beside the command line, and is handed in by the launcher. */
export type LoadDemo = () => Promise<(context: CliContext, options: { readonly keep?: true }) => Promise<ExitCode>>;

/** `serve`, `demo`, `projections rebuild`. */
export const addServing = (program: Command, context: CliContext, loadDemo: LoadDemo): void => {
  program
    .command('serve')
    .description('run the server until SIGTERM or Ctrl-C')
    .addHelpText(
      'after',
      `\nEnvironment: PORT, HOST, HOLDFAST_DATA, HOLDFAST_CONFIG, HOLDFAST_API_KEY,\nHOLDFAST_ALLOW_PRIVATE_ADDRESSES, HOLDFAST_LOG_LEVEL\n${examples('holdfast serve', 'PORT=8080 HOLDFAST_CONFIG=holdfast.yaml holdfast serve')}`,
    )
    .action(async () => {
      const { serve } = await import('../../main.ts');
      context.end(exitCodeOf(await serve(context.env)));
    });
  program
    .command('demo')
    .description('play the phantom-booking story, with a server and a data folder of its own')
    .option('--keep', 'leave the data folder, to look at it')
    .addHelpText('after', examples('holdfast demo', 'holdfast demo --keep'))
    .action(async (options: { readonly keep?: true }) => {
      const runDemo = await loadDemo();
      context.end(await runDemo(context, options));
    });
  program
    .command('projections')
    .helpCommand(false)
    .description('the read model, which can always be made again from the log')
    .addHelpText('after', examples('holdfast projections rebuild'))
    .command('rebuild')
    .description('build the read model anew from the log; also beside a running server')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('holdfast projections rebuild', 'HOLDFAST_DATA=/srv/holdfast holdfast projections rebuild'),
    )
    .action(async (options: { readonly json?: true }) => {
      const { rebuildProjections } = await import('../local/config-and-rebuild.ts');
      context.end(await rebuildProjections(context, options));
    });
};

const keys = () => import('../local/key-commands.ts');
const config = () => import('../local/config-and-rebuild.ts');

const addConfig = (program: Command, context: CliContext): void => {
  const group = program
    .command('config')
    .helpCommand(false)
    .description('look at the configuration without starting')
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml holdfast config check'));
  group
    .command('check')
    .description('check environment and configuration file: all errors at once, each with its path')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml holdfast config check'))
    .action(async (options: JsonOption) => context.end(await (await config()).checkConfiguration(context, options)));
  withServerOptions(
    group.command('reload').description('let the running server take the file as it is now, without a restart'),
  )
    .addHelpText('after', examples('holdfast config reload', 'holdfast config reload --json'))
    .action(async (options: ServerOptions) => {
      const { reloadConfiguration } = await import('../api/operating-commands.ts');
      context.end(await reloadConfiguration(context, options));
    });
  group
    .command('show')
    .description('print the configuration as it counts, defaults included and secrets left out, as JSON')
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml holdfast config show'))
    .action(async () => context.end(await (await config()).showConfiguration(context)));
};

const isRole = (text: string): text is ApiKeyRole => apiKeyRoles.some((role) => role === text);
const roles = (text: string): ReadonlyArray<ApiKeyRole> => {
  const wanted = text.split(',').map((role) => role.trim());
  const known = wanted.filter(isRole);
  if (known.length < wanted.length) throw new InvalidArgumentError(`Roles are ${apiKeyRoles.join(', ')}.`);
  return known;
};

const addKey = (program: Command, context: CliContext): void => {
  const group = program
    .command('key')
    .helpCommand(false)
    .description(
      'make, list and revoke API keys; a running server that has the data file is asked, with HOLDFAST_API_KEY',
    )
    .addHelpText('after', examples('holdfast key create "front desk" --role read,book'));
  withServerOptions(group.command('create').description('make a key and print it, this once'))
    .argument('<name>', 'what it is for')
    .option('--role <roles>', `what it may do: ${apiKeyRoles.join(', ')}; several with commas`, roles, apiKeyRoles)
    .option('--host <id>', 'good for this host only')
    .addHelpText('after', examples('holdfast key create console', 'holdfast key create odd --role host --host odd'))
    .action(async (name: string, options: CreateOptions) =>
      context.end(await (await keys()).createKey(context, name, options)),
    );
  withServerOptions(group.command('list').description('list all keys, revoked ones too, without the keys themselves'))
    .addHelpText('after', examples('holdfast key list'))
    .action(async (options: ServerOptions) => context.end(await (await keys()).listKeys(context, options)));
  withServerOptions(group.command('revoke').description('end a key'))
    .argument('<id>', 'as "key list" shows it')
    .addHelpText('after', examples('holdfast key revoke key_0123456789abcdef'))
    .action(async (id: string, options: ServerOptions) =>
      context.end(await (await keys()).revokeKey(context, id, options)),
    );
};

const addMail = (program: Command, context: CliContext): void => {
  program
    .command('mail')
    .helpCommand(false)
    .description('try whether mails go out')
    .addHelpText('after', examples('holdfast mail test you@example.com'))
    .command('test')
    .description('send one test mail on the way that all mails take, and say what came')
    .argument('<address>', 'who gets it')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml holdfast mail test you@example.com'))
    .action(async (address: string, options: JsonOption) => {
      const { sendTestMail } = await import('../local/check-commands.ts');
      context.end(await sendTestMail(context, address, options));
    });
};

/** `config`, `mail`, `key`, `audit`, `backup`, `restore`: on the configuration and the data folder, without a server. */
export const addLocal = (program: Command, context: CliContext): void => {
  addConfig(program, context);
  addMail(program, context);
  addKey(program, context);
  addAudit(program, context);
  addBackup(program, context);
};
