import { Command } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import type { CliContext } from './terminal.ts';
import { examples } from './commands/examples.ts';
import { addBooking, addOperating } from './commands/over-http.ts';
import { addStore } from './commands/installation.ts';
import { addPrivacy } from './commands/privacy.ts';
import { addLocal, addServing, type LoadDemo } from './commands/without-server.ts';

/** All commands. What they need is imported when one of them runs, so that help and start-up wait for nothing. */
export const makeProgram = (context: CliContext, loadDemo: LoadDemo): Command => {
  const program = new Command('holdfast')
    .description('A self-hosted booking engine that never lies.')
    .version(packageFile.version, '--version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('Try "holdfast --help", or --help after a command.')
    .addHelpText('after', examples('holdfast serve', 'holdfast booking list', 'holdfast audit verify'))
    .configureOutput({
      writeOut: (text) => context.terminal.out(text.trimEnd()),
      writeErr: (text) => context.terminal.err(text.trimEnd()),
      outputError: (text, write) => write(`${text.trimEnd()} [invalid_usage]`),
    });
  addServing(program, context, loadDemo);
  addBooking(program, context);
  addOperating(program, context);
  addPrivacy(program, context);
  addLocal(program, context);
  addStore(program, context);
  return program;
};
