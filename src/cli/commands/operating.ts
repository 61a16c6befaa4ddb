import { type Command, Option } from 'commander';
import type { DeliveriesOptions, NotificationsOptions } from '../api/operating-commands.ts';
import { type ServerOptions, withServerOptions } from '../api/server-options.ts';
import type { SlotsOptions } from '../api/show-slots.ts';
import type { CliContext } from '../cli-context.ts';
import { examples, wholeNumber } from './arguments.ts';

const commands = () => import('../api/operating-commands.ts');

const addSlots = (program: Command, context: CliContext): void => {
  withServerOptions(program.command('slots').description('list the free slots of an event type'))
    .argument('<event-type>', 'its id, or its slug with --username')
    .option('--username <name>', 'whose event type, where a slug is given', 'demo')
    .option('--start <time>', 'from this date or instant on (default: now)')
    .option('--end <time>', 'up to this one (default: seven days from now)')
    .option('--time-zone <zone>', 'IANA zone of the answer (default: UTC)')
    .addHelpText('after', examples('holdfast slots intro', 'holdfast slots 1 --time-zone Europe/Oslo'))
    .action(async (eventType: string, options: SlotsOptions) => {
      const { showSlots } = await import('../api/show-slots.ts');
      context.end(await showSlots(context, eventType, options));
    });
};

const addParked = (program: Command, context: CliContext): void => {
  const parked = program
    .command('parked')
    .helpCommand(false)
    .description('see messages that were given up, and have them delivered again')
    .addHelpText('after', examples('holdfast parked list', 'holdfast parked replay mail-guests'));
  withServerOptions(parked.command('list').description('list them: which consumer, which event, why'))
    .addHelpText('after', examples('holdfast parked list', 'holdfast parked list --json'))
    .action(async (options: ServerOptions) => {
      const { listParked } = await commands();
      context.end(await listParked(context, options));
    });
  withServerOptions(parked.command('replay').description('deliver the parked messages of a group again'))
    .argument('<group>', 'the consumer group')
    .option('--position <n>', 'only the message at this position', wholeNumber)
    .addHelpText('after', examples('holdfast parked replay mail-guests', 'holdfast parked replay saga --position 41'))
    .action(async (group: string, options: ServerOptions) => {
      const { replayParked } = await commands();
      context.end(await replayParked(context, group, options));
    });
};

const addNotification = (program: Command, context: CliContext): void => {
  const notification = program
    .command('notification')
    .helpCommand(false)
    .description('see who was told what of bookings, and who is still to be told')
    .addHelpText('after', examples('holdfast notification list --state parked'));
  withServerOptions(notification.command('list').description('list mails and webhooks, the newest bookings first'))
    .addOption(new Option('--state <state>', 'only those').choices(['pending', 'parked', 'sent']))
    .option('--booking <uid>', 'of this booking (whole uid)')
    .option('--take <n>', 'of at most so many bookings, up to 250', wholeNumber, '50')
    .option('--before <n>', 'of older bookings than this one', wholeNumber)
    .addHelpText('after', examples('holdfast notification list', 'holdfast notification list --state parked --json'))
    .action(async (options: NotificationsOptions) => {
      const { listNotifications } = await commands();
      context.end(await listNotifications(context, options));
    });
};

const addCalendar = (program: Command, context: CliContext): void => {
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
      .command('unconfigured')
      .description('list hosts, event types and calendars that live bookings need and the configuration has no more'),
  )
    .addHelpText('after', examples('holdfast calendar unconfigured'))
    .action(async (options: ServerOptions) => {
      const { listUnconfigured } = await calendars();
      context.end(await listUnconfigured(context, options));
    });
};

/** `slots`, `calendar`, `parked`, `notification`, `consumers`, `deliveries`, over HTTP. */
export const addOperating = (program: Command, context: CliContext): void => {
  addSlots(program, context);
  addCalendar(program, context);
  addParked(program, context);
  addNotification(program, context);
  withServerOptions(program.command('consumers').description('show how far each consumer group has got'))
    .addHelpText('after', examples('holdfast consumers'))
    .action(async (options: ServerOptions) => {
      const { showConsumers } = await commands();
      context.end(await showConsumers(context, options));
    });
  withServerOptions(program.command('deliveries').description('list attempts to deliver webhooks, newest first'))
    .option('--booking <uid>', 'of this booking (whole uid)')
    .option('--subscription <id>', 'of this webhook')
    .option('--take <n>', 'at most so many, up to 250', wholeNumber, '50')
    .option('--before <n>', 'older than this one', wholeNumber)
    .addHelpText('after', examples('holdfast deliveries', 'holdfast deliveries --subscription crm --json'))
    .action(async (options: DeliveriesOptions) => {
      const { showDeliveries } = await commands();
      context.end(await showDeliveries(context, options));
    });
};
