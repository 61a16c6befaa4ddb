import { bookingStream } from '../commands/aggregate.ts';
import type { Finding, FindingKind } from './finding.ts';
import type { HeldTimes } from './held-times.ts';
import type { EndedBooking } from './stream-verifier.ts';
import { isSameTime, isTaken, notHeldWhile, type TakenTime } from './taken-time.ts';

/** What is wrong, at the end of a booking, or where a schedule last took a time for it. */
export const findingAt = (kind: FindingKind, at: EndedBooking | HeldTimes, reason: string): Finding => {
  const { uid, revision, position } = at;
  return { kind, stream: 'stream' in at ? at.stream : bookingStream(uid), revision, position, reason };
};

/** What is wrong with a time that the booking has at the end of the log. Where it has moved just now, the schedule holds it as that of a move. */
const presentFinding = (booking: EndedBooking, time: TakenTime, held: ReadonlyArray<HeldTimes>): Finding | null => {
  const { uid, phase, schedule } = booking;
  const present = held.filter(({ times }) => times.some(isTaken));
  const here = present.find(({ stream }) => stream === schedule);
  const [first] = present;
  if (first === undefined) return findingAt('no-slot', booking, `it is ${phase}, and no schedule holds its time`);
  if (here === undefined)
    return findingAt('wrong-slot', first, `its time is held for booking ${uid}, which is of ${schedule}`);
  const same = here.times.filter((one) => isTaken(one) && isSameTime(one, time));
  if (same.length === 0)
    return findingAt('wrong-slot', here, `what it holds for booking ${uid} is another time than that of the booking`);
  return same.some((one) => notHeldWhile(time, one) === null)
    ? null
    : findingAt('wrong-slot', here, `booking ${uid} had its time before that was held for it`);
};

/** The same for a time that it has no more. */
const pastFinding = (booking: EndedBooking, time: TakenTime, held: ReadonlyArray<HeldTimes>): Finding | null => {
  const { uid, schedule } = booking;
  const [first] = held;
  const here = held.find(({ stream }) => stream === schedule);
  if (first === undefined) return findingAt('no-slot', booking, 'it had a time that no schedule ever held');
  if (here === undefined)
    return findingAt('wrong-slot', first, `its time was held for booking ${uid}, which is of ${schedule}`);
  const same = here.times.filter((one) => isSameTime(one, time));
  const faults = same.map((one) => notHeldWhile(time, one));
  if (faults.length === 0)
    return findingAt('wrong-slot', here, `booking ${uid} had another time than those that were held for it`);
  if (faults.includes(null)) return null;
  const how = faults.includes('early')
    ? `the time of booking ${uid} was given up while the booking still had it`
    : `booking ${uid} had its time before that was held for it`;
  return findingAt('wrong-slot', here, how);
};

/**
 * The first thing that is wrong with the times of a booking: each has to be held by the schedule of its host, with the same
 * start and end, for as long as the booking has it. A schedule holds no time twice, as is judged there; so no two bookings of
 * a host have had one at once.
 */
export const timeFinding = (booking: EndedBooking, held: ReadonlyArray<HeldTimes>): Finding | null => {
  if (!booking.isJudged) return null;
  for (const time of booking.times) {
    const found = isTaken(time) ? presentFinding(booking, time, held) : pastFinding(booking, time, held);
    if (found !== null) return found;
  }
  const other = held.find(({ meetings }) => meetings.some((meeting) => meeting !== booking.meeting));
  return other === undefined || booking.phase === 'none'
    ? null
    : findingAt(
        'wrong-slot',
        other,
        `what it held for booking ${booking.uid} is another meeting than that of the booking`,
      );
};
