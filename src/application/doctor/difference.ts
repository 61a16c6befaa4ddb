import { isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { isAsBooked } from '../../domain/booking/difference.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { Seen } from '../../domain/booking/watch-commands.ts';
import type { MarkedEvent } from '../ports/calendar.ts';
import type { ParkedMessage } from '../ports/consumer-groups.ts';

/** What log, calendars and notifications can disagree about. */
export const differenceKinds = [
  'missing',
  'wrong-time',
  'shown-as-cancelled',
  'two-events',
  'orphan',
  'unknown-outcome',
  'parked',
  'overlap',
  'slot-without-booking',
  'booking-without-slot',
  'other-configuration',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/**
 * One of them. `detail`: in words. `command`: what settles it; where it begins with "holdfast", it can be run as it is.
 * `canFix`: `--fix` settles it, by a command that the log keeps. Null: it has nothing to do with that.
 */
export type DoctorDifference = {
  readonly kind: DifferenceKind;
  readonly bookingUid: string | null;
  readonly calendarId: string | null;
  readonly hostId: string | null;
  readonly group: string | null;
  readonly position: number | null;
  readonly detail: string;
  readonly command: string;
  readonly canFix: boolean;
};

const nothing = { bookingUid: null, calendarId: null, hostId: null, group: null, position: null } as const;
const FIX = 'holdfast doctor --fix';

export const parkedDifference = ({ group, position, type, reason, attempts }: ParkedMessage): DoctorDifference => ({
  ...nothing,
  kind: 'parked',
  group,
  position,
  detail: `${group} gave up ${type} after ${attempts === 1 ? 'one attempt' : `${attempts} attempts`}: ${reason}`,
  command: `holdfast parked replay ${group} --position ${position}`,
  canFix: true,
});

type Claim = { readonly bookingUid: string; readonly start: number; readonly end: number };

const at = (epochMs: number): string => `${Temporal.Instant.fromEpochMilliseconds(epochMs).toString()}`;

/** Pairs of claims of one host that overlap, and claims that no live booking stands behind. `claims`: buffers included. */
export const scheduleDifferences = (
  hostId: string,
  claims: ReadonlyArray<Claim>,
  isAlive: (bookingUid: string) => boolean,
): ReadonlyArray<DoctorDifference> => {
  const found: DoctorDifference[] = [];
  const open: Claim[] = [];
  for (const claim of claims.toSorted((a, b) => a.start - b.start)) {
    for (const other of open.filter(({ end }) => end > claim.start))
      if (other.bookingUid !== claim.bookingUid)
        found.push({
          ...nothing,
          kind: 'overlap',
          hostId,
          bookingUid: claim.bookingUid,
          detail: `overlaps booking ${other.bookingUid} of the same host, ${at(claim.start)} to ${at(Math.min(claim.end, other.end))}`,
          command: `holdfast booking cancel ${claim.bookingUid}, or ${other.bookingUid}: a person has to choose`,
          canFix: false,
        });
    open.push(claim);
    if (!isAlive(claim.bookingUid))
      found.push({
        ...nothing,
        kind: 'slot-without-booking',
        hostId,
        bookingUid: claim.bookingUid,
        detail: `${at(claim.start)} to ${at(claim.end)} is held, and no live booking stands behind it`,
        command: FIX,
        canFix: true,
      });
  }
  return found;
};

/** What the log alone says of a live booking and its calendars. */
export const logDifferences = (uid: string, booking: KnownBooking): ReadonlyArray<DoctorDifference> =>
  booking.calendars.flatMap((sync): ReadonlyArray<DoctorDifference> => {
    const isUnknown =
      sync.status === 'writing' || (sync.status === 'failed' && sync.failure.kind === 'outcome-unknown');
    const isLeft = sync.status === 'removal-failed';
    if (!isUnknown && !isLeft) return [];
    const about = { ...nothing, bookingUid: uid, calendarId: sync.calendarId, canFix: true };
    const command = `holdfast booking retry ${uid}`;
    return isLeft
      ? [{ ...about, kind: 'orphan', detail: `its event could not be removed: ${sync.failure.message}`, command }]
      : [{ ...about, kind: 'unknown-outcome', detail: 'whether the calendar took the event is not known', command }];
  });

/**
 * A live booking whose time its host's schedule does not hold, so that others can book it too. `heldAt`: what it holds instead,
 * epoch milliseconds; null: nothing, and `--fix` takes it again if it is free.
 */
export const slotDifference = (
  uid: string,
  { request }: KnownBooking,
  heldAt: Pick<Claim, 'start' | 'end'> | null,
): ReadonlyArray<DoctorDifference> => {
  const claim = { start: toEpochMs(request.claim.start), end: toEpochMs(request.claim.end) };
  if (heldAt !== null && heldAt.start === claim.start && heldAt.end === claim.end) return [];
  const wanted = `${at(claim.start)} to ${at(claim.end)} is not held for this live booking`;
  const about = { ...nothing, kind: 'booking-without-slot', hostId: request.hostId, bookingUid: uid } as const;
  return [
    heldAt === null
      ? { ...about, detail: wanted, command: `${FIX}, or holdfast booking cancel ${uid}`, canFix: true }
      : {
          ...about,
          detail: `${wanted}, but ${at(heldAt.start)} to ${at(heldAt.end)}`,
          command: `holdfast audit verify, then holdfast booking reschedule ${uid} or holdfast booking cancel ${uid}`,
          canFix: false,
        },
  ];
};

/** `seen`: what the calendar answered; that it is missing twice. */
export const eventDifference = (
  uid: string,
  calendarId: string,
  booking: KnownBooking,
  seen: Seen,
): ReadonlyArray<DoctorDifference> => {
  const about = { ...nothing, bookingUid: uid, calendarId, canFix: true, command: FIX };
  if (isAsBooked(booking, seen)) return [];
  const { start, end } = booking.request;
  switch (seen.type) {
    case 'missing':
      return [{ ...about, kind: 'missing', detail: 'the calendar does not hold the event of this live booking' }];
    case 'cancelled':
      return [{ ...about, kind: 'shown-as-cancelled', detail: 'the calendar shows the event as cancelled' }];
    case 'at': {
      const detail = `the calendar has it from ${seen.start} to ${seen.end}, the booking is from ${start} to ${end}`;
      return [{ ...about, kind: 'wrong-time', detail }];
    }
    case 'as-booked':
    case 'other-organizer':
      return [];
  }
};

/** What a calendar shows with our mark, against the bookings that it names. */
export const markedDifferences = (
  calendarId: string,
  marked: ReadonlyArray<MarkedEvent>,
  bookingOf: (uid: string) => KnownBooking | null,
): ReadonlyArray<DoctorDifference> =>
  [...Map.groupBy(marked, ({ bookingUid }) => bookingUid)].flatMap(([uid, events]): ReadonlyArray<DoctorDifference> => {
    const booking = bookingOf(uid);
    const about = { ...nothing, bookingUid: uid, calendarId, canFix: false };
    const where = events.map(({ href, start }) => `${href}${start === null ? '' : ` at ${start}`}`).join(', ');
    // The log says so itself, and what settles it.
    const known = booking === null || isLive(booking) ? [] : logDifferences(uid, booking);
    const same = known.filter((one) => one.kind === 'orphan' && one.calendarId === calendarId);
    if (same.length > 0) return same;
    if (booking === null || !isLive(booking))
      return [
        {
          ...about,
          kind: 'orphan',
          detail: `${booking === null ? 'the log knows no such booking' : 'the booking is not live'}, and the calendar shows ${where}`,
          command: `delete ${where} in the calendar`,
        },
      ];
    return events.length === 1
      ? []
      : [
          {
            ...about,
            kind: 'two-events',
            detail: `the calendar shows ${events.length} events of it: ${where}`,
            command: 'delete all but one of them in the calendar, then holdfast doctor --fix',
          },
        ];
  });
