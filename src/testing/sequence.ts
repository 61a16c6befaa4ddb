import type { KnownBooking } from '../domain/booking/booking-state.ts';
import type { BookingEvent, BookingEventOf } from '../domain/booking/events/index.ts';
import { foldBooking } from '../domain/booking/evolve.ts';
import type { Effect } from '../domain/saga/effect.ts';
import { react } from '../domain/saga/react.ts';
import { toEpochMs } from '../domain/time/interval.ts';
import { assertSame } from './assertion.ts';
import { driveToRest } from './drive.ts';
import type { Time } from './times.ts';
import { epochMs } from './times.ts';
import type { Step, Variant } from './variants.ts';
import { nameOf, placed, variantsOf } from './variants.ts';

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
