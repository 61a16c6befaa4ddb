import { type CliContext, type ExitCode, second, table } from '../terminal.ts';
import {
  consumersAnswer,
  deliveriesAnswer,
  notificationsAnswer,
  reloadAnswer,
  replayAnswer,
  resentAnswer,
} from './answers.ts';
import { runRequest, type ServerOptions } from './client.ts';

const consumers = { method: 'GET', path: '/v2/holdfast/consumers' } as const;

export const showConsumers = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(consumersAnswer, consumers),
    data: ({ data }) => data.groups,
    lines: ({ data }) =>
      table(
        ['GROUP', 'AT', 'BEHIND', 'WAITING', 'PARKED'],
        data.groups.map(({ name, isRunning, checkpoint, head, retrying, parked }) =>
          [isRunning ? name : `${name} (not configured)`, checkpoint, head - checkpoint, retrying, parked].map(String),
        ),
      ),
  });

export const listParked = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(consumersAnswer, consumers),
    data: ({ data }) => data.parked,
    lines: ({ data: { parked } }) =>
      parked.length === 0
        ? ['nothing is parked']
        : table(
            ['GROUP', 'POSITION', 'STREAM', 'TYPE', 'ATTEMPTS', 'SINCE', 'REASON'],
            parked.map(({ group, position, stream, type, attempts, parkedAt, reason }) => [
              group,
              String(position),
              stream,
              type,
              String(attempts),
              second(parkedAt),
              reason,
            ]),
          ),
  });

export const replayParked = (
  context: CliContext,
  group: string,
  options: ServerOptions & { readonly position?: string },
): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(replayAnswer, {
        method: 'POST',
        path: `/v2/holdfast/parked/${encodeURIComponent(group)}/replay`,
        body: options.position === undefined ? {} : { position: Number(options.position) },
      }),
    data: ({ data }) => data,
    lines: ({ data }) => [`${data.replayed} of ${data.group} will be delivered again`],
  });

export type NotificationsOptions = ServerOptions & {
  readonly state?: string;
  readonly booking?: string;
  readonly take: string;
  readonly before?: string;
};

export const listNotifications = (context: CliContext, options: NotificationsOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(notificationsAnswer, {
        method: 'GET',
        path: '/v2/holdfast/notifications',
        query: { state: options.state, bookingUid: options.booking, take: options.take, before: options.before },
      }),
    data: ({ data }) => data,
    lines: ({ data: { bookings, next } }) => [
      ...(bookings.length === 0
        ? ['there are none']
        : table(
            ['PLANNED', 'BOOKING', 'CHANNEL', 'NOTIFICATION', 'RECIPIENT', 'STATE', 'SETTLED', 'REASON'],
            bookings.flatMap(({ bookingUid, notifications }) =>
              notifications.map(({ plannedAt, channel, notification, recipient, state, settledAt, detail }) => [
                second(plannedAt),
                bookingUid,
                channel,
                notification,
                recipient,
                state,
                settledAt === null ? '' : second(settledAt),
                state === 'parked' ? (detail ?? '') : '',
              ]),
            ),
          )),
      ...(next === null ? [] : [`older ones: --before ${next}`]),
    ],
  });

export type DeliveriesOptions = ServerOptions & {
  readonly booking?: string;
  readonly subscription?: string;
  readonly take: string;
  readonly before?: string;
};

export const showDeliveries = (context: CliContext, options: DeliveriesOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(deliveriesAnswer, {
        method: 'GET',
        path: '/v2/holdfast/deliveries',
        query: {
          bookingUid: options.booking,
          subscriptionId: options.subscription,
          take: options.take,
          before: options.before,
        },
      }),
    data: ({ data }) => data,
    lines: ({ data: { attempts, next } }) => [
      ...(attempts.length === 0
        ? ['nothing was sent']
        : table(
            ['AT', 'SUBSCRIPTION', 'TRIGGER', 'BOOKING', 'ATTEMPT', 'OUTCOME', 'NEXT TRY', 'DELIVERY'],
            attempts.map(({ deliveryId, at, subscriptionId, trigger, bookingUid, attempt, outcome, nextTryAt }) => [
              second(at),
              subscriptionId,
              trigger,
              bookingUid,
              String(attempt),
              [outcome.type, outcome.status ?? '', outcome.message ?? ''].join(' ').trim(),
              nextTryAt === null ? '' : second(nextTryAt),
              deliveryId,
            ]),
          )),
      ...(next === null ? [] : [`older ones: --before ${next}`]),
    ],
  });

export const resendDelivery = (context: CliContext, deliveryId: string, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(resentAnswer, {
        method: 'POST',
        path: `/v2/holdfast/deliveries/${encodeURIComponent(deliveryId)}/resend`,
        body: {},
      }),
    data: ({ data }) => data,
    lines: ({ data: { subscriptionId, trigger, outcome } }) => [
      `${trigger} to ${subscriptionId}: ${[outcome.type, outcome.status ?? '', outcome.message ?? ''].join(' ').trim()}`,
    ],
  });

/** What is different now; an error of the file leaves the old configuration in use. */
export const reloadConfiguration = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(reloadAnswer, { method: 'POST', path: '/v2/holdfast/reload' }),
    data: ({ data }) => data,
    lines: ({ data: { lines, otherNodes } }) => [
      ...(lines.length === 0 ? ['reloaded: nothing has changed'] : ['reloaded:', ...lines]),
      ...otherNodes,
    ],
  });
