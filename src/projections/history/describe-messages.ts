import type { BookingEventData, BookingEventOf } from '../../domain/booking/events.ts';
import { ALL_EFFECTS, ROOM_EFFECT } from '../../domain/booking/lease.ts';

const WEBHOOK = 'webhook-';

/** What the node is about to do; `what` is the first word of an effect's name, `rest` what comes after it. */
const doingOf = (what: string, rest: string, calendarLabel: (calendarId: string) => string): string => {
  if (what === 'calendar') return `to call calendar '${calendarLabel(rest)}'`;
  if (what === ALL_EFFECTS) return 'to call calendars and send messages';
  if (what === ROOM_EFFECT) return 'to make the video room';
  if (what === 'mail-host') return 'to tell the host by mail';
  if (what === 'mail-guests') return 'to tell the guests by mail';
  return what.startsWith(WEBHOOK) ? `to tell webhook '${what.slice(WEBHOOK.length)}'` : `to do '${what}'`;
};

/** Which node began what, and from when on another may. `timeOf`: an instant to the second, in the reader's zone. */
export const describeLease = (
  { effect, node, until }: BookingEventData<'EffectLeased'>,
  calendarLabel: (calendarId: string) => string,
  timeOf: (instant: string) => string,
): string => {
  const [what = '', ...rest] = effect.split(' ');
  return `Node '${node}' is about ${doingOf(what, rest.join(' '), calendarLabel)}. If it fails to, another may from ${timeOf(until)} on.`;
};

type NotificationEvent = BookingEventOf<'NotificationSent'> | BookingEventOf<'NotificationParked'>;

const recipientOf = ({ channel, recipient }: NotificationEvent['data'], audience: 'host' | 'guest'): string => {
  if (channel === 'webhook') return audience === 'host' ? `webhook '${recipient}'` : 'another system';
  if (recipient === 'host') return 'the host';
  return recipient === 'attendee' ? 'the guest who booked' : 'another guest';
};

/** `BOOKING_CREATED` and `not_confirmed_yet` read as words. */
const subjectOf = (notification: string): string => notification.toLowerCase().replaceAll(/[_-]+/g, ' ');

/** Whom we told what, or whom we could not tell. */
export const describeNotification = (event: NotificationEvent, audience: 'host' | 'guest'): string => {
  const { data } = event;
  const by = data.channel === 'mail' ? 'mail' : 'webhook';
  const recipient = recipientOf(data, audience);
  const subject = subjectOf(data.notification);
  if (event.type === 'NotificationSent') return `Told ${recipient} by ${by}: ${subject}.`;
  const why = audience === 'host' ? ` ${event.data.reason}` : '';
  return `Could not tell ${recipient} by ${by}: ${subject}.${why} An operator can send it again.`;
};

const MINUTES_PER_HOUR = 60;

/** `2 hours`, `90 minutes`. */
export const minutesInWords = (minutes: number): string => {
  const [count, unit] = minutes % MINUTES_PER_HOUR === 0 ? [minutes / MINUTES_PER_HOUR, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** Guests read what was said of the host; of each other, as of addresses, nothing. */
export const absenceInWords = (
  { host, personal }: BookingEventData<'AbsenceMarked'>,
  audience: 'host' | 'guest',
): string => {
  const said = (who: string, absent: boolean): string => `${who} ${absent ? 'was absent' : 'was there after all'}`;
  const ofGuests =
    audience === 'host'
      ? personal.attendees.map(({ email, absent }) => said(email, absent))
      : personal.attendees.length === 0
        ? []
        : ['who of the guests was there'];
  return `It was said who came: ${[...(host === null ? [] : [said('the host', host)]), ...ofGuests].join('; ')}.`;
};
