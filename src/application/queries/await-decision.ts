import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { acceptanceOf } from '../../domain/booking/booking-state.ts';
import { isBeingMoved } from '../../domain/booking/decide-reschedule.ts';
import { meaningOf } from '../../domain/booking/event-meaning.ts';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';

/** Whether the saga has decided about the booking for now: accepted, ended, or left pending for a reason. */
export const isDecided = (booking: KnownBooking): boolean =>
  booking.phase !== 'pending' || booking.because !== 'deciding';

/** Whether a retry that was asked for is over: the booking is not pending any more, or its calendars refused again. */
export const isTriedAgain = (booking: KnownBooking): boolean =>
  booking.phase !== 'pending' || booking.because === 'awaiting_approval' || acceptanceOf(booking) === 'failed';

/** Whether every calendar that is asked for the new time has failed at least once, and the next tries are planned. */
const isPutOff = (booking: KnownBooking): boolean =>
  !isBeingMoved(booking) &&
  booking.calendars.every((sync) => (sync.status === 'held' ? sync.move.failure !== null : sync.status === 'failed'));

/** Whether a move has come to something for now: it ended, it waits for the host, or its calendars failed and are asked again later. */
export const isRescheduled =
  (rescheduleId: string) =>
  (booking: KnownBooking): boolean => {
    const { reschedule } = booking;
    if (reschedule?.id !== rescheduleId) return isTriedAgain(booking);
    return !reschedule.approved || isPutOff(booking);
  };

/** Whether an approval, of the booking or of its move, has come to something for now. */
export const isFollowed = (booking: KnownBooking): boolean =>
  isDecided(booking) && (booking.reschedule === null || isPutOff(booking));

export type DecisionWatch = {
  /** Call it with what is appended to the log, in order. */
  readonly seen: (events: ReadonlyArray<RecordedEvent>) => void;
  /** Events may have been missed: every waiting request reads its booking. */
  readonly missed: () => void;
  /**
   * The booking once `isOver` (default: once it is decided), or as it is after `waitMs` milliseconds or when `signal`
   * aborts: never a guess. `position`: of its last event.
   */
  readonly decided: (
    uid: string,
    now: { readonly booking: KnownBooking; readonly position: number },
    waitMs: number,
    signal: AbortSignal,
    isOver?: (booking: KnownBooking) => boolean,
  ) => Promise<{ readonly booking: KnownBooking; readonly position: number }>;
};

/** Whether waiting may be over after an event of this type. Types of a newer program mean nothing here. */
const mayEndWaiting = (type: string): boolean => (meaningOf as { readonly [type: string]: string })[type] === 'decides';

/**
 * Milliseconds after which a waiting request reads its booking although no event was seen: a subscription can break, or
 * go silent without an error.
 */
export const RECHECK_MS = 1_000;

/** Revision of the event that came, or null: the time, or whoever waits, is over. */
type Over = number | null;
type Waiting = { readonly over: Promise<Over>; readonly cancel: () => void };

/** Lets requests wait for the saga without polling the log. */
export const makeDecisionWatch = (deps: { readonly buses: BookingBuses; readonly clock: Clock }): DecisionWatch => {
  const waiting = new Map<string, Set<(how: Over) => void>>();

  const wait = (uid: string, waitMs: number, signal: AbortSignal): Waiting => {
    const { promise: over, resolve } = Promise.withResolvers<Over>();
    const own = waiting.get(uid) ?? new Set<(how: Over) => void>();
    const end = (how: Over): void => {
      own.delete(end);
      if (own.size === 0) waiting.delete(uid);
      cancelTimer();
      signal.removeEventListener('abort', cancel);
      resolve(how);
    };
    const cancel = (): void => end(null);
    const cancelTimer = deps.clock.at(deps.clock.now() + waitMs, cancel);
    own.add(end);
    waiting.set(uid, own);
    signal.addEventListener('abort', cancel);
    return { over, cancel };
  };

  return {
    seen: (events) => {
      for (const event of events) {
        const uid = mayEndWaiting(event.type) ? bookingUidOf(event.stream) : null;
        if (uid !== null) for (const end of [...(waiting.get(uid) ?? [])]) end(event.revision);
      }
    },
    missed: () => {
      for (const own of [...waiting.values()]) for (const end of [...own]) end(null);
    },
    decided: async (uid, now, waitMs, signal, isOver = isDecided) => {
      /**
       * After an event was seen, the cached state is enough where it has it: the answer to an append may come after the
       * subscription has told of its events. Otherwise the log is read.
       */
      const present = async (seen: Over) => {
        const { bookings } = deps.buses;
        const loaded = await (seen === null ? bookings.load(uid) : bookings.loadUpTo(uid, seen))();
        return E.isRight(loaded) && loaded.right.state.phase !== 'none'
          ? { booking: loaded.right.state, position: loaded.right.position }
          : now;
      };
      const until = deps.clock.elapsed() + waitMs;
      let latest = now;
      while (!isOver(latest.booking) && deps.clock.elapsed() < until && !signal.aborted) {
        // Begun before the read, so that an event in between is not missed.
        const waiting = wait(uid, Math.min(until - deps.clock.elapsed(), RECHECK_MS), signal);
        latest = await present(0);
        if (isOver(latest.booking)) {
          waiting.cancel();
          return latest;
        }
        latest = await present(await waiting.over);
      }
      return latest;
    },
  };
};
