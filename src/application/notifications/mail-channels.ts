import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/booking-facts.ts';
import { MOST_MAILS_A_DAY } from '../../domain/calendar/decide.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Mail, Mailer } from '../ports/delivery.ts';
import type { Attempted, Channel, NotificationMessage } from './channel.ts';
import { messageId } from './mail/compose-mail.ts';
import { objectsUnreadable, unreadableForBooking } from './mail/english/unreadable-mails.ts';
import { type MailDocument, renderHtml, renderText } from './mail/mail-document.ts';
import {
  type MailAudience,
  type MailFactsDeps,
  mailFactsOf,
  type MailFacts,
  type MailNotification,
} from './mail/mail-facts.ts';
import { isStillTrue, isToHear, isTooLate, type Recipient, recipientsOf } from './mail-kinds.ts';
import { planNotifications } from './plan.ts';
import type { BookingAround, Subject, CalendarAround } from './subject.ts';

type MailChannelDeps = MailFactsDeps & {
  readonly clock: Pick<Clock, 'now'>;
  readonly bookings: Subject<BookingAround>;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly compose: (notification: MailNotification, facts: MailFacts) => Mail;
  /** The right side of our Message-IDs. */
  readonly domain: string;
  readonly findHost: (hostId: string) => Host | undefined;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

const HOST_UNKNOWN = 'The host is not configured any more, and the log has no address of theirs.';

const isFor = (audience: MailAudience, { role }: Recipient): boolean => (role === 'host') === (audience === 'host');

/** One attempt, as a notifier is told of it. */
const sendMail = async (
  { mailer, signal }: Pick<MailChannelDeps, 'mailer' | 'signal'>,
  mail: Mail,
): Promise<Attempted> => {
  const sent = await mailer.send(mail, signal)();
  if (E.isRight(sent)) return { type: 'sent' };
  const { type, message: reason } = sent.left;
  return { type: type === 'refused' ? 'refused' : 'failed', reason };
};

/** What a guest hears after an invitation depends on whether that came: until it is settled, the later mail is not judged. */
const mayWait = ({ role }: Recipient, present: KnownBooking): boolean =>
  role === 'guest' && present.request.invitesOnceVerified === true;

const bookingMessages = (
  deps: MailChannelDeps,
  audience: MailAudience,
  { uid, recorded, event, after, present, before }: BookingAround,
): ReadonlyArray<NotificationMessage> => {
  const { eventTypeId, hostId, personal } = after.request;
  const configured = deps.findHost(hostId);
  const host = presentOrganizer(after, configured) ?? formerHost(hostId, personal.attendee.timeZone);
  const eventType = configured?.eventTypes.find(({ id }) => id === eventTypeId);
  return planNotifications(event, before).mails.flatMap((kind) => {
    const isCurrent = isStillTrue(kind, present) && !isTooLate(kind, after, present, deps.clock.now());
    const facts = mailFactsOf(deps)(uid, kind, audience, after, present, host, eventType);
    return recipientsOf(kind, facts)
      .filter((recipient) => isFor(audience, recipient) && (isCurrent || mayWait(recipient, present)))
      .map((recipient): NotificationMessage => {
        const notification = { kind, recipient, eventId: recorded.id, occurredAt: recorded.occurredAt };
        return {
          notification: kind,
          recipient: recipient.key,
          id: messageId(recorded.id, recipient.key, deps.domain),
          needless: !isCurrent || !isToHear(kind, recipient, present),
          send: () => sendMail(deps, deps.compose(notification, facts)),
        };
      });
  });
};

/**
 * Mails to hosts, or to guests: a guest's broken mailbox must not hold back the host's alert. A host whom neither the
 * configuration nor the log knows cannot be written to; guests are told all the same.
 */
export const mailChannel = (deps: MailChannelDeps, audience: MailAudience): Channel<BookingAround> => ({
  group: `mail-${audience}`,
  kind: 'mail',
  subject: deps.bookings,
  messagesOf: (around) => {
    const { after } = around;
    const messages = bookingMessages(deps, audience, around);
    const isReachable = audience === 'guests' || presentOrganizer(after, deps.findHost(after.request.hostId)) !== null;
    return isReachable || messages.length === 0 ? E.right(messages) : E.left(HOST_UNKNOWN);
  },
});

type CalendarMailDeps = {
  readonly calendarStreams: Subject<CalendarAround>;
  /** Those who have the calendar now; each is told. */
  readonly hostsOf: (calendarId: string) => ReadonlyArray<Host>;
  readonly calendarLabel: (calendarId: string) => string;
  /** The right side of our NotificationMessage-IDs. */
  readonly domain: string;
  readonly mailer: Pick<Mailer, 'send'>;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** What is gone by now, or can be read, is not told. */
const unreadableStill = ({ event, present }: CalendarAround) => {
  if (event.type !== 'CalendarObjectsUnreadable') return [];
  const known = new Set(present.unreadable.map(({ href }) => href));
  return event.data.personal.objects.filter(({ href }) => known.has(href));
};

/** What each host of the calendar is told of the event; null: nothing any more. */
const toldOf = (
  { calendarLabel }: Pick<CalendarMailDeps, 'calendarLabel'>,
  around: CalendarAround,
): { readonly notification: string; readonly to: (host: Host) => MailDocument } | null => {
  const { calendarId, event } = around;
  const label = calendarLabel(calendarId);
  if (event.type === 'CalendarUnreadableForBooking') {
    const to = ({ timeZone }: Host) => unreadableForBooking({ calendarLabel: label, timeZone, ...event.data });
    return { notification: 'calendar-unreadable-for-booking', to };
  }
  const objects = unreadableStill(around);
  if (event.type !== 'CalendarObjectsUnreadable' || objects.length === 0) return null;
  const { more } = event.data;
  const to = ({ timeZone }: Host) =>
    objectsUnreadable({ calendarLabel: label, timeZone, objects, more, mostADay: MOST_MAILS_A_DAY });
  return { notification: 'calendar-objects-unreadable', to };
};

const calendarMessages = (deps: CalendarMailDeps, around: CalendarAround): ReadonlyArray<NotificationMessage> => {
  const told = toldOf(deps, around);
  if (told === null) return [];
  return deps.hostsOf(around.calendarId).map((host) => {
    const document = told.to(host);
    const id = messageId(around.recorded.id, `host-${host.id}`, deps.domain);
    const mail = {
      messageId: id,
      to: { name: host.name, address: host.email },
      subject: document.subject,
      text: renderText(document),
      html: renderHtml(document),
    };
    return { notification: told.notification, recipient: host.id, id, send: () => sendMail(deps, mail) };
  });
};
/** Mails to the hosts of a calendar: of what is odd in it, one for all objects of one look; that it could not be read. */
export const calendarMailChannel = (deps: CalendarMailDeps): Channel<CalendarAround> => ({
  group: 'calendar-mail',
  kind: 'mail',
  subject: deps.calendarStreams,
  messagesOf: (around) => E.right(calendarMessages(deps, around)),
});
