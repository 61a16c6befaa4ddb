import * as E from 'fp-ts/lib/Either.js';
import { type BookingStatus, statusOf } from '../domain/booking/booking-status.ts';
import { type KnownBooking, noBooking } from '../domain/booking/booking-state.ts';
import type { BookingCommand } from '../domain/booking/commands.ts';
import { decide } from '../domain/booking/decide.ts';
import type { BookingEvent, BookingEventOf } from '../domain/booking/events.ts';
import { foldBooking } from '../domain/booking/evolve.ts';
import type { Effect } from '../domain/saga/effect.ts';
import { react } from '../domain/saga/react.ts';
import { toEpochMs } from '../domain/time/time.ts';
import { assertSame, type Time, epochMs, foldWritten, judgeBooking, nameOf } from './given.ts';

/** The decisions of the saga; every other effect is a call to the world, whose outcome is the sequence's to tell. */
const decisionOf = (effect: Effect, now: number): BookingCommand | null => {
  switch (effect.type) {
    case 'Accept':
      return { type: 'AcceptBooking', now };
    case 'LeavePending':
      return { type: 'LeavePending', reason: effect.reason, now };
    case 'RemindOfApproval':
      return { type: 'RemindOfApproval', number: effect.number, now };
    case 'Expire':
      return { type: 'ExpireBooking', reason: effect.reason, now };
    case 'CompleteReschedule':
      return { type: 'CompleteReschedule', now };
    case 'FailReschedule':
      return { type: 'FailReschedule', reason: effect.reason, now };
    case 'CancelForDifference':
      return { type: 'CancelForDifference', salt: 'salt', now };
    case 'MakeRoom':
    case 'FollowCalendarEvent':
    case 'MoveCalendarEvent':
    case 'ResolveCalendarMove':
    case 'SettleReschedules':
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
  /** The same for the word that everybody reads: an accepted booking that no calendar holds any more reads as pending. */
  readonly readsAs: (status: BookingStatus) => Sequence;
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

const inWords = (story: ReadonlyArray<BookingEvent>): string =>
  story.map((event) => `  ${event.occurredAt} ${nameOf(event)}`).join('\n');

const assertEnd = <A>(variant: Variant, until: number, wanted: A, endOf: (booking: KnownBooking) => A): void => {
  const story = play(variant, until);
  const end = foldBooking(story);
  assertSame(
    `The sequence ${variant.name} ends otherwise:\n${inWords(story)}`,
    end.phase === 'none' ? null : endOf(end),
    wanted,
  );
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
      for (const variant of variantsOf(first, steps)) assertEnd(variant, until, phase, (end) => end.phase);
      return self;
    },
    readsAs: (status) => {
      for (const variant of variantsOf(first, steps)) assertEnd(variant, until, status, statusOf);
      return self;
    },
  };
  return self;
};

/**
 * The events of one booking, as its stream has them, for the saga to look at. Throws where no stream can have them: where
 * there is no command under which the real decider writes an event in its place.
 */
export const sequence = (first: BookingEventOf<'BookingRequested'>, ...steps: ReadonlyArray<Step>): Sequence => {
  foldWritten(
    judgeBooking,
    noBooking,
    placed(first, steps).map(({ event }) => event),
  );
  return build(first, steps, 0);
};

/** Events whose order among themselves is the meaning, so that they are not swapped with each other. */
export type InOrder = { readonly type: 'InOrder'; readonly events: ReadonlyArray<BookingEvent> };
export type Step = BookingEvent | InOrder;

/** Marks events that mean something else in another order, such as a cancellation before a rejection. */
export const inOrder = (...events: ReadonlyArray<BookingEvent>): InOrder => ({ type: 'InOrder', events });

/** One way in which a sequence may reach us. The saga is driven to rest after each of its parts. */
export type Variant = { readonly name: string; readonly parts: ReadonlyArray<ReadonlyArray<BookingEvent>> };

type Placed = { readonly event: BookingEvent; readonly group: number | null };

const place = (step: Step, index: number): ReadonlyArray<Placed> =>
  step.type === 'InOrder' ? step.events.map((event) => ({ event, group: index })) : [{ event: step, group: null }];

/** Every interruption: the process dies after `length` events, comes to rest after its restart, and goes on. */
const prefixes = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<Variant> =>
  events.slice(1).map((_, index) => ({
    name: `restarted after ${index + 1} of ${events.length} events`,
    parts: [events.slice(0, index + 1), events.slice(index + 1)],
  }));

/** Every event once more, at each later place: right behind itself, up to the very end. */
const duplicates = (events: ReadonlyArray<BookingEvent>): ReadonlyArray<Variant> =>
  events.flatMap((event, index) =>
    events.slice(index).map((_, distance) => ({
      name: `${nameOf(event)} (${index + 1}) again as event ${index + distance + 2}`,
      parts: [events.toSpliced(index + distance + 1, 0, event)],
    })),
  );

/** Every two neighbours the other way round; not the request, with which a stream begins, and not within `inOrder`. */
const swaps = (all: ReadonlyArray<Placed>): ReadonlyArray<Variant> => {
  const events = all.map(({ event }) => event);
  return all.slice(2).flatMap((right, index) => {
    const left = all[index + 1];
    if (left === undefined || (left.group !== null && left.group === right.group)) return [];
    const name = `${nameOf(left.event)} (${index + 2}) and ${nameOf(right.event)} (${index + 3}) swapped`;
    return [{ name, parts: [events.toSpliced(index + 1, 2, right.event, left.event)] }];
  });
};

const placed = (first: BookingEventOf<'BookingRequested'>, steps: ReadonlyArray<Step>): ReadonlyArray<Placed> =>
  [first, ...steps].flatMap(place);

/** The sequence as it stands, and all that a log, a crash or a messenger can make of it. */
export const variantsOf = (
  first: BookingEventOf<'BookingRequested'>,
  steps: ReadonlyArray<Step>,
): ReadonlyArray<Variant> => {
  const all = placed(first, steps);
  const events = all.map(({ event }) => event);
  return [{ name: 'as it stands', parts: [events] }, ...prefixes(events), ...duplicates(events), ...swaps(all)];
};
