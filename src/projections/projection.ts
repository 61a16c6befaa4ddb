import type { BookingState } from '../domain/booking/booking-state.ts';
import type { DomainEvent } from '../domain/event/decode.ts';

export type EventType = DomainEvent['type'];
type EventsByType = { readonly [T in EventType]: Extract<DomainEvent, { readonly type: T }> };

/**
 * One event, as projections are told of it. `owner`: the booking's uid or the host's id, from the stream's name.
 * `before`, `after`: the booking around the event; no booking both for an event of a schedule.
 */
export type Told<T extends EventType = EventType> = {
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

/** The changes of one event are of different rows. Pure: no clock, no randomness, nothing but rows. */
export type Handler<T extends EventType, Row> = (told: Told<T>) => ReadonlyArray<Change<Row>>;

/**
 * A read model as a fold. The table knows every event type, so a new event breaks the build of each projection until it
 * has decided.
 */
export type Projection<Row> = {
  readonly name: string;
  readonly initial: Row;
  readonly on: { readonly [T in EventType]: Handler<T, Row> | typeof ignored };
};

/** The changes that a projection makes of an event. */
export const changesOf = <Row>(projection: Projection<Row>, told: Told): ReadonlyArray<Change<Row>> => {
  const handler = projection.on[told.event.type];
  // The table is indexed by the event's own type; TypeScript cannot see that the two belong together.
  return handler === ignored ? [] : (handler as Handler<EventType, Row>)(told);
};
