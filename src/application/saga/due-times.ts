import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { type Effect, longestWaitMs } from '../../domain/saga/effect.ts';
import { toEpochMs } from '../../domain/time/time.ts';

/** An effect and when it is due by the clock as it is set now, epoch ms. */
export type Timed = { readonly effect: Effect; readonly due: number };

export type DueTimes = {
  readonly of: (
    uid: string,
    booking: KnownBooking,
    effects: ReadonlyArray<Effect>,
    now: number,
  ) => ReadonlyArray<Timed>;
  /** Nothing is left to do for the booking. */
  readonly forget: (uid: string) => void;
};

const nameOf = (effect: Effect): string =>
  [effect.type, effect.at, 'attempt' in effect ? `${effect.calendarId} ${effect.attempt}` : ''].join(' ');

/**
 * When effects are due, also after the clock was set back. A plan that lies further in the future than it was put off for
 * was made by a clock that was ahead: it is due its wait after it was first seen so, and never later than the log says.
 * What was first seen when is known to this process alone; after a restart such a wait begins anew.
 */
export const makeDueTimes = (): DueTimes => {
  const seen = new Map<string, ReadonlyMap<string, number>>();

  return {
    of: (uid, booking, effects, now) => {
      const before = seen.get(uid);
      const after = new Map<string, number>();
      const timed = effects.map((effect): Timed => {
        const at = effect.at === null ? 0 : toEpochMs(effect.at);
        if (at <= now) return { effect, due: at };
        const wait = longestWaitMs(booking, effect);
        const known = before?.get(nameOf(effect));
        if (known === undefined && at - now <= wait) return { effect, due: at };
        const since = Math.min(known ?? now, now);
        after.set(nameOf(effect), since);
        return { effect, due: Math.min(at, since + wait) };
      });
      if (after.size > 0) seen.set(uid, after);
      else seen.delete(uid);
      return timed;
    },
    forget: (uid) => void seen.delete(uid),
  };
};
