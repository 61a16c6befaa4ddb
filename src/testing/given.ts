import * as E from 'fp-ts/lib/Either.js';
import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { judgeBookingEvent } from '../domain/audit/judge-booking.ts';
import { judgeScheduleEvent } from '../domain/audit/judge-schedule.ts';
import type { SlotRefusal } from '../domain/availability/slot.ts';
import { type BookingState, noBooking } from '../domain/booking/booking-state.ts';
import type { BookingCommand, BookingRejection } from '../domain/booking/commands.ts';
import { decide } from '../domain/booking/decide.ts';
import type { BookingEvent } from '../domain/booking/events.ts';
import { type ScheduleCommand, decideSchedule } from '../domain/schedule/decide.ts';
import { type ScheduleEvent, emptySchedule } from '../domain/schedule/schedule-state.ts';

/** The one day, a Monday, on which short times lie. */
const DAY = '2050-09-05';

/** `HH:MM` or `HH:MM:SS` on `DAY`, in UTC; or a whole UTC instant, for other days. */
export type Time = string;

/** The moment at which everything happens that was not given a time. */
export const START_OF_STORY: Time = '10:00:00';

/** A time as events spell it: `'10:00'` is `2050-09-05T10:00:00Z`. Throws RangeError on anything that is no time. */
export const instant = (time: Time): string =>
  Temporal.Instant.from(time.includes('T') ? time : `${DAY}T${time}Z`).toString();

/** A time in epoch milliseconds, as commands carry it. */
export const epochMs = (time: Time): number => Temporal.Instant.from(instant(time)).epochMilliseconds;

/** Throws when the two differ anywhere, with an error that node:test, vitest and others show with a diff. */
export const assertSame = (title: string, actual: unknown, expected: unknown): void => {
  if (!isDeepStrictEqual(actual, expected))
    throw new AssertionError({ message: title, actual, expected, operator: 'deepStrictEqual' });
};

/** Whatever decides on commands by its own past events. */
export type Decider<State, Command, Event, Rejection> = {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, command: Command) => E.Either<Rejection, ReadonlyArray<Event>>;
};

/** Any of a rejection's fields; those that are named must be as they are. */
type RejectionFields<Rejection> = Rejection extends unknown ? Partial<Rejection> : never;

export type Decided<Event, Rejection> = {
  /** Exactly these events, times included. */
  readonly then: (...events: ReadonlyArray<Event>) => void;
  /** Success without an event: it was so already. */
  readonly thenNothing: () => void;
  readonly thenRefused: (rejection: RejectionFields<Rejection>) => void;
};

export type Given<Command, Event, Rejection> = {
  readonly when: (command: Command) => Decided<Event, Rejection>;
};

const pick = (from: object, keys: ReadonlyArray<string>): object =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));

const decided = <Event, Rejection extends object>(
  decision: E.Either<Rejection, ReadonlyArray<Event>>,
): Decided<Event, Rejection> => {
  const then = (...events: ReadonlyArray<Event>): void =>
    E.isLeft(decision)
      ? assertSame('The command is refused.', { refused: decision.left }, { events })
      : assertSame('The command leads to other events.', decision.right, events);
  return {
    then,
    thenNothing: () => then(),
    thenRefused: (rejection) =>
      E.isLeft(decision)
        ? assertSame('The command is refused otherwise.', pick(decision.left, Object.keys(rejection)), rejection)
        : assertSame('The command is not refused.', { events: decision.right }, { refused: rejection }),
  };
};

type Told = { readonly type: string; readonly data: object };

/** An event in a line: which calendar and attempt, or which booking, where there is one. */
export const nameOf = ({ type, data }: Told): string =>
  [
    type,
    ...('calendarId' in data ? [data.calendarId] : []),
    ...('bookingUid' in data ? [data.bookingUid] : []),
    ...('attempt' in data ? [`#${String(data.attempt)}`] : []),
  ].join(' ');

/** Whether the decider could have written an event as the next one: the state after it, or why not. */
type Judge<State, Event> = (state: State, event: Event) => E.Either<string, State>;

/** The state after events that the decider could have written, one after the other. Throws where it could not, naming the event. */
export const foldWritten = <State, Event extends Told>(
  judge: Judge<State, Event>,
  initial: State,
  events: ReadonlyArray<Event>,
): State =>
  events.reduce((state, event, index) => {
    const judged = judge(state, event);
    if (E.isRight(judged)) return judged.right;
    const message = `No log holds this: ${nameOf(event)} (event ${index + 1} of ${events.length}) is never written here: ${judged.left}.`;
    throw new AssertionError({ message });
  }, initial);

/** `given(past events).when(command).then(new events)` for any decider; whether it could have written the past is not asked. */
export const givenFor =
  <State, Command, Event, Rejection extends object>(decider: Decider<State, Command, Event, Rejection>) =>
  (...events: ReadonlyArray<Event>): Given<Command, Event, Rejection> => ({
    when: (command) => decided(decider.decide(events.reduce(decider.evolve, decider.initial), command)),
  });

/** As the saga's tests see it: one clock, which is never set back. */
export const judgeBooking: Judge<BookingState, BookingEvent> = (booking, event) =>
  judgeBookingEvent(booking, event, { clocksMayBeSetBack: false });

/** Past events of one booking, each of which the decider could have written there. */
export const given = (
  ...events: ReadonlyArray<BookingEvent>
): Given<BookingCommand, BookingEvent, BookingRejection> => {
  const booking = foldWritten(judgeBooking, noBooking, events);
  return { when: (command) => decided(decide(booking, command)) };
};

/** Past events of one host's schedule, each of which the decider could have written there. */
export const givenSchedule = (
  ...events: ReadonlyArray<ScheduleEvent>
): Given<ScheduleCommand, ScheduleEvent, SlotRefusal> => {
  const schedule = foldWritten(judgeScheduleEvent, emptySchedule, events);
  return { when: (command) => decided(decideSchedule(schedule, command)) };
};
