import type { EndedBooking, EndedStream } from '../../../../application/audit/stream-verifier.ts';

/** A booking without the names of its fields, which would be half of the text. */
type Packed = readonly [
  EndedBooking['uid'],
  EndedBooking['revision'],
  EndedBooking['position'],
  EndedBooking['at'],
  EndedBooking['phase'],
  EndedBooking['isLive'],
  EndedBooking['isJudged'],
  EndedBooking['schedule'],
  EndedBooking['own'],
  EndedBooking['times'],
];

const packed = ({
  uid,
  revision,
  position,
  at,
  phase,
  isLive,
  isJudged,
  schedule,
  own,
  times,
}: EndedBooking): Packed => [uid, revision, position, at, phase, isLive, isJudged, schedule, own, times];

const unpacked = ([
  uid,
  revision,
  position,
  at,
  phase,
  isLive,
  isJudged,
  schedule,
  own,
  times,
]: Packed): EndedBooking => ({
  uid,
  revision,
  position,
  at,
  phase,
  isLive,
  isJudged,
  schedule,
  own,
  times,
});

const saysMore = ({ bookings: _, held, heads, ...more }: EndedStream): boolean =>
  held.length + heads.length + Object.keys(more).length > 0;

/** How streams have ended, as a text, which costs a third of copying the objects from thread to thread. */
export const packEnds = (ends: ReadonlyArray<EndedStream>): string => {
  const bookings = ends.flatMap((end) => end.bookings.map(packed));
  return JSON.stringify([bookings, ends.filter(saysMore).map((end) => ({ ...end, bookings: [] }))]);
};

/** The same again, the bookings first and all together. */
export const unpackEnds = (text: string): ReadonlyArray<EndedStream> => {
  // `packEnds` of the same program wrote it.
  const [bookings, others] = JSON.parse(text) as [ReadonlyArray<Packed>, ReadonlyArray<EndedStream>];
  return [{ bookings: bookings.map(unpacked), held: [], heads: [] }, ...others];
};
