import { toEpochMs } from '../../domain/time/time.ts';
import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import { MOST_MAILS_A_DAY } from '../../domain/calendar/decide.ts';
import type { Mail, Mailbox, Mailer } from '../ports/delivery.ts';
import type { Channel, NotificationMessage } from './channel.ts';
import { sendMail } from './mail-channels.ts';
import { messageId } from './mail/compose-mail.ts';
import { objectsUnreadable, unreadableForBooking } from './mail/english/unreadable-mails.ts';
import { type AlertReader, calendarBack, watchStopped, calendarUnreadable } from './mail/english/operator-mails.ts';
import { type MailDocument, renderHtml, renderText } from './mail/mail-document.ts';
import type { CalendarAround, Subject } from './subject.ts';
import { post, type WebhookChannelDeps, type WebhookSubscription } from './webhook-channel.ts';
import { type CalendarTrigger, composeCalendarWebhook } from './webhook/calendar-webhook.ts';
import { deliveryId } from './webhook/webhook-payload.ts';

type CalendarMailDeps = {
  readonly calendarStreams: Subject<CalendarAround>;
  /** Those who have the calendar now; each is told. */
  readonly hostsOf: (calendarId: string) => ReadonlyArray<Host>;
  /** Who runs the server, where the configuration says so. */
  readonly operator: () => Mailbox | null;
  readonly calendarLabel: (calendarId: string) => string;
  /** The right side of our Message-IDs. */
  readonly domain: string;
  readonly mailer: Pick<Mailer, 'send'>;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** `key`: fit for Message-IDs and events. No host's id begins with a `@`. */
type Reader = {
  readonly key: string;
  readonly mailbox: Mailbox;
  readonly timeZone: string;
  readonly role: AlertReader;
};

const OPERATOR = '@operator';

const hostReaders = (deps: CalendarMailDeps, calendarId: string): ReadonlyArray<Reader> =>
  deps.hostsOf(calendarId).map(({ id, name, email, timeZone }) => ({
    key: id,
    mailbox: { name, address: email },
    timeZone,
    role: 'host',
  }));

/** An operator who is the only host of a calendar gets one mail, not two. */
const alertReaders = (deps: CalendarMailDeps, calendarId: string): ReadonlyArray<Reader> => {
  const hosts = hostReaders(deps, calendarId);
  const operator = deps.operator();
  return operator === null || hosts.some(({ mailbox }) => mailbox.address === operator.address)
    ? hosts
    : [...hosts, { key: OPERATOR, mailbox: operator, timeZone: hosts[0]?.timeZone ?? 'UTC', role: 'operator' }];
};

const mailTo = (
  { domain }: CalendarMailDeps,
  { recorded }: CalendarAround,
  { key, mailbox }: Reader,
  document: MailDocument,
): Mail => ({
  messageId: messageId(recorded.id, key === OPERATOR ? 'operator' : `host-${key}`, domain),
  to: mailbox,
  subject: document.subject,
  text: renderText(document),
  html: renderHtml(document),
});

/** What is gone by now, or can be read, is not told. */
const unreadableStill = ({ event, present }: CalendarAround) => {
  if (event.type !== 'CalendarObjectsUnreadable') return [];
  const known = new Set(present.unreadable.map(({ href }) => href));
  return event.data.personal.objects.filter(({ href }) => known.has(href));
};

/** Whether the host was told of this outage already, when somebody was refused a time because of it (S28). */
const isToldByRefusal = (
  { refusalToldAt }: CalendarAround['present'],
  { since }: { readonly since: string },
): boolean => refusalToldAt !== null && toEpochMs(refusalToldAt) >= toEpochMs(since);

/** The mail that a reader gets of one event; null: none. An alert and its end are both sent, in this order. */
const documentFor = (
  { calendarLabel }: CalendarMailDeps,
  around: CalendarAround,
  { role: reader, timeZone }: Reader,
): { readonly notification: string; readonly document: MailDocument } | null => {
  const { calendarId, event } = around;
  const facts = { calendarId, calendarLabel: calendarLabel(calendarId), reader, timeZone };
  switch (event.type) {
    case 'CalendarObjectsUnreadable': {
      const objects = unreadableStill(around);
      if (objects.length === 0 || reader === 'operator') return null;
      const document = objectsUnreadable({ ...facts, ...event.data, objects, mostADay: MOST_MAILS_A_DAY });
      return { notification: 'calendar-objects-unreadable', document };
    }
    case 'CalendarUnreadableForBooking':
      return reader === 'operator'
        ? null
        : {
            notification: 'calendar-unreadable-for-booking',
            document: unreadableForBooking({ ...facts, ...event.data }),
          };
    case 'CalendarUnreadable':
    case 'CalendarCredentialRefused': {
      if (reader !== 'operator' && isToldByRefusal(around.present, event.data)) return null;
      const document = calendarUnreadable({ ...facts, since: event.data.since, failure: event.data });
      return { notification: 'calendar-unreadable', document };
    }
    case 'CalendarReadableAgain': {
      const { told, unreadableSince: since } = event.data;
      return told
        ? { notification: 'calendar-back', document: calendarBack({ ...facts, since, until: event.occurredAt }) }
        : null;
    }
    case 'CalendarWatchStopped':
      return { notification: 'calendar-watch-stopped', document: watchStopped({ ...facts, ...event.data }) };
    case 'CalendarWatchResumed':
    case 'CalendarWatchHinted':
    case 'CalendarConnected':
    case 'CalendarAddressChanged':
    case 'CalendarObjectsNotNamed':
    case 'CalendarObjectsCleared':
    case 'CalendarReadingFailed':
    case 'CalendarEffectLeased':
    case 'CalendarNotificationSent':
    case 'CalendarNotificationParked':
      return null;
  }
};

const mailsOf = (deps: CalendarMailDeps, around: CalendarAround): ReadonlyArray<NotificationMessage> =>
  alertReaders(deps, around.calendarId).flatMap((reader) => {
    const told = documentFor(deps, around, reader);
    if (told === null) return [];
    const mail = mailTo(deps, around, reader, told.document);
    return [
      {
        notification: told.notification,
        recipient: reader.key,
        id: mail.messageId,
        send: () => sendMail(deps, mail),
      },
    ];
  });

/**
 * Mails about a calendar: to its hosts about what is odd in it, one for all objects that one look has found; to its hosts
 * and the operator when it cannot be read, and when it can again.
 */
export const calendarMailChannel = (deps: CalendarMailDeps): Channel<CalendarAround> => ({
  group: 'calendar-mail',
  kind: 'mail',
  subject: deps.calendarStreams,
  messagesOf: (around) => E.right(mailsOf(deps, around)),
});

type CalendarWebhookDeps = Omit<WebhookChannelDeps, 'bookings' | 'findHost'> &
  Pick<CalendarMailDeps, 'calendarStreams' | 'hostsOf' | 'calendarLabel'>;

/** What programs are told of one event of a calendar. */
const triggerOf = ({ event }: CalendarAround): CalendarTrigger | null => {
  if (event.type === 'CalendarUnreadable' || event.type === 'CalendarCredentialRefused') return 'CALENDAR_UNREADABLE';
  return event.type === 'CalendarReadableAgain' && event.data.told ? 'CALENDAR_BACK' : null;
};

const calendarWebhooksOf = (
  deps: CalendarWebhookDeps,
  subscription: WebhookSubscription,
  around: CalendarAround,
): ReadonlyArray<NotificationMessage> => {
  const { calendarId, event, recorded } = around;
  const trigger = triggerOf(around);
  const hostIds = deps.hostsOf(calendarId).map(({ id }) => id);
  const isMeant = subscription.hostIds === null || hostIds.some((id) => subscription.hostIds?.includes(id) === true);
  if (trigger === null || !isMeant || !subscription.triggers.includes(trigger)) return [];
  const id = deliveryId(deps.uuid)({ eventId: recorded.id, subscriptionId: subscription.id, trigger });
  const calendar = { id: calendarId, label: deps.calendarLabel(calendarId), hostIds };
  return [
    {
      notification: trigger,
      recipient: subscription.id,
      id,
      send: (attempt) => {
        const body = composeCalendarWebhook(trigger, calendar, event, recorded.occurredAt);
        return post(deps, subscription, { uid: '', trigger, body, deliveryId: id }, attempt);
      },
    },
  ];
};

/** The webhooks of one subscription about calendars. They have a group of their own: one group follows one kind of stream. */
export const calendarWebhookChannel = (
  deps: CalendarWebhookDeps,
  subscription: WebhookSubscription,
): Channel<CalendarAround> => ({
  group: `calendar-webhook-${subscription.id}`,
  kind: 'webhook',
  subject: deps.calendarStreams,
  messagesOf: (around) => E.right(calendarWebhooksOf(deps, subscription, around)),
});
