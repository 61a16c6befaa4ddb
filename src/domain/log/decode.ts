import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import type { BookingEvent } from '../booking/events.ts';
import { bookingEventCodecs } from '../booking/events.ts';
import type { CalendarStreamEvent } from '../calendar/events.ts';
import { calendarEventCodecs } from '../calendar/events.ts';
import type { ScheduleEvent } from '../schedule/events.ts';
import { scheduleEventCodecs } from '../schedule/events.ts';
import { instantCodec } from './codecs.ts';
import { describeErrors } from './describe-errors.ts';
import type { Envelope } from './envelope.ts';
import { newestVersion, upcast } from './upcast.ts';

export type DomainEvent = BookingEvent | ScheduleEvent | CalendarStreamEvent;

/** Why a stored event cannot be understood. It is not skipped: a log with a hole proves nothing. */
export type Undecodable = {
  readonly type: 'UnknownEventType' | 'FutureVersion' | 'InvalidData';
  readonly reason: string;
};

const decoder =
  <Event extends DomainEvent>(codecs: Readonly<Record<string, t.Mixed>>) =>
  (stored: Pick<Envelope, 'type' | 'version' | 'data' | 'occurredAt'>): E.Either<Undecodable, Event> => {
    const codec = Object.hasOwn(codecs, stored.type) ? codecs[stored.type] : undefined;
    if (codec === undefined) return E.left({ type: 'UnknownEventType', reason: `no event is called ${stored.type}` });
    if (!Number.isInteger(stored.version) || stored.version < 1 || !instantCodec.is(stored.occurredAt))
      return E.left({
        type: 'InvalidData',
        reason: `${stored.type}: its version is not a whole number from 1 on, or its time is not a UTC instant`,
      });
    if (stored.version > newestVersion(stored.type))
      return E.left({
        type: 'FutureVersion',
        reason: `${stored.type} version ${stored.version} is newer than this program`,
      });
    const decoded: t.Validation<unknown> = codec.decode(upcast(stored.type, stored.version, stored.data));
    return E.isLeft(decoded)
      ? E.left({ type: 'InvalidData', reason: `${stored.type}: ${describeErrors(decoded.left)}` })
      : // The codec found by this very type has accepted the data; TypeScript cannot see that the two belong together.
        E.right({ type: stored.type, occurredAt: stored.occurredAt, data: decoded.right } as Event);
  };

/** A stored event of a booking stream as the domain knows it: upcast to the newest version and checked by its codec. */
export const decodeBookingEvent = decoder<BookingEvent>(bookingEventCodecs);

/** A stored event of a schedule stream as the domain knows it. */
export const decodeScheduleEvent = decoder<ScheduleEvent>(scheduleEventCodecs);

/** A stored event of a calendar's own stream as the domain knows it. */
export const decodeCalendarEvent = decoder<CalendarStreamEvent>(calendarEventCodecs);
