import * as E from 'fp-ts/lib/Either.js';
import { AssertionError } from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import { noBooking } from '../domain/booking/booking-state.ts';
import { decide } from '../domain/booking/decide.ts';
import { evolve } from '../domain/booking/evolve.ts';
import { decideSchedule } from '../domain/schedule/decide.ts';
import { emptySchedule, evolveSchedule } from '../domain/schedule/schedule-state.ts';

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
    assertSame('The command leads to other events.', E.isRight(decision) ? decision.right : decision, events);
  return {
    then,
    thenNothing: () => then(),
    thenRefused: (rejection) => {
      const refusal = E.isLeft(decision) ? pick(decision.left, Object.keys(rejection)) : decision;
      assertSame('The command is not refused like this.', refusal, rejection);
    },
  };
};

/** `given(past events).when(command).then(new events)` for any decider. */
export const givenFor =
  <State, Command, Event, Rejection extends object>(decider: Decider<State, Command, Event, Rejection>) =>
  (...events: ReadonlyArray<Event>): Given<Command, Event, Rejection> => ({
    when: (command) => decided(decider.decide(events.reduce(decider.evolve, decider.initial), command)),
  });

/** Past events of one booking. */
export const given = givenFor({ initial: noBooking, evolve, decide });

/** Past events of one host's schedule. */
export const givenSchedule = givenFor({ initial: emptySchedule, evolve: evolveSchedule, decide: decideSchedule });
