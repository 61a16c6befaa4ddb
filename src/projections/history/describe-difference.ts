import type { BookingEvent, BookingEventOf } from '../../domain/booking/events.ts';
import { exactText } from '../../domain/time/instant-text.ts';
import { notFollowedBecause } from '../../application/notifications/mail/english/difference-mails.ts';
import { calendarOf, type Reader } from './history-words.ts';

type WatchEvent = Extract<
  BookingEvent,
  {
    readonly type:
      | 'CalendarEventMissing'
      | 'CalendarEventMoved'
      | 'CalendarEventChanged'
      | 'CalendarEventVerified'
      | 'CalendarEventRestoreRequested'
      | 'CalendarEventNotFollowed';
  }
>;

type Deleted = BookingEventOf<'CalendarEventMissing'>['data'];

const afterDeletion = ({ policy, settleAt }: Pick<Deleted, 'policy' | 'settleAt'>, reader: Reader): string => {
  switch (policy) {
    case 'cancel':
      return `Unless another calendar holds it, or the host undoes that, the booking is cancelled at ${exactText(settleAt, reader.timeZone)}.`;
    case 'restore':
      return 'It is written again.';
    case 'pending':
      return 'Unless another calendar holds it, the host is asked what is to become of the booking.';
  }
};

const afterMove = ({ policy }: BookingEventOf<'CalendarEventMoved'>['data']): string => {
  switch (policy) {
    case 'follow':
      return 'If that time is free, the booking follows.';
    case 'restore':
      return 'It is put back.';
    case 'ask':
      return 'The host is asked what is to become of the booking.';
  }
};

const changed = (event: BookingEventOf<'CalendarEventChanged'>, reader: Reader): string => {
  const calendar = calendarOf(event.data.calendarId, reader);
  return event.data.change === 'organizer'
    ? `${calendar} names somebody else as the organizer of the event. The time is as booked.`
    : `${calendar} shows the event as cancelled. ${afterDeletion(event.data, reader)}`;
};

/** What a person was found to have done to the event in a calendar, and what follows, in words. Every time names its zone. */
export const describeDifference = (event: WatchEvent, reader: Reader): string => {
  const calendar = calendarOf(event.data.calendarId, reader);
  const lower = calendar.replace(/^[CT]/, (first) => first.toLowerCase());
  switch (event.type) {
    case 'CalendarEventMissing':
      return `${calendar} does not hold the event any more: it was asked twice. ${afterDeletion(event.data, reader)}`;
    case 'CalendarEventMoved': {
      const { start, end } = event.data;
      const [from, to] = [start, end].map((instant) => exactText(instant, reader.timeZone, 'minute'));
      return `The event was moved in ${lower}: it is from ${from} to ${to} there. ${afterMove(event.data)}`;
    }
    case 'CalendarEventChanged':
      return changed(event, reader);
    case 'CalendarEventVerified':
      return `${calendar} was asked, and holds the booking at its time.`;
    case 'CalendarEventRestoreRequested':
      return `The ${event.data.by} wants the event as it was booked: ${lower} is written again.`;
    case 'CalendarEventNotFollowed':
      return `The booking cannot be at the time that ${lower} shows${reader.audience === 'host' ? `: ${notFollowedBecause({ takenBy: null, ...event.data })}` : ''}. The host is asked.`;
  }
};
