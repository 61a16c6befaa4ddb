import * as E from 'fp-ts/lib/Either.js';
import { bookingEventCodecs } from '../../domain/booking/events.ts';
import { calendarEventCodecs } from '../../domain/calendar/events.ts';
import {
  type DomainEvent,
  type Undecodable,
  decodeBookingEvent,
  decodeCalendarEvent,
  decodeScheduleEvent,
  newestVersion,
} from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { scheduleEventCodecs } from '../../domain/schedule/schedule-state.ts';

/** An event and whose stream it is in; null for a stream of another kind, which is no projection's business. */
export type Understood = { readonly owner: string; readonly event: DomainEvent } | null;

/** A recorded event in the domain's words, or why there are none for it. */
export type Understand = (recorded: RecordedEvent) => E.Either<Undecodable, Understood>;

type Decode<Event extends DomainEvent> = (recorded: RecordedEvent) => E.Either<Undecodable, Event>;

const BOOKING = 'booking-';
const SCHEDULE = 'schedule-';
const CALENDAR = 'calendar-';
const categories = [BOOKING, SCHEDULE, CALENDAR] as const;
const nobodys = E.right(null);

const understandBy =
  (booking: Decode<DomainEvent>, schedule: Decode<DomainEvent>, calendar: Decode<DomainEvent>): Understand =>
  (recorded) => {
    const { stream } = recorded;
    const category = categories.find((prefix) => stream.startsWith(prefix));
    if (category === undefined) return nobodys;
    const event = { [BOOKING]: booking, [SCHEDULE]: schedule, [CALENDAR]: calendar }[category](recorded);
    return E.isLeft(event) ? event : E.right({ owner: stream.slice(category.length), event: event.right });
  };

const trusting = <Event extends DomainEvent>(codecs: object, decode: Decode<Event>): Decode<Event> => {
  const newest = new Map(Object.keys(codecs).map((type) => [type, newestVersion(type)]));
  return (recorded) =>
    newest.get(recorded.type) === recorded.version
      ? // What was written under this type and version has its shape; only a codec could show it to TypeScript.
        E.right({ type: recorded.type, occurredAt: recorded.occurredAt, data: recorded.data } as Event)
      : decode(recorded);
};

/** Every event goes through its codec: for what is new. */
export const understand: Understand = understandBy(decodeBookingEvent, decodeScheduleEvent, decodeCalendarEvent);

/** A booking's event, with data of the newest version taken at its word; see `understandTrusted`. */
export const trustedBookingEvent = trusting(bookingEventCodecs, decodeBookingEvent);

/**
 * Takes data of the newest version at its word: it was checked when it was written and when it was first followed, and
 * the hash chain (`audit verify`) vouches that it is still the same. Anything else is upcast and checked in full.
 */
export const understandTrusted: Understand = understandBy(
  trustedBookingEvent,
  trusting(scheduleEventCodecs, decodeScheduleEvent),
  trusting(calendarEventCodecs, decodeCalendarEvent),
);
