import * as E from 'fp-ts/lib/Either.js';
import { type BookingState, noBooking } from '../booking/booking-state.ts';
import { decide } from '../booking/decide.ts';
import type { BookingEvent } from '../booking/events.ts';
import { evolve } from '../booking/evolve.ts';
import { commandBehind, type JudgeOptions } from './command-behind.ts';
import { isWritten } from './compare-events.ts';
import { grantedAgainst } from './judge-facts.ts';
import { refusedBecause, standing } from './judging-words.ts';

/**
 * Whether the deciders could have written `event` as the next one of a booking: whether there is a command under which the
 * real decider writes exactly this event here. Right: the state after it. Left: why not, in one line without personal data.
 * Costs one decision and one step of the fold, so a log of any length is judged in one pass.
 */
export const judgeBookingEvent = (
  booking: BookingState,
  event: BookingEvent,
  options: JudgeOptions,
): E.Either<string, BookingState> => {
  const decided = decide(booking, commandBehind(event, options));
  if (E.isLeft(decided)) return E.left(refusedBecause(decided.left));
  const against = event.type === 'BookingRequested' ? grantedAgainst(event.data) : null;
  if (against !== null) return E.left(against);
  const written = isWritten(event, decided.right, () => standing(booking, event));
  return E.isLeft(written) ? written : E.right(evolve(booking, event));
};

/** The first event of a booking's stream that no decider could have written there. `index`: its place, from 0. */
export type Impossible<Event> = { readonly index: number; readonly event: Event; readonly reason: string };

/** The first event that the deciders could not have written where it stands; null: they could have written all of them. */
export const firstImpossible = (
  events: ReadonlyArray<BookingEvent>,
  options: JudgeOptions,
): Impossible<BookingEvent> | null => {
  let booking: BookingState = noBooking;
  for (const [index, event] of events.entries()) {
    const judged = judgeBookingEvent(booking, event, options);
    if (E.isLeft(judged)) return { index, event, reason: judged.left };
    booking = judged.right;
  }
  return null;
};
