import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { CopyOptions } from '../copy/copy-options.ts';
import { examples } from '../examples.ts';

const EXAMPLES = examples(
  'holdfast store copy --from-data ./data --to-eventstoredb-env HOLDFAST_EVENTSTOREDB',
  'holdfast store copy --from-data ./data --to-eventstoredb-file /run/secrets/eventstoredb',
  'holdfast store copy --from-eventstoredb-file /run/secrets/eventstoredb --to-data ./back --json',
);

/** `store copy`: one place to copy from and one to copy to. A connection string never is an option: others could see it. */
export const addStore = (program: Command, context: CliContext): void => {
  program
    .command('store')
    .helpCommand(false)
    .description('move the log to another event store')
    .addHelpText('after', EXAMPLES)
    .command('copy')
    .description('copy the log: same ids, order and hash chains; run it again to go on where it was')
    .option('--from-data <folder>', 'from this data folder, also beside a running server')
    .option('--from-eventstoredb-env <name>', 'from EventStoreDB; the variable that holds its connection string')
    .option('--from-eventstoredb-file <path>', 'from EventStoreDB; the file that holds its connection string')
    .option('--to-data <folder>', 'to this data folder, which no server may have open; made where there is none')
    .option('--to-eventstoredb-env <name>', 'to EventStoreDB; the variable that holds its connection string')
    .option('--to-eventstoredb-file <path>', 'to EventStoreDB; the file that holds its connection string')
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: CopyOptions) => {
      const { copyStore } = await import('../copy/copy-command.ts');
      context.end(await copyStore(context, options));
    });
};
