import * as E from 'fp-ts/lib/Either.js';
import type { BookingCommand } from '../domain/booking/commands.ts';
import { decide } from '../domain/booking/decide.ts';
import type { BookingEvent, BookingEventOf } from '../domain/booking/events.ts';
import { foldBooking } from '../domain/booking/evolve.ts';
import type { Effect } from '../domain/saga/effect.ts';
import { react } from '../domain/saga/react.ts';
import { toEpochMs } from '../domain/time/time.ts';
import type { KnownBooking } from '../domain/booking/booking-state.ts';
import { assertSame } from './given.ts';
import { type Time, epochMs } from './times.ts';
import { type Step, type Variant, nameOf, placed, variantsOf } from './variants.ts';

/** The decisions of the saga; every other effect is a call to the world, whose outcome is the sequence's to tell. */
const decisionOf = (effect: Effect, now: number): BookingCommand | null => {
  switch (effect.type) {
    case 'Accept':
      return { type: 'AcceptBooking', now };
    case 'LeavePending':
      return { type: 'LeavePending', reason: effect.reason, now };
    case 'Expire':
      return { type: 'ExpireBooking', reason: effect.reason, now };
    case 'MakeRoom':
    case 'WriteCalendar':
    case 'ResolveCalendarWrite':
    case 'ConfirmCalendarEvent':
    case 'DecorateCalendarEvent':
    case 'RemoveFromCalendar':
    case 'ConfirmSlot':
    case 'ReleaseSlot':
      return null;
  }
};

const isDue = ({ at }: Effect, now: number): boolean => at === null || toEpochMs(at) <= now;

/** Far more than any booking needs; a saga that decides so often goes round in circles. */
const MAX_DECISIONS = 20;

/**
 * Drives the saga to rest: what it decides at `now` (epoch ms) is put before the real decider and becomes events, until
 * nothing more is due. Throws where the two do not agree, since that would keep a real booking busy for ever.
 */
const driveToRest = (events: ReadonlyArray<BookingEvent>, now: number): ReadonlyArray<BookingEvent> => {
  let story = events;
  for (let decisions = 0; decisions < MAX_DECISIONS; decisions += 1) {
    const booking = foldBooking(story);
    const due = react(booking).filter((effect) => isDue(effect, now));
    const command = due.map((effect) => decisionOf(effect, now)).find((decision) => decision !== null);
    if (command === undefined || command === null) return story;
    const decided = decide(booking, command);
    if (E.isLeft(decided)) throw new Error(`The saga asks for ${command.type}, refused: ${decided.left.type}.`);
    if (decided.right.length === 0) throw new Error(`The saga asks for ${command.type}, which changes nothing.`);
    story = [...story, ...decided.right];
  }
  throw new Error(`The saga comes to no rest after ${MAX_DECISIONS} decisions.`);
};

export type Phase = KnownBooking['phase'];

export type Sequence = {
  /** Turns the clock on: what is due by then is decided. Without it, it is as late as the latest event. */
  readonly at: (time: Time) => Sequence;
  /** Exactly these effects, in this order; those that are due later too. */
  readonly yields: (...effects: ReadonlyArray<Effect>) => Sequence;
  /** How the booking stands once the saga is at rest: after the sequence, and after each of its variants. */
  readonly endsAs: (phase: Phase) => Sequence;
};

const latest = (events: ReadonlyArray<BookingEvent>): number =>
  Math.max(...events.map(({ occurredAt }) => toEpochMs(occurredAt)));

/** `until`: epoch ms up to which the clock goes on after the last event, at least. */
const play = ({ parts }: Variant, until: number): ReadonlyArray<BookingEvent> => {
  const rested = parts.reduce<ReadonlyArray<BookingEvent>>((story, part) => {
    const received = story.concat(part);
    return driveToRest(received, latest(received));
  }, []);
  return driveToRest(rested, Math.max(until, latest(rested)));
};

const told = (story: ReadonlyArray<BookingEvent>): string =>
  story.map((event) => `  ${event.occurredAt} ${nameOf(event)}`).join('\n');

const assertEnd = (variant: Variant, until: number, phase: Phase): void => {
  const story = play(variant, until);
  assertSame(`The sequence ${variant.name} ends otherwise:\n${told(story)}`, foldBooking(story).phase, phase);
};

const build = (first: BookingEventOf<'BookingRequested'>, steps: ReadonlyArray<Step>, until: number): Sequence => {
  const self: Sequence = {
    at: (time) => build(first, steps, epochMs(time)),
    yields: (...effects) => {
      const booking = foldBooking(placed(first, steps).map(({ event }) => event));
      assertSame('The saga wants something else.', react(booking), effects);
      return self;
    },
    endsAs: (phase) => {
      for (const variant of variantsOf(first, steps)) assertEnd(variant, until, phase);
      return self;
    },
  };
  return self;
};

/** The events of one booking, as its stream has them, for the saga to look at. */
export const sequence = (first: BookingEventOf<'BookingRequested'>, ...steps: ReadonlyArray<Step>): Sequence =>
  build(first, steps, 0);
