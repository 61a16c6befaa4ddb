import { isDeepStrictEqual } from 'node:util';
import { type BookingState, type KnownBooking, isLive, noBooking } from '../../../src/domain/booking/booking-state.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import { decodeBookingEvent } from '../../../src/domain/log/decode.ts';
import { claimOf, claimsForMoves, emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { bookingsProjection } from '../../../src/projections/bookings/bookings-projection.ts';
import { changesOf } from '../../../src/projections/projection.ts';
import { must, mustRun } from '../../support/must.ts';
import { shownOf } from './checks.ts';
import { checkInvitations } from './detail-checks.ts';
import { broken, known, type Seen } from './event-checks.ts';
import type { World } from './world.ts';

/** I9, once for the whole story: each prefix of each stream gives what was shown at its end. */
export const checkReplay = (seen: Seen): void => {
  for (const [uid, { events, shown }] of seen.bookings)
    for (const [index, before] of shown.entries())
      if (shownOf(foldBooking(events.slice(0, index + 1))) !== before)
        throw broken(seen, 'I9', uid, `event ${index + 1} shows otherwise when it is read again`);
};

/** I7: the read model, folded from the log anew, is what was shown. Projections have nothing to cause an effect with. */
export const checkRebuild = async ({ store }: World, seen: Seen): Promise<void> => {
  const rows = new Map<string, BookingState>();
  for (const { stream, id: eventId, position, ...recorded } of await mustRun(store.readAll(0, 100_000))) {
    if (!stream.startsWith('booking-')) continue;
    const event = must(decodeBookingEvent(recorded));
    const owner = stream.slice('booking-'.length);
    const before = rows.get(owner) ?? noBooking;
    const after = evolve(before, event);
    for (const { key, to } of changesOf(bookingsProjection, { event, eventId, position, owner, before, after }))
      rows.set(key, to(before));
  }
  for (const [uid, { state }] of seen.bookings)
    if (!isDeepStrictEqual(rows.get(uid), state)) throw broken(seen, 'I7', uid, 'a rebuilt row differs');
};

/**
 * What became of a move is told to whoever asked for it, whatever comes after; where the booking was over before the mail
 * went out, the mail about that has the new time.
 */
const endsOfMoves: ReadonlySet<string> = new Set(['BookingRescheduled', 'RescheduleDeclined', 'RescheduleFailed']);

const endsOfBookings: ReadonlySet<string> = new Set(['BookingCancelled', 'BookingRejected', 'BookingExpired']);

/** I4: nobody is left without word, neither of a booking nor of a move. */
const everybodyTold = (world: World, seen: Seen, uid: string, booking: KnownBooking): void => {
  const told = world.mails.filter(({ text, to }) => text.includes(uid) && to.address.startsWith('runa'));
  const toAttendee = booking.notificationOutcomes.filter(({ recipient }) => recipient === 'attendee');
  if (told.length === 0 && !toAttendee.some(({ outcome }) => outcome === 'parked'))
    throw broken(seen, 'I4', uid, 'its guest was left without word');
  const { events = [], ids = [] } = seen.bookings.get(uid) ?? {};
  const isTold = (index: number): boolean => toAttendee.some(({ causedBy }) => causedBy === ids[index]);
  const isToldOfTheEnd = events.some(({ type }, index) => endsOfBookings.has(type) && isTold(index));
  for (const [index, { type }] of events.entries())
    if (endsOfMoves.has(type) && !isTold(index) && !(type === 'BookingRescheduled' && isToldOfTheEnd))
      throw broken(seen, 'I4', uid, `its guest was not told of ${type}`);
};

/** Once everything was carried out. */
export const checkEnd = (world: World, seen: Seen): void => {
  for (const [uid, booking] of known(seen)) {
    const schedule = seen.schedules.get(booking.request.hostId) ?? emptySchedule;
    if (!isLive(booking) && claimOf(schedule, uid) !== undefined)
      throw broken(seen, 'I2', uid, 'it is over, and its slot is held');
    if (claimsForMoves(schedule, uid).length > 0) throw broken(seen, 'I2', uid, 'a time is still held for a move');
    if (isLive(booking) && booking.reschedule !== null)
      throw broken(seen, 'I4', uid, 'a move is neither done nor given up');
    if (booking.phase === 'pending') throw broken(seen, 'I4', uid, 'it is pending after its deadline');
    for (const sync of booking.calendars) {
      const event = world.calendars.get(sync.calendarId)?.events.get(uid);
      const isExcused = sync.status === 'removed' && sync.acknowledged === true;
      if (!isLive(booking) && event !== undefined && !isExcused)
        throw broken(seen, 'I3', uid, `it is over, and ${sync.calendarId} still has it`);
    }
    everybodyTold(world, seen, uid, booking);
    checkInvitations(world, seen, uid, booking);
  }
};
