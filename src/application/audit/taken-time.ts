import { toEpochMs } from '../../domain/time/time.ts';

/**
 * A time that a schedule holds for a booking, or that a booking has, and since when and until when. Times are epoch
 * milliseconds; until `OPEN`: to the end of the log. Numbers alone, which take a fifth of the room of objects: a log has
 * hundreds of thousands of them, and they come from threads.
 */
export type TakenTime = readonly [
  start: number,
  end: number,
  claimStart: number,
  claimEnd: number,
  sincePosition: number,
  since: number,
  untilPosition: number,
  until: number,
];

/** No position of an event. */
const OPEN = -1;

type Booked = {
  readonly start: string;
  readonly end: string;
  readonly claim: { readonly start: string; readonly end: string };
};

/** Where and when an event was written. */
export type WrittenAt = { readonly position: number; readonly at: number };

/** A time that is taken from an event on. Most have no buffers, and are read once. */
export const takenSince = ({ start: from, end: to, claim }: Booked, { position, at }: WrittenAt): TakenTime => {
  const [start, end] = [toEpochMs(from), toEpochMs(to)];
  const claimStart = claim.start === from ? start : toEpochMs(claim.start);
  const claimEnd = claim.end === to ? end : toEpochMs(claim.end);
  return [start, end, claimStart, claimEnd, position, at, OPEN, OPEN];
};

/** The same, until an event. */
export const takenUntil = (
  [start, end, claimStart, claimEnd, sincePosition, since]: TakenTime,
  { position, at }: WrittenAt,
): TakenTime => [start, end, claimStart, claimEnd, sincePosition, since, position, at];

/** To the end of the log. */
export const isTaken = (time: TakenTime): boolean => time[6] === OPEN;

/** Epoch milliseconds. */
export const sinceWhen = (time: TakenTime): number => time[5];

export const isSameTime = (one: TakenTime, other: TakenTime): boolean =>
  one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];

/** Clocks of nodes that share a log are not so far apart, nor is one set back so far between two steps of one command. */
const CLOCKS_APART_MS = 60_000;

/**
 * Of events of two streams. A log that was copied keeps their order by and large only, and clocks may be set back: so only
 * what stands before the other and was written long before it was surely before it.
 */
const isSurelyBefore = (onePosition: number, one: number, otherPosition: number, other: number): boolean =>
  onePosition < otherPosition && one + CLOCKS_APART_MS < other;

/** How a time that is held fails to be held for as long as a booking has it; null: it does not, as far as can be told. */
export const notHeldWhile = (had: TakenTime, held: TakenTime): 'late' | 'early' | null => {
  if (isSurelyBefore(had[4], had[5], held[4], held[5])) return 'late';
  if (isTaken(held)) return null;
  return isTaken(had) || isSurelyBefore(held[6], held[7], had[6], had[7]) ? 'early' : null;
};
