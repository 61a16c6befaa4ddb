import type { Command } from 'commander';
import { type ServerOptions, withServerOptions } from '../api/client.ts';
import type { ForgetOptions } from '../api/privacy-commands.ts';
import type { CliContext } from '../terminal.ts';
import { examples } from './examples.ts';

const EMAIL = 'their mail address, in any spelling';

const commands = () => import('../api/privacy-commands.ts');

/**
 * `privacy export|forget|rotate-key`, over HTTP: what a server has in memory has to forget as well. `privacy seal` is for a
 * stopped server.
 */
export const addPrivacy = (program: Command, context: CliContext): void => {
  const privacy = program
    .command('privacy')
    .helpCommand(false)
    .description('see what is known of a person, and forget them')
    .addHelpText(
      'after',
      examples('holdfast privacy export nils@example.org', 'holdfast privacy forget nils@example.org'),
    );
  withServerOptions(
    privacy
      .command('export')
      .description('print everything that is known of a person, as JSON')
      .argument('<email>', EMAIL),
  )
    .addHelpText('after', examples('holdfast privacy export nils@example.org > nils.json'))
    .action(async (email: string, options: ServerOptions) => {
      const { printPerson } = await commands();
      context.end(await printPerson(context, email, options));
    });
  withServerOptions(
    privacy
      .command('forget')
      .description('destroy the key of all that the log has of a person, and remove what else is in reach')
      .argument('<email>', EMAIL),
  )
    .option('--cancel', 'take them out of bookings that are still to come first; without it that is refused')
    .addHelpText('after', examples('holdfast privacy forget nils@example.org --cancel'))
    .action(async (email: string, options: ForgetOptions) => {
      const { requestForgetting } = await commands();
      context.end(await requestForgetting(context, email, options));
    });
  withServerOptions(
    privacy
      .command('rotate-key')
      .description('wrap the keys of all people anew, and destroy the wrapping key of before'),
  )
    .addHelpText('after', examples('holdfast privacy rotate-key'))
    .action(async (options: ServerOptions) => {
      const { rotateWrappingKey } = await commands();
      context.end(await rotateWrappingKey(context, options));
    });
  privacy
    .command('seal')
    .description('encrypt what earlier releases wrote in the clear, in the data file of a stopped server')
    .addHelpText('after', examples('HOLDFAST_DATA=/srv/holdfast holdfast privacy seal'))
    .action(async () => {
      const { sealLog } = await import('../local/seal-command.ts');
      context.end(await sealLog(context));
    });
};
