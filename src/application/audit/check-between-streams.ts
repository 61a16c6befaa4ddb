import { parseInstant } from '../../domain/decoding/values.ts';
import { type Interval, overlaps } from '../../domain/time/time.ts';
import { bookingStream } from '../commands/aggregate.ts';
import type { RecordedHead } from './check-heads.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { HeldTime } from './held-times.ts';
import type { EndedBooking, EndedStream } from './stream-verifier.ts';

/** A hold whose booking never came, or has ended, is cleaned up within minutes; so long after it, it was forgotten. */
const CLEANED_UP_MS = 3_600_000;

const sameSpan = (one: Interval, other: Interval): boolean => one.start === other.start && one.end === other.end;

/** The later of two times of events; what is no instant, as somebody may write who changes a log, is none. */
export const laterOf = (latest: string, at: string): string => (at > latest && parseInstant(at) !== null ? at : latest);

type Placed = { readonly booking: EndedBooking } & Interval;

const finding = (kind: FindingKind, at: EndedBooking | HeldTime, reason: string): Finding => {
  const { uid, revision, position } = at;
  return { kind, stream: 'stream' in at ? at.stream : bookingStream(uid), revision, position, reason };
};

/** Accepted bookings of one host, by start: each overlaps one that began before it where it begins before the last end. */
const overlapping = (placed: ReadonlyArray<Placed>): ReadonlyArray<Finding> => {
  const found: Finding[] = [];
  let latest: Placed | undefined;
  for (const next of placed.toSorted((a, b) => a.start - b.start)) {
    if (latest !== undefined && overlaps(latest, next))
      found.push(finding('overlap', next.booking, `it overlaps booking ${latest.booking.uid}, and both are accepted`));
    if (latest === undefined || next.end > latest.end) latest = next;
  }
  return found;
};

/**
 * Collects how streams have ended, in any order, and says what only all of them show: live bookings without their time or at
 * another one, times that are held for nobody, and accepted bookings of one host that overlap. A few hundred bytes a booking.
 */
export const makeCheckBetweenStreams = () => {
  const bookings = new Map<string, EndedBooking>();
  const held = new Map<string, HeldTime>();
  const heads: RecordedHead[] = [];

  const slotFinding = (booking: EndedBooking): Finding | null => {
    const { slot, phase, uid } = booking;
    if (slot === null || !booking.isJudged) return null;
    const time = held.get(uid);
    if (time === undefined) return finding('no-slot', booking, `it is ${phase}, and no schedule holds its time`);
    if (time.stream !== slot.schedule)
      return finding('wrong-slot', time, `its time is held for booking ${uid}, which is of ${slot.schedule}`);
    // Where the booking has moved just now, the schedule is a step behind, and holds the new time as that of a move.
    return [time.claim, ...time.moves].some((span) => sameSpan(span, slot.claim))
      ? null
      : finding('wrong-slot', time, `what it holds for booking ${uid} is another time than that of the booking`);
  };

  const holdFinding = (time: HeldTime, latest: number): Finding | null => {
    const booking = bookings.get(time.uid);
    if (booking !== undefined && (!booking.isJudged || booking.isLive)) return null;
    if (latest - (booking?.at ?? time.at) <= CLEANED_UP_MS) return null;
    const standing = booking === undefined || booking.phase === 'none' ? 'not in the log' : booking.phase;
    return finding('no-booking', time, `its time is held for booking ${time.uid}, which is ${standing}`);
  };

  const overlapFindings = (): ReadonlyArray<Finding> => {
    const byHost = new Map<string, Placed[]>();
    for (const booking of bookings.values()) {
      if (booking.slot === null || booking.phase !== 'accepted' || !booking.isJudged) continue;
      const placed = { booking, ...booking.slot.meeting };
      const known = byHost.get(booking.slot.schedule);
      if (known === undefined) byHost.set(booking.slot.schedule, [placed]);
      else known.push(placed);
    }
    return [...byHost.values()].flatMap(overlapping);
  };

  return {
    add: (end: EndedStream): void => {
      for (const booking of end.bookings) bookings.set(booking.uid, booking);
      for (const time of end.held) held.set(time.uid, time);
      heads.push(...end.heads);
    },
    /** The signed heads that the log tells of. */
    heads: (): ReadonlyArray<RecordedHead> => heads,
    /** `latest`: of all times of the log (`laterOf`), since the present is not known. */
    findings: (latest: string): ReadonlyArray<Finding> => {
      const now = parseInstant(latest) ?? 0;
      return [
        ...[...bookings.values()].flatMap((booking) => slotFinding(booking) ?? []),
        ...overlapFindings(),
        ...[...held.values()].flatMap((time) => holdFinding(time, now) ?? []),
      ];
    },
  };
};
