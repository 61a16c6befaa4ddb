import { toEpochMs, toInstant } from '../time/time.ts';
import type { BookingEventData } from './events.ts';

/** A time of a booking, UTC instants. `claim`: of the host's time, buffers included. */
export type BookedTime = Pick<BookingEventData<'BookingRequested'>, 'start' | 'end' | 'claim'>;

/**
 * A move to another time that is in flight. `approved`: it needs no approval, or has it. `touched`: a calendar was asked
 * for it. `deadline`: UTC instant until which it waits for approval, or else for its calendars.
 */
export type Reschedule = BookedTime & {
  readonly id: string;
  readonly by: 'guest' | 'host';
  readonly reason: string | null;
  readonly requestedAt: string;
  readonly requiresApproval: boolean;
  readonly approved: boolean;
  readonly touched: boolean;
  readonly syncAllowanceMs: number;
  readonly approval: NonNullable<BookingEventData<'RescheduleRequested'>['approval']> | null;
  readonly deadline: string;
};

/** What became of a move. `previous`: the time that was in force before it. `endedAt`: UTC instant. */
export type EndedReschedule = Pick<Reschedule, 'id' | 'by' | 'reason' | 'start' | 'end'> & {
  readonly outcome: 'moved' | 'declined' | 'failed' | 'superseded' | 'abandoned' | 'cancelled';
  readonly previous: { readonly start: string; readonly end: string };
  readonly endedAt: string;
  /** What calendars answered, where they refused; else empty. */
  readonly why: string;
};

type Moving = { readonly reschedule: Reschedule | null };

export const isSameInstant = (a: string, b: string): boolean => a === b || toEpochMs(a) === toEpochMs(b);

/** The move that the calendars are asked for; null: there is none, or the host has not approved it. */
export const goingReschedule = ({ reschedule }: Moving): Reschedule | null =>
  reschedule?.approved === true ? reschedule : null;

/** The time that calendars are to show, which is the new one as soon as they are asked for it, and its SEQUENCE. */
export const wantedTime = (
  booking: Moving & { readonly request: BookedTime; readonly sequence: number },
): BookedTime & { readonly sequence: number } => {
  const going = goingReschedule(booking);
  const { start, end, claim } = going ?? booking.request;
  return { start, end, claim, sequence: going === null ? booking.sequence : booking.sequence + 1 };
};

/** Moves that one booking may ever have: each is kept for as long as the booking is. */
export const MOST_RESCHEDULES = 100;

/** UTC instant until which the host may say yes to a move: as the event type says, and while the meeting is not over. */
export const approvalDeadline = (inForce: { readonly end: string }, planned: string): string =>
  toEpochMs(inForce.end) < toEpochMs(planned) ? inForce.end : planned;

/** UTC instant until which calendars are tried from `from` on: until the new time begins, at the latest. */
export const movingDeadline = (
  from: string,
  { start, syncAllowanceMs }: Pick<Reschedule, 'start' | 'syncAllowanceMs'>,
): string => toInstant(Math.min(toEpochMs(from) + syncAllowanceMs, toEpochMs(start)));

/** A calendar was asked for the new time. */
export const withTouched = <B extends Moving>(booking: B): B =>
  booking.reschedule?.approved === true && !booking.reschedule.touched
    ? { ...booking, reschedule: { ...booking.reschedule, touched: true } }
    : booking;

/**
 * Whether the event would have to be written again for the calendar to be sure to show the time that is wanted. What a person
 * made of it is written over only when that is wanted.
 */
export const needsMove = (
  {
    start,
    move,
    difference,
  }: {
    readonly start?: string;
    readonly move?: { readonly uncertain: boolean };
    readonly difference?: { readonly wants: string };
  },
  wanted: { readonly start: string },
): boolean => {
  if (start === undefined) return false;
  if (difference !== undefined) return difference.wants === 'restore';
  return move?.uncertain === true || !isSameInstant(start, wanted.start);
};

/** When a move of this id was asked for, in flight or ended; null: none was. */
export const knownMove = (
  {
    reschedule,
    reschedules,
  }: { readonly reschedule: Reschedule | null; readonly reschedules: ReadonlyArray<EndedReschedule> },
  id: string,
): Reschedule | EndedReschedule | null =>
  reschedule?.id === id ? reschedule : (reschedules.find((ended) => ended.id === id) ?? null);
