import { holdsSlotUndecided } from '../../domain/booking/approval.ts';
import { type BookingState, type KnownBooking, noBooking } from '../../domain/booking/booking-state.ts';
import type { BookedTime } from '../../domain/booking/reschedule-state.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { type TakenTime, takenSince, takenUntil, type WrittenAt } from './taken-time.ts';

/**
 * Whether a schedule has to hold the time of a booking. A request that competes with others holds none before it is approved;
 * of one that the host has moved, and so approved, only the new time was taken.
 */
const holdsItsTime = (state: KnownBooking): boolean =>
  state.phase === 'accepted' ||
  (state.phase === 'pending' && (holdsSlotUndecided(state) || (state.approved && state.reschedule === null)));

/** The same for the time that it is to be moved to. */
const holdsNewTime = (state: KnownBooking): boolean =>
  state.phase === 'accepted' || (state.phase === 'pending' && (holdsSlotUndecided(state) || state.approved));

const inForceOf = (state: BookingState): BookedTime | null =>
  state.phase !== 'none' && holdsItsTime(state) ? state.request : null;
const inFlightOf = (state: BookingState): BookedTime | null =>
  state.phase !== 'none' && state.reschedule !== null && holdsNewTime(state) ? state.reschedule : null;

type Having = { readonly booked: BookedTime; readonly time: TakenTime };

const isOf = (having: Having | null, booked: BookedTime | null): boolean => {
  if (having === null || booked === null) return having === booked;
  const { start, end, claim } = having.booked;
  return (
    start === booked.start && end === booked.end && claim.start === booked.claim.start && claim.end === booked.claim.end
  );
};

/** The times that a booking has had, each for as long as a schedule had to hold it, by the states that it went through. */
export const makeBookingTimes = () => {
  const had: TakenTime[] = [];
  let [own, next]: [Having | null, Having | null] = [null, null];

  let seen: BookingState = noBooking;

  const isSeen = (state: BookingState): boolean =>
    state.phase === 'none' ||
    (state.phase === seen.phase &&
      state.request === seen.request &&
      state.reschedule === seen.reschedule &&
      state.approved === seen.approved);
  const since = (booked: BookedTime | null, when: WrittenAt): Having | null =>
    booked === null ? null : { booked, time: takenSince(booked, when) };
  const end = (having: Having | null, when: WrittenAt): void => {
    if (having !== null) had.push(takenUntil(having.time, when));
  };
  const change = (inForce: BookedTime | null, inFlight: BookedTime | null, when: WrittenAt): void => {
    if (!isOf(own, inForce)) {
      end(own, when);
      const isMoved = inForce !== null && isOf(next, inForce);
      own = isMoved ? next : since(inForce, when);
      // It has moved: what was held for the move is its time from here on.
      if (isMoved) next = null;
    }
    if (isOf(next, inFlight)) return;
    end(next, when);
    next = since(inFlight, when);
  };
  return {
    /** The state after an event. */
    note: (state: BookingState, { position, occurredAt }: Pick<RecordedEvent, 'position' | 'occurredAt'>): void => {
      // Most events change nothing of this.
      if (isSeen(state)) return;
      seen = state;
      const [inForce, inFlight] = [inForceOf(state), inFlightOf(state)];
      if (isOf(own, inForce) && isOf(next, inFlight)) return;
      change(inForce, inFlight, { position, at: toEpochMs(occurredAt) });
    },
    /** `own`: place of the time that is in force at the end; -1: there is none. */
    all: (): { readonly times: ReadonlyArray<TakenTime>; readonly own: number } => {
      const times = [...had];
      if (next !== null) times.push(next.time);
      if (own !== null) times.push(own.time);
      return { times, own: own === null ? -1 : times.length - 1 };
    },
  };
};
