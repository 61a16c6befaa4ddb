import { parseInstant } from '../../domain/decoding/values.ts';
import { type Interval, overlaps } from '../../domain/time/time.ts';
import type { RecordedHead } from './check-heads.ts';
import { type NamedRules, rulesFindings, type RulesInLog } from './check-rules.ts';
import { findingAt, timeFinding } from './check-times.ts';
import type { Finding } from './finding.ts';
import type { HeldTimes } from './held-times.ts';
import type { EndedBooking, EndedStream } from './stream-verifier.ts';
import { isSameTime, isTaken, sinceWhen, type TakenTime } from './taken-time.ts';

/** A hold whose booking never came, or has ended, is cleaned up within minutes; so long after it, it was forgotten. */
const CLEANED_UP_MS = 3_600_000;

/** The later of two times of events; what is no instant, as somebody may write who changes a log, is none. */
export const laterOf = (latest: string, at: string): string => (at > latest && parseInstant(at) !== null ? at : latest);

type Placed = { readonly booking: EndedBooking } & Interval;

/** Accepted bookings of one host, by start: each overlaps one that began before it where it begins before the last end. */
const overlapping = (placed: ReadonlyArray<Placed>): ReadonlyArray<Finding> => {
  const found: Finding[] = [];
  let latest: Placed | undefined;
  for (const next of placed.toSorted((a, b) => a.start - b.start)) {
    if (latest !== undefined && overlaps(latest, next))
      found.push(
        findingAt('overlap', next.booking, `it overlaps booking ${latest.booking.uid}, and both are accepted`),
      );
    if (latest === undefined || next.end > latest.end) latest = next;
  }
  return found;
};

const NOTHING: ReadonlyArray<never> = [];

/**
 * Collects how streams have ended, in any order, and says what only all of them show: bookings whose time was not held, or
 * another one, or not for as long as they had it, times that are held for nobody, rules that are not there, and accepted
 * bookings of one host that overlap. A few hundred bytes a booking.
 */
export const makeCheckBetweenStreams = () => {
  const bookings = new Map<string, EndedBooking>();
  const held = new Map<string, HeldTimes[]>();
  const heads: RecordedHead[] = [];
  const named: NamedRules[] = [];
  const rules: RulesInLog[] = [];

  const holdFinding = (held: HeldTimes, latest: number): Finding | null => {
    const { uid, own, isOfRequest } = held;
    const booking = bookings.get(uid);
    if (booking?.isJudged === false) return null;
    const found = (reason: string): Finding => findingAt('no-booking', held, reason);
    const isThere = booking !== undefined && booking.phase !== 'none';
    const isForgotten = (time: TakenTime): boolean =>
      isTaken(time) && latest - Math.max(sinceWhen(time), booking?.at ?? 0) > CLEANED_UP_MS;
    if (booking?.isLive === true) {
      const isForNothing = (time: TakenTime, place: number): boolean =>
        place !== own && isForgotten(time) && !booking.times.some((had) => isTaken(had) && isSameTime(had, time));
      return held.times.some(isForNothing)
        ? found(`a time is held for a move of booking ${uid} that it does not have`)
        : null;
    }
    if (held.times.some(isForgotten))
      return found(`its time is held for booking ${uid}, which is ${isThere ? booking.phase : 'not in the log'}`);
    return isOfRequest && !isThere ? found(`its time was held for booking ${uid}, which is not in the log`) : null;
  };

  const overlapFindings = (): ReadonlyArray<Finding> => {
    const byHost = new Map<string, Placed[]>();
    for (const booking of bookings.values()) {
      const own = booking.times[booking.own];
      if (own === undefined || booking.phase !== 'accepted' || !booking.isJudged) continue;
      const [start, end] = own;
      byHost.getOrInsert(booking.schedule, []).push({ booking, start, end });
    }
    return [...byHost.values()].flatMap(overlapping);
  };

  return {
    add: (end: EndedStream): void => {
      for (const booking of end.bookings) bookings.set(booking.uid, booking);
      for (const times of end.held) held.getOrInsert(times.uid, []).push(times);
      heads.push(...end.heads);
      if (end.named !== undefined) named.push(...end.named);
      if (end.rules !== undefined) rules.push(end.rules);
    },
    /** The signed heads that the log tells of. */
    heads: (): ReadonlyArray<RecordedHead> => heads,
    /** `latest`: of all times of the log (`laterOf`), since the present is not known. */
    findings: (latest: string): ReadonlyArray<Finding> => {
      const now = parseInstant(latest) ?? 0;
      return [
        ...[...bookings.values()].flatMap((booking) => timeFinding(booking, held.get(booking.uid) ?? NOTHING) ?? []),
        ...overlapFindings(),
        ...[...held.values()].flat().flatMap((times) => holdFinding(times, now) ?? []),
        ...rulesFindings(named, rules, now),
      ];
    },
  };
};
