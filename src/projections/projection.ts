import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { BookingState } from '../domain/booking/booking-state.ts';
import type { CalendarStreamEventType } from '../domain/calendar/events.ts';
import type { DomainEvent } from '../domain/log/decode.ts';
import type { ScheduleEventType } from '../domain/schedule/schedule-state.ts';

type DomainEventType = DomainEvent['type'];
type EventsByType = { readonly [T in DomainEventType]: Extract<DomainEvent, { readonly type: T }> };

/**
 * One event, as projections are told of it. `owner`: the booking's uid, the host's id or the calendar's, from the stream's
 * name. `before`, `after`: the booking around the event; no booking both for an event of another stream.
 */
export type ProjectedEvent<T extends DomainEventType = DomainEventType> = {
  readonly event: EventsByType[T];
  readonly eventId: string;
  readonly position: number;
  readonly owner: string;
  readonly before: BookingState;
  readonly after: BookingState;
};

/** What an event makes of one row. A row that is not there yet reads as the projection's `initial`. */
export type Change<Row> = { readonly key: string; readonly to: (row: Row) => Row };

/** Said of an event that a projection does not look at. Saying nothing is not possible. */
export const ignored = 'ignored';

type AllIgnored<T extends DomainEventType> = { readonly [type in T]: typeof ignored };

/** Said by projections that look at no calendar's own stream: a new event of it breaks the build here, once. */
export const ignoringCalendars: AllIgnored<CalendarStreamEventType> = {
  CalendarConnected: ignored,
  CalendarAddressChanged: ignored,
  CalendarObjectsUnreadable: ignored,
  CalendarObjectsNotNamed: ignored,
  CalendarObjectsCleared: ignored,
  CalendarUnreadableForBooking: ignored,
  CalendarReadingFailed: ignored,
  CalendarUnreadable: ignored,
  CalendarCredentialRefused: ignored,
  CalendarReadableAgain: ignored,
  CalendarWatchStopped: ignored,
  CalendarWatchResumed: ignored,
  CalendarWatchHinted: ignored,
  CalendarEffectLeased: ignored,
  CalendarNotificationSent: ignored,
  CalendarNotificationParked: ignored,
};

/** Said by projections that look at no host's schedule. */
export const ignoringSchedules: AllIgnored<ScheduleEventType> = {
  SlotHeld: ignored,
  SlotConfirmed: ignored,
  SlotReleased: ignored,
  NewSlotHeld: ignored,
  SlotMoved: ignored,
  NewSlotReleased: ignored,
};

/** The changes of one event are of different rows. Pure: no clock, no randomness, nothing but rows. */
type ProjectionHandler<T extends DomainEventType, Row> = (projected: ProjectedEvent<T>) => ReadonlyArray<Change<Row>>;

/**
 * A read model as a fold. The table knows every event type, so a new event breaks the build of each projection until it
 * has decided.
 */
export type Projection<Row> = {
  readonly name: string;
  readonly initial: Row;
  readonly on: { readonly [T in DomainEventType]: ProjectionHandler<T, Row> | typeof ignored };
};

/** The changes that a projection makes of an event. */
export const changesOf = <Row>(projection: Projection<Row>, projected: ProjectedEvent): ReadonlyArray<Change<Row>> => {
  const handler = projection.on[projected.event.type];
  // The table is indexed by the event's own type; TypeScript cannot see that the two belong together.
  return handler === ignored ? [] : (handler as ProjectionHandler<DomainEventType, Row>)(projected);
};

export type Columns = Record<string, SQLOutputValue>;

/** A row of the read model that is not what we wrote: the file is damaged and can be rebuilt. */
export class DamagedRow extends Error {}

/** Throws `DamagedRow` when the column is not text; tables are STRICT. */
export const textOf = (row: Columns, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new DamagedRow(`${column} is not text`);
  return value;
};

/** Throws `DamagedRow` when the column is not a number. */
export const numberOf = (row: Columns, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number') throw new DamagedRow(`${column} is not a number`);
  return value;
};

/** JSON of our own writing. Throws `DamagedRow` when it is cut off or of another shape. */
export const jsonOf = <A>(row: Columns, column: string, is: (value: unknown) => value is A): A => {
  let value: unknown;
  try {
    value = JSON.parse(textOf(row, column));
  } catch (cause) {
    throw new DamagedRow(`${column} is not JSON`, { cause });
  }
  if (!is(value)) throw new DamagedRow(`${column} has another shape`);
  return value;
};

/** Reads and writes rows by key. `find` answers undefined for a row that is not there. */
export type RowAccess<Row> = {
  readonly find: (key: string) => Row | undefined;
  readonly put: (key: string, row: Row) => void;
};

/**
 * Where the rows of a projection are kept. `schema` makes the table and what looking up by key needs; `indexes` are made
 * after a rebuild has filled it. A row that stands for "nothing" is deleted by `put`.
 */
export type RowTable<Row> = {
  readonly schema: string;
  readonly indexes: string;
  /** Of a row as `put` writes it, in the order of the schema without the numbers that SQLite gives; null: no row. */
  readonly columnsOf: (key: string, row: Row) => ReadonlyArray<SQLInputValue> | null;
  readonly open: (db: DatabaseSync) => RowAccess<Row>;
};
