import * as E from 'fp-ts/lib/Either.js';
import { judgeBookingEvent } from '../../../src/domain/audit/judge-booking.ts';
import { judgeScheduleEvent } from '../../../src/domain/audit/judge-schedule.ts';
import { type BookingState, type KnownBooking, isLive, noBooking } from '../../../src/domain/booking/booking-state.ts';
import { statusOf } from '../../../src/domain/booking/booking-status.ts';
import { decodeBookingEvent, decodeScheduleEvent } from '../../../src/domain/log/decode.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { holdsSlotUndecided } from '../../../src/domain/booking/approval.ts';
import { isAwaitingApproval } from '../../../src/domain/booking/booking-state.ts';
import { claimOf, claimsForMoves, emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { type Interval, intervalOf, overlaps } from '../../../src/domain/time/time.ts';
import { must, mustRun } from '../../support/must.ts';
import { checkDetails, detailsShown } from './detail-checks.ts';
import { broken, known, movedInFact, onceOf, type Seen, timerInTime } from './event-checks.ts';
import { type World, hosts } from './world.ts';

/** I9: what was shown is a function of the events alone. */
export const shownOf = (state: BookingState): string =>
  state.phase === 'none'
    ? 'none'
    : `${statusOf(state)} ${state.sequence} ${state.request.start} ${state.reschedule?.start ?? 'stays'} ${detailsShown(state)}`;

const seeBooking = (world: World, seen: Seen, uid: string, recorded: RecordedEvent): void => {
  const event = must(decodeBookingEvent(recorded));
  const known = seen.bookings.get(uid) ?? { state: noBooking, events: [], ids: [], shown: [], once: new Set() };
  seen.bookings.set(uid, known);
  const before = known.state;
  known.events.push(event);
  known.ids.push(recorded.id);
  const once = onceOf(event);
  if (once !== null && known.once.has(once)) throw broken(seen, 'I5', uid, `${once} twice`);
  if (once !== null) known.once.add(once);
  timerInTime(world, seen, uid, before, event);
  movedInFact(world, seen, uid, before, event);
  const judged = judgeBookingEvent(before, event, { clocksMayBeSetBack: false });
  if (E.isLeft(judged)) throw broken(seen, 'I1/I9', uid, `no decider writes ${event.type} here: ${judged.left}`);
  known.state = judged.right;
  known.shown.push(shownOf(known.state));
  if (event.type === 'BookingAccepted' && event.data.reason === 'calendar_holds_it') {
    const holds = known.events.some(
      (one) => one.type === 'CalendarSyncSucceeded' && one.data.providerEventId.trim() !== '',
    );
    if (!holds) throw broken(seen, 'I1', uid, 'accepted before any calendar held it');
  }
  if (before.phase !== 'none' && known.state.phase !== 'none') {
    if (known.state.sequence < before.sequence) throw broken(seen, 'I6', uid, 'SEQUENCE fell');
    if (known.state.request.icsUid !== before.request.icsUid) throw broken(seen, 'I6', uid, 'the ICS UID changed');
  }
};

const seeNew = async (world: World, seen: Seen): Promise<void> => {
  for (const recorded of await mustRun(world.store.readAll(seen.position, 10_000))) {
    seen.position = recorded.position;
    const { stream } = recorded;
    const category = stream.slice(0, stream.indexOf('-'));
    const owner = stream.slice(stream.indexOf('-') + 1);
    if (category === 'booking') seeBooking(world, seen, owner, recorded);
    if (category !== 'schedule') continue;
    const before = seen.schedules.get(owner) ?? emptySchedule;
    const judged = judgeScheduleEvent(before, must(decodeScheduleEvent(recorded)));
    if (E.isLeft(judged)) throw broken(seen, 'I2', owner, `no decider writes ${recorded.type} here: ${judged.left}`);
    seen.schedules.set(owner, judged.right);
  }
};

/** Whether it has to hold its time; a request that competes with others does not before it is approved. */
const holdsItsTime = (booking: KnownBooking): boolean =>
  isLive(booking) && !(isAwaitingApproval(booking) && !holdsSlotUndecided(booking));

const isSame = (a: Interval, b: Interval): boolean => a.start === b.start && a.end === b.end;

/**
 * I2: what live bookings of one host hold lies apart, for their moves too, and each holds the time that is in force: the
 * old one until the move is done, and the new one from the moment at which it was asked for.
 */
const heldOnce = (seen: Seen): void => {
  for (const { id } of hosts) {
    const schedule = seen.schedules.get(id) ?? emptySchedule;
    const held = known(seen)
      .filter(([, booking]) => booking.request.hostId === id)
      .map(([uid, booking]) => {
        const own = claimOf(schedule, uid);
        return { uid, booking, claims: [...(own === undefined ? [] : [own]), ...claimsForMoves(schedule, uid)] };
      });
    for (const [index, { uid, booking, claims }] of held.entries()) {
      const isHeld = (time: { readonly start: string; readonly end: string }): boolean =>
        claims.some((claim) => isSame(claim.claim, intervalOf(time)));
      const { request, reschedule } = booking;
      if (holdsItsTime(booking) && !isHeld(request.claim))
        throw broken(seen, 'I2', uid, 'it is live and holds no slot');
      if (isLive(booking) && reschedule !== null && !isHeld(reschedule.claim))
        throw broken(seen, 'I2', uid, `it is about to move to ${reschedule.start} and does not hold that time`);
      const other = held
        .slice(index + 1)
        .find((one) => one.claims.some((a) => claims.some((b) => overlaps(a.claim, b.claim))));
      if (other !== undefined) throw broken(seen, 'I2', uid, `its time is held by ${other.uid} too`);
    }
  }
};

/** I3: what a calendar has of a booking is known, and what is known to be held is there. */
const noOrphan = (world: World, seen: Seen): void => {
  for (const [uid, booking] of known(seen))
    for (const sync of booking.calendars) {
      const model = world.calendars.get(sync.calendarId);
      if (model === undefined) continue;
      const isUnderWay = world.pending.some((call) => call.bookingUid === uid && call.calendarId === sync.calendarId);
      const isThere = model.events.has(uid);
      if (isThere && !isUnderWay) {
        const isForgotten =
          sync.status === 'idle' ||
          (sync.status === 'removed' && sync.acknowledged !== true) ||
          (sync.status === 'failed' && sync.mayHold === 'no');
        if (isForgotten)
          throw broken(seen, 'I3', uid, `${sync.calendarId} has its event, and the log says ${sync.status}`);
      }
      if (sync.status === 'held' && isLive(booking) && !isThere && !model.takenOut.has(uid))
        throw broken(seen, 'I3', uid, `${sync.calendarId} is said to hold it, and does not`);
      const start = model.events.get(uid)?.start ?? null;
      const isKnown = sync.status === 'held' && !sync.move.writing && !sync.move.uncertain && !isUnderWay;
      if (isKnown && start !== null && start !== sync.start)
        throw broken(seen, 'I3', uid, `${sync.calendarId} has it at ${start}, and the log says ${sync.start}`);
      const sequences = model.sequences.get(uid) ?? [];
      if (sequences.some((one, index) => one < (sequences[index - 1] ?? 0)))
        throw broken(seen, 'I6', uid, `SEQUENCE in ${sync.calendarId} went ${sequences.join(', ')}`);
    }
};

/** I4: one confirmation of each booking to each person, however often the copy of it was sent, and none before the time. */
const confirmedOnce = (world: World, seen: Seen): void => {
  for (const { subject, to, messageId, icalendar } of world.mails.slice(seen.mails)) {
    if (icalendar?.method !== 'REQUEST') continue;
    const uid = /UID:(\S+)@holdfast/.exec(icalendar.content)?.[1] ?? '';
    const events = seen.bookings.get(uid)?.events ?? [];
    if (!events.some(({ type }) => type === 'BookingAccepted'))
      throw broken(seen, 'I4', uid, `"${subject}" was sent, and it was never accepted`);
    const sequence = /SEQUENCE:(\d+)/.exec(icalendar.content)?.[1] ?? '';
    const start = /DTSTART[^:]*:(\S+)/.exec(icalendar.content)?.[1] ?? '';
    const key = `${uid} ${to.address} ${sequence}`;
    const copy = `${messageId} of ${start}`;
    const before = seen.confirmations.get(key) ?? copy;
    if (before !== copy) throw broken(seen, 'I4', uid, `${to.address} was sent ${before} and ${copy}`);
    seen.confirmations.set(key, copy);
  }
  seen.mails = world.mails.length;
  const [again] = world.sentAgain;
  if (again !== undefined)
    throw new Error(`I5 is broken: ${again} was sent once more, though the log says that it was sent`);
};

/** After each step. */
export const checkStep = async (world: World, seen: Seen): Promise<void> => {
  const [rejection] = world.rejections;
  if (rejection !== undefined) throw new Error(`something was thrown: ${rejection}`);
  await seeNew(world, seen);
  heldOnce(seen);
  noOrphan(world, seen);
  confirmedOnce(world, seen);
  checkDetails(world, seen);
};
