import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { RecordedEvent } from '../../domain/event/envelope.ts';
import { bookingUidOf } from '../commanding/aggregate.ts';
import type { Clock } from '../ports/clock.ts';
import type { BookingBuses } from './booking-buses.ts';

/** Whether the saga has said what becomes of the booking for now: accepted, ended, or left pending for a reason. */
export const isDecided = (booking: KnownBooking): boolean =>
  booking.phase !== 'pending' || booking.because !== 'deciding';

export type DecisionWatch = {
  /** To be fed with what is appended to the log, in order. */
  readonly seen: (events: ReadonlyArray<RecordedEvent>) => void;
  /**
   * The booking once it is decided, or as it is after `waitMs` or when `signal` aborts: never a guess. `position` is
   * that of its last event.
   */
  readonly decided: (
    uid: string,
    now: { readonly booking: KnownBooking; readonly position: number },
    waitMs: number,
    signal: AbortSignal,
  ) => Promise<{ readonly booking: KnownBooking; readonly position: number }>;
};

const deciding: ReadonlySet<string> = new Set([
  'BookingAccepted',
  'BookingLeftPending',
  'BookingRejected',
  'BookingExpired',
  'BookingCancelled',
]);

/** Lets requests wait for the saga without asking the log again and again. */
export const createDecisionWatch = (deps: { readonly buses: BookingBuses; readonly clock: Clock }): DecisionWatch => {
  const waiting = new Map<string, Set<() => void>>();

  const wait = (uid: string, waitMs: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const own = waiting.get(uid) ?? new Set<() => void>();
      const over = () => {
        own.delete(over);
        if (own.size === 0) waiting.delete(uid);
        callOff();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const callOff = deps.clock.at(deps.clock.now() + waitMs, over);
      own.add(over);
      waiting.set(uid, own);
      signal.addEventListener('abort', over);
    });

  return {
    seen: (events) => {
      for (const event of events) {
        const uid = deciding.has(event.type) ? bookingUidOf(event.stream) : null;
        if (uid !== null) for (const over of [...(waiting.get(uid) ?? [])]) over();
      }
    },
    decided: async (uid, now, waitMs, signal) => {
      const present = async () => {
        const loaded = await deps.buses.bookings.load(uid)();
        return E.isRight(loaded) && loaded.right.state.phase !== 'none'
          ? { booking: loaded.right.state, position: loaded.right.position }
          : now;
      };
      if (isDecided(now.booking) || waitMs <= 0 || signal.aborted) return now;
      const over = wait(uid, waitMs, signal);
      const early = await present();
      if (isDecided(early.booking)) {
        for (const finish of [...(waiting.get(uid) ?? [])]) finish();
        return early;
      }
      await over;
      return present();
    },
  };
};
