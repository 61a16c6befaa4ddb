import type { Command } from 'commander';
import { type ServerOptions, withServerOptions } from '../api/client.ts';
import type { LinkOptions } from '../local/calendar-link.ts';
import type { CheckOptions } from '../local/check-commands.ts';
import type { CliContext } from '../terminal.ts';
import { examples, UID } from './examples.ts';

/** `calendar list|show|check|acknowledge|look|accept-differences|restore|link|unconfigured`: over HTTP, or by the configuration alone. */
export const addCalendar = (program: Command, context: CliContext): void => {
  const calendars = () => import('../api/calendar-commands.ts');
  const calendar = program
    .command('calendar')
    .helpCommand(false)
    .description('see how calendars stand: what they hold, miss, still show, and what in them cannot be read')
    .addHelpText('after', examples('holdfast calendar list', 'holdfast calendar show work'));
  withServerOptions(calendar.command('list').description('list them all, with what anybody has to look at'))
    .addHelpText('after', examples('holdfast calendar list', 'holdfast calendar list --json'))
    .action(async (options: ServerOptions) => {
      const { listCalendars } = await calendars();
      context.end(await listCalendars(context, options));
    });
  withServerOptions(calendar.command('show').description('show one').argument('<id>', 'its id in the configuration'))
    .addHelpText('after', examples('holdfast calendar show work'))
    .action(async (id: string, options: ServerOptions) => {
      const { showCalendar } = await calendars();
      context.end(await showCalendar(context, id, options));
    });
  withServerOptions(
    calendar
      .command('acknowledge')
      .description('say that what a calendar would not remove is dealt with: it is not tried any more')
      .argument('<id>', 'the calendar')
      .argument('<uid>', UID),
  )
    .addHelpText('after', examples('holdfast calendar acknowledge work 01kdk4v2'))
    .action(async (id: string, uid: string, options: ServerOptions) => {
      const { sendAcknowledgement } = await calendars();
      context.end(await sendAcknowledgement(context, id, uid, options));
    });
  const looks = [
    ['look', 'look at our events there now, and settle what people did to them', undefined],
    ['accept-differences', "where watching was stopped: settle them by the calendar's policy, and go on", 'accept'],
    ['restore', 'where watching was stopped: write the events there again, and go on', 'restore'],
  ] as const;
  for (const [name, what, how] of looks)
    withServerOptions(calendar.command(name).description(what).argument('<id>', 'the calendar'))
      .addHelpText('after', examples(`holdfast calendar ${name} work`))
      .action(async (id: string, options: ServerOptions) => {
        const { lookAtCalendar } = await calendars();
        context.end(await lookAtCalendar(context, id, how, options));
      });
  calendar
    .command('link')
    .description('print where to subscribe to a built-in calendar; without a server, on the data folder')
    .argument('<host-or-calendar>', 'its id, or that of the host whose calendars are meant')
    .option('--url <url>', 'the address that subscribers reach (default: publicUrl, else from HOST and PORT)')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('holdfast calendar link demo', 'holdfast calendar link work --json'))
    .action(async (id: string, options: LinkOptions) => {
      const { printCalendarLinks } = await import('../local/calendar-link.ts');
      context.end(await printCalendarLinks(context, id, options));
    });
  calendar
    .command('check')
    .description('try calendars step by step, by the configuration alone: find, read, and with --write a test event')
    .argument('[id]', 'its id in the configuration (default: all)')
    .option('--write', 'write a test event too, find it, and remove it')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('holdfast calendar check', 'holdfast calendar check work --write'))
    .action(async (id: string | undefined, options: CheckOptions) => {
      const { checkCalendars } = await import('../local/check-commands.ts');
      context.end(await checkCalendars(context, id, options));
    });
  withServerOptions(
    calendar
      .command('unconfigured')
      .description('list hosts, event types and calendars that live bookings need and the configuration has no more'),
  )
    .addHelpText('after', examples('holdfast calendar unconfigured'))
    .action(async (options: ServerOptions) => {
      const { listUnconfigured } = await calendars();
      context.end(await listUnconfigured(context, options));
    });
};
