import type { Command } from 'commander';
import type { ServerOptions } from '../api/server-options.ts';
import { withServerOptions } from '../api/server-options.ts';
import type { BookingChange, ListOptions } from '../api/show-bookings.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, wholeNumber } from './arguments.ts';

const commands = () => import('../api/show-bookings.ts');
const UID = 'its uid, or the beginning of it as lists show it';

const changes: ReadonlyArray<readonly [BookingChange, summary: string, takesReason: boolean]> = [
  ['cancel', 'call a booking off; its calendar events are removed', true],
  ['confirm', 'approve a booking that waits for the host', false],
  ['decline', 'decline a booking that waits for the host', true],
  ['retry', 'try what failed at the calendars of a booking now, not at the next retry', false],
];

const addChanges = (booking: Command, context: CliContext): void => {
  for (const [change, summary, takesReason] of changes) {
    const command = withServerOptions(booking.command(change).description(summary).argument('<uid>', UID));
    if (takesReason) command.option('--reason <text>', 'what the people concerned are told');
    command
      .addHelpText('after', examples(`holdfast booking ${change} 01kdk4v2${takesReason ? ' --reason "ill"' : ''}`))
      .action(async (uid: string, options: ServerOptions) => {
        const { changeBooking } = await commands();
        context.end(await changeBooking(context, change, uid, options));
      });
  }
};

/** `booking list|show|events|cancel|confirm|decline|retry`, over HTTP. */
export const addBooking = (program: Command, context: CliContext): void => {
  const booking = program
    .command('booking')
    .helpCommand(false)
    .description('see bookings of a running server, and act on them')
    .addHelpText('after', examples('holdfast booking list --status unconfirmed', 'holdfast booking events 01kdk4v2'));
  withServerOptions(booking.command('list').description('list bookings, by start'))
    .option('--status <status>', 'upcoming, past, cancelled, unconfirmed; several with commas')
    .option('--email <address>', "the guest's address")
    .option('--after <time>', 'starts after this UTC instant (ISO 8601)')
    .option('--before <time>', 'ends before this UTC instant')
    .option('--take <n>', 'at most so many, up to 250', wholeNumber, '100')
    .option('--skip <n>', 'leave out the first ones', wholeNumber, '0')
    .addHelpText(
      'after',
      examples('holdfast booking list', 'holdfast booking list --status upcoming,unconfirmed --json'),
    )
    .action(async (options: ListOptions) => {
      const { listBookings } = await commands();
      context.end(await listBookings(context, options));
    });
  withServerOptions(booking.command('show').description('show one booking').argument('<uid>', UID))
    .addHelpText('after', examples('holdfast booking show 01kdk4v2'))
    .action(async (uid: string, options: ServerOptions) => {
      const { showBooking } = await commands();
      context.end(await showBooking(context, uid, options));
    });
  withServerOptions(
    booking.command('events').description("tell a booking's history, one line for each event").argument('<uid>', UID),
  )
    .addHelpText('after', examples('holdfast booking events 01kdk4v2', 'holdfast booking events 01kdk4v2 --json'))
    .action(async (uid: string, options: ServerOptions) => {
      const { showEvents } = await commands();
      context.end(await showEvents(context, uid, options));
    });
  addChanges(booking, context);
};
