import ICAL from 'ical.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Calendar } from '../../../src/application/ports/calendar.ts';
import type {
  Mail,
  Mailer,
  MailFailure,
  WebhookFailure,
  WebhookSender,
} from '../../../src/application/ports/delivery.ts';
import type { CalendarFailure } from '../../../src/domain/calendar/calendar-failure.ts';
import type { Arrived } from '../../support/log-checks-messages.ts';
import type { ReceivedWebhook } from '../../support/webhook-receiver.ts';
import type { Door, Fate } from './door.ts';

/** What came to a receiver, when (epoch ms), and from which run of which node. `id`: by which the receiver knows a repeat. */
export type Came<A> = { readonly id: string; readonly what: A; readonly at: number; readonly from: Door };

/** What the calls of one node to calendars, the mail server and subscribers come to. */
export type OutsideFates = {
  readonly calendar: (isRead: boolean) => Fate;
  readonly mail: () => Fate;
  readonly webhook: () => Fate;
};

const failure = (kind: CalendarFailure['kind']): CalendarFailure => ({ kind, message: `a fault of the test: ${kind}` });

/** A calendar as one node reaches it. */
export const calendarOf = (calendar: Calendar, door: Door, fates: OutsideFates): Calendar => {
  const read = <A>(task: TE.TaskEither<CalendarFailure, A>): TE.TaskEither<CalendarFailure, A> => {
    return () => door.call(fates.calendar(true), task, () => failure('network'));
  };
  const write = <A>(task: TE.TaskEither<CalendarFailure, A>): TE.TaskEither<CalendarFailure, A> => {
    return () => door.call(fates.calendar(false), task, () => failure('outcome-unknown'));
  };
  const { watch } = calendar;
  return {
    ...calendar,
    create: (...args) => write(calendar.create(...args)),
    change: (...args) => write(calendar.change(...args)),
    remove: (...args) => write(calendar.remove(...args)),
    ...(watch === undefined
      ? {}
      : {
          watch: {
            changes: (...args) => read(watch.changes(...args)),
            look: (...args) => read(watch.look(...args)),
          },
        }),
    find: (...args) => read(calendar.find(...args)),
    busy: (...args) => read(calendar.busy(...args)),
  };
};

/** A mail as its recipient sees it. */
const arrivedOf = ({ messageId, icalendar }: Mail): Arrived => {
  const [, causedBy = '', recipient = ''] = /^<([0-9a-f-]{36})\.([^@]+)@/.exec(messageId) ?? [];
  const event =
    icalendar === undefined
      ? null
      : new ICAL.Component(ICAL.parse(icalendar.content) as unknown[]).getFirstSubcomponent('vevent');
  return {
    messageId,
    causedBy,
    recipient,
    icsUid: event === null ? null : String(event.getFirstPropertyValue('uid')),
    sequence: event === null ? null : Number(event.getFirstPropertyValue('sequence')),
  };
};

/** A mail server and a subscriber in memory, stand-ins for the real ones: they keep all that came, as often as it came. */
export const receivers = (now: () => number) => {
  const mails: Came<Arrived>[] = [];
  const webhooks: Came<ReceivedWebhook>[] = [];
  const mailerFor = (from: Door, fates: OutsideFates): Mailer => ({
    transport: 'smtp',
    send: (mail) => {
      const taken: TE.TaskEither<MailFailure, void> = async () => {
        mails.push({ id: mail.messageId, what: arrivedOf(mail), at: now(), from });
        return TE.right<MailFailure, void>(undefined)();
      };
      return () => from.call(fates.mail(), taken, () => ({ type: 'try-later', message: 'a fault of the test' }));
    },
    close: async () => undefined,
  });
  const senderFor = (from: Door, fates: OutsideFates): WebhookSender => ({
    send: ({ url, deliveryId, body }) => {
      const taken: TE.TaskEither<WebhookFailure, { readonly status: number }> = async () => {
        const headers = { 'x-holdfast-delivery': deliveryId };
        const what = { method: 'POST', path: url, headers, body: Buffer.from(body) };
        webhooks.push({ id: deliveryId, what, at: now(), from });
        return TE.right<WebhookFailure, { readonly status: number }>({ status: 200 })();
      };
      return () => from.call(fates.webhook(), taken, () => ({ message: 'a fault of the test' }));
    },
    close: async () => undefined,
  });
  return { mails, webhooks, mailerFor, senderFor };
};
