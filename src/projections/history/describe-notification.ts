import type { BookingEventOf } from '../../domain/booking/events.ts';

type Telling = BookingEventOf<'NotificationSent'> | BookingEventOf<'NotificationParked'>;

const recipientOf = ({ channel, recipient }: Telling['data'], audience: 'host' | 'guest'): string => {
  if (channel === 'webhook') return audience === 'host' ? `webhook '${recipient}'` : 'another system';
  if (recipient === 'host') return 'the host';
  return recipient === 'attendee' ? 'the guest who booked' : 'another guest';
};

/** `BOOKING_CREATED` and `not_confirmed_yet` read as words. */
const subjectOf = (notification: string): string => notification.toLowerCase().replaceAll(/[_-]+/g, ' ');

/** Whom we told what, or whom we could not tell. */
export const describeNotification = (event: Telling, audience: 'host' | 'guest'): string => {
  const { data } = event;
  const by = data.channel === 'mail' ? 'mail' : 'webhook';
  const recipient = recipientOf(data, audience);
  const subject = subjectOf(data.notification);
  if (event.type === 'NotificationSent') return `Told ${recipient} by ${by}: ${subject}.`;
  const why = audience === 'host' ? ` ${event.data.reason}` : '';
  return `Could not tell ${recipient} by ${by}: ${subject}.${why} An operator can send it again.`;
};
