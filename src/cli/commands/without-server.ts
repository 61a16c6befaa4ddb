import { type Command, InvalidArgumentError } from 'commander';
import { type ApiKeyRole, apiKeyRoles } from '../../application/ports/keys-and-tokens.ts';
import type { CopyOptions } from '../copy/copy-places.ts';
import type { RestoreOptions } from '../local/backup-commands.ts';
import type { CreateOptions } from '../local/key-commands.ts';
import { type CliContext, type ExitCode, exitCode } from '../terminal.ts';
import { addAudit } from './audit.ts';
import { examples } from './over-http.ts';

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

type Json = { readonly json?: true };
const JSON_OPTION = ['--json', 'print JSON'] as const;
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

const backups = () => import('../local/backup-commands.ts');

const addBackup = (program: Command, context: CliContext): void => {
  program
    .command('backup')
    .description('write one file with all that the data folder must not lose, verified; also beside a running server')
    .argument('<file>', 'the file to write, which must not be there yet')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('holdfast backup /backup/holdfast-2050-09-01.sqlite'))
    .action(async (file: string, options: Json) => context.end(await (await backups()).backUp(context, file, options)));
  program
    .command('restore')
    .description('verify a backup and make a data folder of it, which must have no data file yet')
    .argument('<file>', 'as "backup" wrote it')
    .option('--force', 'also where the log in it is broken or was changed')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('HOLDFAST_DATA=/srv/holdfast holdfast restore /backup/holdfast-2050-09-01.sqlite'))
    .action(async (file: string, options: RestoreOptions) =>
      context.end(await (await backups()).restore(context, file, options)),
    );
};

/** `config`, `key`, `audit`, `backup`, `restore`: on the configuration and the data folder, without a server. */
export const addLocal = (program: Command, context: CliContext): void => {
  addConfig(program, context);
  addKey(program, context);
  addAudit(program, context);
  addBackup(program, context);
};

const EXAMPLES = examples(
  'holdfast store copy --from-data ./data --to-eventstoredb-env HOLDFAST_EVENTSTOREDB',
  'holdfast store copy --from-data ./data --to-eventstoredb-file /run/secrets/eventstoredb',
  'holdfast store copy --from-eventstoredb-file /run/secrets/eventstoredb --to-data ./back --json',
);

const installation = () => import('../local/installation-commands.ts');

const addCopy = (group: Command, context: CliContext): void => {
  group
    .command('copy')
    .description('copy the log: same ids, order and hash chains; run it again to go on where it was')
    .option('--from-data <folder>', 'from this data folder, also beside a running server')
    .option('--from-eventstoredb-env <name>', 'from EventStoreDB; the variable that holds its connection string')
    .option('--from-eventstoredb-file <path>', 'from EventStoreDB; the file that holds its connection string')
    .option('--from-stream-prefix <prefix>', 'before the names of its streams there; holdfast- by default')
    .option('--to-data <folder>', 'to this data folder, which no server may have open; made where there is none')
    .option('--to-eventstoredb-env <name>', 'to EventStoreDB; the variable that holds its connection string')
    .option('--to-eventstoredb-file <path>', 'to EventStoreDB; the file that holds its connection string')
    .option('--to-stream-prefix <prefix>', 'before the names of its streams there; holdfast- by default')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CopyOptions) => {
      const { copyStore } = await import('../copy/copy-command.ts');
      context.end(await copyStore(context, options));
    });
};

/** `store copy`: one place to copy from and one to copy to. A connection string never is an option: others could see it. */
export const addStore = (program: Command, context: CliContext): void => {
  const group = program
    .command('store')
    .helpCommand(false)
    .description('move the log to another event store; what its nodes agree on')
    .addHelpText('after', EXAMPLES);
  addCopy(group, context);
  group
    .command('accept-secret')
    .description('let the nodes on EventStoreDB start with the secret that is configured here')
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml HOLDFAST_SECRET=... holdfast store accept-secret'))
    .action(async () => context.end(await (await installation()).acceptGivenSecret(context)));
  group
    .command('forget-node')
    .description('free the name and the built-in calendars of a node whose data folder is gone')
    .argument('<name>', 'its HOLDFAST_NODE, as the refusal names it')
    .addHelpText('after', examples('HOLDFAST_CONFIG=holdfast.yaml holdfast store forget-node oslo-1'))
    .action(async (name: string) => context.end(await (await installation()).forgetNamedNode(context, name)));
};
