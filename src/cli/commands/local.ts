import { type Command, InvalidArgumentError } from 'commander';
import { type ApiKeyRole, apiKeyRoles } from '../../application/ports/keys-and-tokens.ts';
import type { CliContext } from '../cli-context.ts';
import type { CreateOptions } from '../local/key-commands.ts';
import { examples } from './arguments.ts';

type Json = { readonly json?: true };
const JSON_OPTION = ['--json', 'print JSON'] as const;
const keys = () => import('../local/key-commands.ts');
const config = () => import('../local/config-commands.ts');

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
    .action(async (options: Json) => context.end(await (await config()).checkConfiguration(context, options)));
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
    .description('make and revoke API keys; a server on the embedded log must not be running')
    .addHelpText('after', examples('holdfast key create "front desk" --role read,book'));
  group
    .command('create')
    .description('make a key and print it, this once')
    .argument('<name>', 'what it is for')
    .option('--role <roles>', `what it may do: ${apiKeyRoles.join(', ')}; several with commas`, roles, apiKeyRoles)
    .option('--host <id>', 'good for this host only')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('holdfast key create console', 'holdfast key create odd --role host --host odd'))
    .action(async (name: string, options: CreateOptions) =>
      context.end(await (await keys()).createKey(context, name, options)),
    );
  group
    .command('list')
    .description('list all keys, revoked ones too, without the keys themselves')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('holdfast key list'))
    .action(async (options: Json) => context.end(await (await keys()).listKeys(context, options)));
  group
    .command('revoke')
    .description('end a key')
    .argument('<id>', 'as "key list" shows it')
    .addHelpText('after', examples('holdfast key revoke key_0123456789abcdef'))
    .action(async (id: string) => context.end(await (await keys()).revokeKey(context, id)));
};

const addAudit = (program: Command, context: CliContext): void => {
  program
    .command('audit')
    .helpCommand(false)
    .description('prove the log')
    .addHelpText('after', examples('holdfast audit verify'))
    .command('verify')
    .description('check every event and every hash chain of the log; also beside a running server')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('holdfast audit verify', 'HOLDFAST_DATA=/backup/today holdfast audit verify --json'))
    .action(async (options: Json) => {
      const { verifyLog } = await import('../audit/verify-command.ts');
      context.end(await verifyLog(context, options));
    });
};

/** `config`, `key`, `audit`: on the configuration and the data folder, without a server. */
export const addLocal = (program: Command, context: CliContext): void => {
  addConfig(program, context);
  addKey(program, context);
  addAudit(program, context);
};
