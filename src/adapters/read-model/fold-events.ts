import * as E from 'fp-ts/lib/Either.js';
import type { DatabaseSync } from 'node:sqlite';
import { noBooking, type BookingState } from '../../domain/booking/booking-state.ts';
import { bookingEventCodecs, type BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
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
import { messageOf } from '../../domain/unknown.ts';
import type { ProjectedEvent } from '../../projections/projection.ts';
import { type AroundRows, bookingsPart, otherParts, type Projector } from './projectors.ts';

/** An event and the id in its stream's name; null for a stream that no projection reads. */
type OwnedEvent = { readonly owner: string; readonly event: DomainEvent } | null;

/** Decodes a recorded event, or says why it cannot. */
type DecodeRecorded = (recorded: RecordedEvent) => E.Either<Undecodable, OwnedEvent>;

type Decode<Event extends DomainEvent> = (recorded: RecordedEvent) => E.Either<Undecodable, Event>;

const BOOKING = 'booking-';
const SCHEDULE = 'schedule-';
const CALENDAR = 'calendar-';
const ofNoProjection = E.right(null);

const decodingBy =
  (booking: Decode<DomainEvent>, schedule: Decode<DomainEvent>, calendar: Decode<DomainEvent>): DecodeRecorded =>
  (recorded) => {
    const { stream } = recorded;
    const owned = (category: string, decode: Decode<DomainEvent>): E.Either<Undecodable, OwnedEvent> => {
      const event = decode(recorded);
      return E.isLeft(event) ? event : E.right({ owner: stream.slice(category.length), event: event.right });
    };
    if (stream.startsWith(BOOKING)) return owned(BOOKING, booking);
    if (stream.startsWith(SCHEDULE)) return owned(SCHEDULE, schedule);
    return stream.startsWith(CALENDAR) ? owned(CALENDAR, calendar) : ofNoProjection;
  };

const trusted = <Event extends DomainEvent>(codecs: object, decode: Decode<Event>): Decode<Event> => {
  // Our own name for each type, not the one that was parsed: comparing those by identity halves a switch.
  const known = new Map(Object.keys(codecs).map((type) => [type, { type, newest: newestVersion(type) }]));
  return (recorded) => {
    const found = known.get(recorded.type);
    if (found?.newest !== recorded.version) return decode(recorded);
    // What was written under this type and version has its shape; only a codec could show it to TypeScript.
    return E.right({ type: found.type, occurredAt: recorded.occurredAt, data: recorded.data } as Event);
  };
};

/** Every event goes through its codec: for what is new. */
export const decodeRecorded: DecodeRecorded = decodingBy(decodeBookingEvent, decodeScheduleEvent, decodeCalendarEvent);

/** A booking's event, with data of the newest version taken at its word; see `decodeTrusted`. */
export const decodeTrustedBookingEvent = trusted(bookingEventCodecs, decodeBookingEvent);

/**
 * Takes data of the newest version at its word: it was checked when it was written and when it was first followed, and
 * the hash chain (`audit verify`) vouches that it is still the same. Anything else is upcast and checked in full.
 */
export const decodeTrusted: DecodeRecorded = decodingBy(
  decodeTrustedBookingEvent,
  trusted(scheduleEventCodecs, decodeScheduleEvent),
  trusted(calendarEventCodecs, decodeCalendarEvent),
);

/** How far a projection has got. `stopped`: why it takes no more events; it goes on after a rebuild only. */
export type Checkpoint = { readonly position: number; readonly eventId: string; readonly stopped: string | null };

export type EventFold = {
  readonly projectors: ReadonlyArray<Projector>;
  /** Folds one event into the rows in memory. What cannot be folded stops its projection, before the event. */
  readonly fold: (recorded: RecordedEvent) => void;
  readonly checkpoints: () => ReadonlyMap<string, Checkpoint>;
  /** Goes back to these checkpoints and drops all rows from memory. */
  readonly reset: (checkpoints: ReadonlyMap<string, Checkpoint>) => void;
};

export const initialCheckpoint: Checkpoint = { position: 0, eventId: '', stopped: null };

const isOfBooking = (event: DomainEvent): event is BookingEvent => Object.hasOwn(bookingEventCodecs, event.type);

const evolved = (booking: BookingState, event: DomainEvent): BookingState =>
  isOfBooking(event) ? evolve(booking, event) : noBooking;

/**
 * All projections over an open file. An event that cannot be decoded stops them all. So does one that the bookings
 * cannot fold, since the others need the booking before and after it.
 */
export const foldEvents = (db: DatabaseSync, decodeEvent: DecodeRecorded, around?: AroundRows): EventFold => {
  const bookings = bookingsPart.open(db, around);
  const projectors = [bookings, ...otherParts.map((part) => part.open(db, around))];
  const reached = new Map<string, Checkpoint>();

  const stop = (name: string, recorded: RecordedEvent, reason: string): void => {
    const before = reached.get(name) ?? initialCheckpoint;
    const { stream, revision, position, type } = recorded;
    reached.set(name, {
      ...before,
      stopped: `${type} at position ${position} (${stream}, revision ${revision}): ${reason}`,
    });
  };
  const isRunning = ({ name }: Projector): boolean => (reached.get(name)?.stopped ?? null) === null;
  const stopAll = (recorded: RecordedEvent, reason: string): void => {
    for (const { name } of projectors.filter(isRunning)) stop(name, recorded, reason);
  };

  const project = (
    projector: Projector,
    recorded: RecordedEvent,
    event: ProjectedEvent | null,
    here: Checkpoint,
  ): void => {
    const reason = event === null ? null : projector.apply(event);
    if (reason === null) reached.set(projector.name, here);
    else if (projector === bookings) stopAll(recorded, reason);
    else stop(projector.name, recorded, reason);
  };

  const projectedOf = (
    recorded: RecordedEvent,
    owner: string,
    event: DomainEvent,
  ): E.Either<string, ProjectedEvent> => {
    const before = isOfBooking(event) ? bookings.get(owner) : noBooking;
    const { id: eventId, position } = recorded;
    try {
      return E.right({ event, eventId, position, owner, before, after: evolved(before, event) });
    } catch (thrown) {
      return E.left(messageOf(thrown));
    }
  };

  const fold = (recorded: RecordedEvent): void => {
    if (!isRunning(bookings)) return;
    const decoded = decodeEvent(recorded);
    if (E.isLeft(decoded)) {
      stopAll(recorded, decoded.left.reason);
      return;
    }
    const here: Checkpoint = { position: recorded.position, eventId: recorded.id, stopped: null };
    const event =
      decoded.right === null ? E.right(null) : projectedOf(recorded, decoded.right.owner, decoded.right.event);
    if (E.isLeft(event)) {
      stopAll(recorded, event.left);
      return;
    }
    for (const projector of projectors) if (isRunning(projector)) project(projector, recorded, event.right, here);
  };

  return {
    projectors,
    fold,
    checkpoints: () => reached,
    reset: (checkpoints) => {
      for (const projector of projectors) {
        projector.forget();
        reached.set(projector.name, checkpoints.get(projector.name) ?? initialCheckpoint);
      }
    },
  };
};
