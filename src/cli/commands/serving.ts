import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../cli-context.ts';
import { exitCode } from '../cli-context.ts';
import { examples } from './arguments.ts';

/** `serve` answers 0, 1 or 2 in the meaning of `exitCode`. */
const exitCodeOf = (code: number): ExitCode => {
  if (code === exitCode.fine || code === exitCode.usage) return code;
  return exitCode.failed;
};

/** `serve`, `demo`, `projections rebuild`. */
export const addServing = (program: Command, context: CliContext): void => {
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
      const { runDemo } = await import('../demo/run-demo.ts');
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
      const { rebuildProjections } = await import('../local/rebuild-command.ts');
      context.end(await rebuildProjections(context, options));
    });
};
