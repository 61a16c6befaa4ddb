import * as E from 'fp-ts/lib/Either.js';
import type { Mail, Mailer } from '../ports/delivery.ts';
import { MOST_MAILS_A_DAY } from '../../domain/calendar/decide.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { sendMail } from './mail-channel.ts';
import { objectsUnreadable } from './mail/english/calendar-objects.ts';
import { messageId } from './mail/message-id.ts';
import { renderHtml } from './mail/render/render-html.ts';
import { renderText } from './mail/render/render-text.ts';
import type { Channel, NotificationMessage } from './channel.ts';
import type { CalendarAround, Subject } from './subject.ts';

export type CalendarMailDeps = {
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

const mailTo = (
  { calendarLabel, domain }: CalendarMailDeps,
  { calendarId, recorded, event }: CalendarAround,
  objects: ReturnType<typeof unreadableStill>,
  host: Host,
): Mail => {
  const document = objectsUnreadable({
    calendarLabel: calendarLabel(calendarId),
    timeZone: host.timeZone,
    objects,
    more: event.type === 'CalendarObjectsUnreadable' ? event.data.more : 0,
    mostADay: MOST_MAILS_A_DAY,
  });
  return {
    messageId: messageId(recorded.id, `host-${host.id}`, domain),
    to: { name: host.name, address: host.email },
    subject: document.subject,
    text: renderText(document),
    html: renderHtml(document),
  };
};

const messagesOf = (deps: CalendarMailDeps, around: CalendarAround): ReadonlyArray<NotificationMessage> => {
  const objects = unreadableStill(around);
  if (objects.length === 0) return [];
  return deps.hostsOf(around.calendarId).map((host) => {
    const mail = mailTo(deps, around, objects, host);
    return {
      notification: 'calendar-objects-unreadable',
      recipient: host.id,
      id: mail.messageId,
      send: () => sendMail(deps, mail),
    };
  });
};

/** Mails to the hosts of a calendar about what is odd in it: one for all objects that one look has found. */
export const calendarMailChannel = (deps: CalendarMailDeps): Channel<CalendarAround> => ({
  group: 'calendar-mail',
  kind: 'mail',
  subject: deps.calendarStreams,
  messagesOf: (around) => E.right(messagesOf(deps, around)),
});
