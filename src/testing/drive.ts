import * as E from 'fp-ts/lib/Either.js';
import type { BookingCommand } from '../domain/booking/commands.ts';
import { decide } from '../domain/booking/decide.ts';
import type { BookingEvent } from '../domain/booking/events/index.ts';
import { foldBooking } from '../domain/booking/evolve.ts';
import type { Effect } from '../domain/saga/effect.ts';
import { react } from '../domain/saga/react.ts';
import { toEpochMs } from '../domain/time/interval.ts';

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
export const driveToRest = (events: ReadonlyArray<BookingEvent>, now: number): ReadonlyArray<BookingEvent> => {
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
