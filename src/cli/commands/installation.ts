import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { CopyOptions } from '../copy/copy-places.ts';
import type { KeysGo } from '../local/backup-command.ts';
import type { RestoreOptions } from '../local/restore-command.ts';
import type { CliContext } from '../terminal.ts';
import { examples, JSON_OPTION, type JsonOption } from './examples.ts';

type BackupWish = JsonOption & { readonly privacyKeys?: string; readonly withoutPrivacyKeys?: true };

/** A file of their own is more than leaving them out. */
const keysGo = ({ privacyKeys, withoutPrivacyKeys }: BackupWish): KeysGo => {
  if (privacyKeys !== undefined) return { to: 'file', path: resolve(privacyKeys) };
  return { to: withoutPrivacyKeys === true ? 'left-out' : 'enclosed' };
};

/** `backup`, `restore`: all that a data folder must not lose. */
export const addBackup = (program: Command, context: CliContext): void => {
  program
    .command('backup')
    .description('write one file with all that the data folder must not lose, verified; also beside a running server')
    .argument('<file>', 'the file to write, which must not be there yet')
    .option('--privacy-keys <file>', 'write the keys of personal data into this file, to be kept in another place')
    .addOption(
      new Option(
        '--without-privacy-keys',
        'leave out the keys of personal data, which are kept elsewhere then',
      ).conflicts('privacyKeys'),
    )
    .option(...JSON_OPTION)
    .addHelpText('after', examples('holdfast backup /backup/holdfast-2050-09-01.sqlite'))
    .action(async (file: string, { json, ...options }: BackupWish) =>
      context.end(
        await (
          await import('../local/backup-command.ts')
        ).backUp(context, file, { ...(json === undefined ? {} : { json }), keys: keysGo(options) }),
      ),
    );
  program
    .command('restore')
    .description('verify a backup and make a data folder of it, which must have no data file yet')
    .argument('<file>', 'as "backup" wrote it')
    .option('--force', 'also where the log in it is broken or was changed')
    .option('--privacy-keys <file>', 'the keys of personal data, as "backup --privacy-keys" wrote them')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('HOLDFAST_DATA=/srv/holdfast holdfast restore /backup/holdfast-2050-09-01.sqlite'))
    .action(async (file: string, options: RestoreOptions) =>
      context.end(await (await import('../local/restore-command.ts')).restore(context, file, options)),
    );
};

const EXAMPLES = examples(
  'holdfast store copy --from-data ./data --to-eventstoredb-env HOLDFAST_EVENTSTOREDB',
  'holdfast store copy --from-data ./data --to-eventstoredb-file /run/secrets/eventstoredb',
  'holdfast store copy --from-eventstoredb-file /run/secrets/eventstoredb --to-data ./back --json',
);

const KEYS_OPTION = [
  '--privacy-keys <path>',
  'bring these keys of personal data beside it: a folder of them, or the file of "backup --privacy-keys"',
] as const;

const addImport = (group: Command, context: CliContext): void => {
  group
    .command('import')
    .description('write an NDJSON export into an empty log: same ids, order and hashes')
    .argument('<file>', 'as "audit export" has written it')
    .option('--to-data <folder>', 'to this data folder, which no server may have open; made where there is none')
    .option('--to-eventstoredb-env <name>', 'to EventStoreDB; the variable that holds its connection string')
    .option('--to-eventstoredb-file <path>', 'to EventStoreDB; the file that holds its connection string')
    .option('--to-stream-prefix <prefix>', 'before the names of its streams there; holdfast- by default')
    .option(...KEYS_OPTION)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'holdfast store import log.ndjson --to-data ./again',
        'holdfast store import log.ndjson --to-data ./again --privacy-keys ./data/privacy-keys',
      ),
    )
    .action(async (file: string, options: CopyOptions) => {
      const { importStore } = await import('../copy/import-command.ts');
      context.end(await importStore(context, file, options));
    });
};

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
    .option(...KEYS_OPTION)
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
  addImport(group, context);
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
