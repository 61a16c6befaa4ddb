import { InvalidArgumentError, type Command, Option } from 'commander';
import { type ServerOptions, withServerOptions } from '../api/client.ts';
import type { DoctorOptions } from '../api/doctor-command.ts';
import type { DeliveriesOptions, NotificationsOptions } from '../api/operating-commands.ts';
import type { BookingChange, ListOptions } from '../api/show-bookings.ts';
import type { SlotsOptions } from '../api/show-slots.ts';
import type { CliContext } from '../terminal.ts';
import { addCalendar } from './calendars.ts';
import { examples, UID } from './examples.ts';

/** Keeps the text, so that it goes into the request as it was written. */
const wholeNumber = (text: string): string => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return text;
};

const commands = () => import('../api/show-bookings.ts');

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

const operatingCommands = () => import('../api/operating-commands.ts');

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
      const { listParked } = await operatingCommands();
      context.end(await listParked(context, options));
    });
  withServerOptions(parked.command('replay').description('deliver the parked messages of a group again'))
    .argument('<group>', 'the consumer group')
    .option('--position <n>', 'only the message at this position', wholeNumber)
    .addHelpText('after', examples('holdfast parked replay mail-guests', 'holdfast parked replay saga --position 41'))
    .action(async (group: string, options: ServerOptions) => {
      const { replayParked } = await operatingCommands();
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
      const { listNotifications } = await operatingCommands();
      context.end(await listNotifications(context, options));
    });
};

const addDoctor = (program: Command, context: CliContext): void => {
  withServerOptions(
    program
      .command('doctor')
      .description('compare log, calendars and notifications, and say what settles each difference'),
  )
    .option('--fix', 'settle what can be settled, by commands that are in the log')
    .addHelpText('after', examples('holdfast doctor', 'holdfast doctor --fix', 'holdfast doctor --json'))
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('../api/doctor-command.ts');
      context.end(await runDoctor(context, options));
    });
};

/** `slots`, `calendar`, `doctor`, `parked`, `notification`, `consumers`, `resend`, `deliveries`, over HTTP. */
export const addOperating = (program: Command, context: CliContext): void => {
  addSlots(program, context);
  addCalendar(program, context);
  addDoctor(program, context);
  addParked(program, context);
  addNotification(program, context);
  withServerOptions(program.command('consumers').description('show how far each consumer group has got'))
    .addHelpText('after', examples('holdfast consumers'))
    .action(async (options: ServerOptions) => {
      const { showConsumers } = await operatingCommands();
      context.end(await showConsumers(context, options));
    });
  withServerOptions(
    program.command('resend <deliveryId>').description('send a webhook once more, whatever came of it before'),
  )
    .addHelpText('after', examples('holdfast resend 5f0c2a1e-3b7d-5c0e-9a41-1d2f3e4a5b6c'))
    .action(async (deliveryId: string, options: ServerOptions) => {
      const { resendDelivery } = await operatingCommands();
      context.end(await resendDelivery(context, deliveryId, options));
    });
  withServerOptions(program.command('deliveries').description('list attempts to deliver webhooks, newest first'))
    .option('--booking <uid>', 'of this booking (whole uid)')
    .option('--subscription <id>', 'of this webhook')
    .option('--take <n>', 'at most so many, up to 250', wholeNumber, '50')
    .option('--before <n>', 'older than this one', wholeNumber)
    .addHelpText('after', examples('holdfast deliveries', 'holdfast deliveries --subscription crm --json'))
    .action(async (options: DeliveriesOptions) => {
      const { showDeliveries } = await operatingCommands();
      context.end(await showDeliveries(context, options));
    });
};
