import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { type BookingEvent, bookingEventCodecs } from '../booking/events.ts';
import { type CalendarStreamEvent, calendarEventCodecs } from '../calendar/events.ts';
import { type ChangeEvent, changeEventCodecs } from '../installation/change-events.ts';
import { type RulesEvent, rulesEventCodecs } from '../rules/rules-stream.ts';
import { type ScheduleEvent, scheduleEventCodecs } from '../schedule/schedule-state.ts';
import { isObject } from '../unknown.ts';
import { type JsonObject, instantCodec, type Envelope } from './envelope.ts';
import { withStandIns } from './sealed-data.ts';

const MAX_SHOWN = 5;

const pathOf = (error: t.ValidationError): string =>
  error.context
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.');

/** io-ts errors in words: which field, and what it should have been. Values are left out: they may be personal. */
export const describeErrors = (errors: t.Errors): string =>
  errors
    .slice(0, MAX_SHOWN)
    .map((error) => `${pathOf(error)} is not ${error.context.at(-1)?.type.name ?? 'valid'}`)
    .join('; ');

/** Turns one version of an event's data into the next. Steps are written once and kept for ever, as old events are. */
type Upcaster = (data: JsonObject) => JsonObject;

/** By event type: step n turns version n + 1 into version n + 2, so its length + 1 is the newest version. */
type UpcastingTable = { readonly [type: string]: ReadonlyArray<Upcaster> };

const isText = (value: unknown): value is string => typeof value === 'string';

/**
 * Version 1 of BookingRequested knew one policy and calendar ids alone, and counted its length in `duration`. It was
 * written before the first release; it stays readable.
 */
const requestedFrom1To2: Upcaster = ({ calendarIds, duration, ...rest }) => ({
  ...rest,
  lengthInMinutes: duration ?? null,
  acceptance: 'any-of',
  calendars: Array.isArray(calendarIds)
    ? calendarIds.filter(isText).map((calendarId) => ({ calendarId, provider: 'local' }))
    : [],
});

/** Version 2 knew the host by id alone. What was erased stays erased. */
const requestedFrom2To3: Upcaster = ({ personal, ...rest }) => ({
  ...rest,
  personal: isObject(personal) && personal.erased === undefined ? { ...personal, organizer: null } : (personal ?? null),
});

/** Version 3 knew no timers. Bookings of that time have none: what was long past must not be told now. */
const requestedFrom3To4: Upcaster = (data) => ({ ...data, timers: null });

/** Version 1 was written by releases that wrote every event as confirmed at once: it needs no second write. */
const succeededFrom1To2: Upcaster = (data) => ({ ...data, status: 'confirmed' });

/** Version 1 was written by releases that gave every booking this UID. */
const heldFrom1To2: Upcaster = ({ bookingUid, ...rest }) => ({
  ...rest,
  bookingUid: bookingUid ?? null,
  icsUid: isText(bookingUid) ? `${bookingUid}@holdfast` : null,
});

export const upcasting: UpcastingTable = {
  BookingRequested: [requestedFrom1To2, requestedFrom2To3, requestedFrom3To4],
  CalendarSyncSucceeded: [succeededFrom1To2],
  SlotHeld: [heldFrom1To2],
};

/** The version that is written today. */
export const newestVersion = (type: string): number => (upcasting[type]?.length ?? 0) + 1;

/** Data of any stored version, as the newest version has it. A version from the future is handed back as it is. */
export const upcast = (type: string, version: number, data: JsonObject): JsonObject =>
  (upcasting[type] ?? []).slice(version - 1).reduce((older, step) => step(older), data);

/** What projections are told of. */
export type DomainEvent = BookingEvent | ScheduleEvent | CalendarStreamEvent;

/** All that is written to the log. */
export type LoggedEvent = DomainEvent | RulesEvent | ChangeEvent;

/** Why a stored event cannot be understood. It is not skipped: a log with a hole proves nothing. */
export type Undecodable = {
  readonly type: 'UnknownEventType' | 'FutureVersion' | 'InvalidData';
  readonly reason: string;
};

type KnownType = {
  readonly type: string;
  readonly codec: t.Mixed;
  readonly newest: number;
};

/** What is known of each type. Its name is ours, not the one that was parsed: comparing those by identity halves a switch. */
const knownTypes = (codecs: Readonly<Record<string, t.Mixed>>): ReadonlyMap<string, KnownType> =>
  new Map(Object.entries(codecs).map(([type, codec]) => [type, { type, codec, newest: newestVersion(type) }]));

const decoder = <Event extends LoggedEvent>(codecs: Readonly<Record<string, t.Mixed>>) => {
  const types = knownTypes(codecs);
  return (stored: Pick<Envelope, 'type' | 'version' | 'data' | 'occurredAt'>): E.Either<Undecodable, Event> => {
    const { version, occurredAt } = stored;
    const known = types.get(stored.type);
    if (known === undefined) return E.left({ type: 'UnknownEventType', reason: `no event is called ${stored.type}` });
    const { type, codec, newest } = known;
    if (!Number.isInteger(version) || version < 1 || !instantCodec.is(occurredAt))
      return E.left({
        type: 'InvalidData',
        reason: `${type}: its version is not a whole number from 1 on, or its time is not a UTC instant`,
      });
    if (version > newest)
      return E.left({ type: 'FutureVersion', reason: `${type} version ${version} is newer than this program` });
    const readable = withStandIns(type, stored.data);
    const data = version === newest ? readable : upcast(type, version, readable);
    // Codecs of events change nothing of what they accept. Asking alone costs half: no path is kept for an error.
    if (!codec.is(data)) {
      const decoded: t.Validation<unknown> = codec.decode(data);
      if (E.isLeft(decoded)) return E.left({ type: 'InvalidData', reason: `${type}: ${describeErrors(decoded.left)}` });
    }
    const accepted: unknown = data;
    // The codec found by this very type has accepted the data; TypeScript cannot see that the two belong together.
    return E.right({ type, occurredAt, data: accepted } as Event);
  };
};

/** A stored event of a booking stream as the domain knows it: upcast to the newest version and checked by its codec. */
export const decodeBookingEvent = decoder<BookingEvent>(bookingEventCodecs);

/** A stored event of a schedule stream as the domain knows it. */
export const decodeScheduleEvent = decoder<ScheduleEvent>(scheduleEventCodecs);

/** A stored event of a calendar's own stream as the domain knows it. */
export const decodeCalendarEvent = decoder<CalendarStreamEvent>(calendarEventCodecs);

/** A stored event of a host's rules as the domain knows it. */
export const decodeRulesEvent = decoder<RulesEvent>(rulesEventCodecs);

/** A stored event of what happened to the installation, as the domain knows it. */
export const decodeChangeEvent = decoder<ChangeEvent>(changeEventCodecs);
