import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import { judgeBookingEvent } from '../../../src/domain/audit/judge-booking.ts';
import { judgeScheduleEvent } from '../../../src/domain/audit/judge-schedule.ts';
import { type BookingState, type KnownBooking, isLive, noBooking } from '../../../src/domain/booking/booking-state.ts';
import { statusOf } from '../../../src/domain/booking/booking-status.ts';
import { evolve, foldBooking } from '../../../src/domain/booking/evolve.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import { decodeBookingEvent, decodeScheduleEvent } from '../../../src/domain/log/decode.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { type ScheduleState, claimOf, emptySchedule } from '../../../src/domain/schedule/schedule-state.ts';
import { intervalOf, overlaps } from '../../../src/domain/time/time.ts';
import { bookingsProjection } from '../../../src/projections/bookings/bookings-projection.ts';
import { changesOf } from '../../../src/projections/projection.ts';
import { must, mustRun } from '../../support/must.ts';
import { type World, hosts } from './world.ts';

/** What is known of the log so far, and what it showed at each position. */
export type Seen = {
  position: number;
  readonly bookings: Map<string, { state: BookingState; readonly events: BookingEvent[]; readonly shown: string[] }>;
  readonly schedules: Map<string, ScheduleState>;
  /** Mails looked at. */
  mails: number;
  /** Message-ID of each invitation, by booking, address and SEQUENCE. */
  readonly confirmations: Map<string, string>;
};

export const nothingSeen = (): Seen => ({
  position: 0,
  bookings: new Map(),
  schedules: new Map(),
  mails: 0,
  confirmations: new Map(),
});

/** A broken promise, with the story of the booking that it is about. */
const broken = (seen: Seen, invariant: string, uid: string, what: string): Error => {
  const story = seen.bookings.get(uid)?.events ?? [];
  const lines = story.map(({ occurredAt, type, data }) => {
    const at = 'calendarId' in data ? ` ${data.calendarId}` : '';
    const attempt = 'attempt' in data ? ` #${data.attempt}` : '';
    const kind = 'kind' in data ? ` ${data.kind}` : '';
    return `  ${occurredAt} ${type}${at}${attempt}${kind}`;
  });
  return new Error(`${invariant} is broken for ${uid}: ${what}\n${lines.join('\n')}`);
};

/** I9: what was shown is a function of the events alone. */
const shownOf = (state: BookingState): string =>
  state.phase === 'none' ? 'none' : `${statusOf(state)} ${state.sequence}`;

const seeBooking = (seen: Seen, uid: string, recorded: RecordedEvent): void => {
  const event = must(decodeBookingEvent(recorded));
  const known = seen.bookings.get(uid) ?? { state: noBooking, events: [], shown: [] };
  seen.bookings.set(uid, known);
  const before = known.state;
  known.events.push(event);
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
    if (category === 'booking') seeBooking(seen, owner, recorded);
    if (category !== 'schedule') continue;
    const before = seen.schedules.get(owner) ?? emptySchedule;
    const judged = judgeScheduleEvent(before, must(decodeScheduleEvent(recorded)));
    if (E.isLeft(judged)) throw broken(seen, 'I2', owner, `no decider writes ${recorded.type} here: ${judged.left}`);
    seen.schedules.set(owner, judged.right);
  }
};

const known = (seen: Seen): ReadonlyArray<readonly [string, KnownBooking]> =>
  [...seen.bookings].flatMap(([uid, { state }]) => (state.phase === 'none' ? [] : [[uid, state] as const]));

/** I2: live bookings of one host lie apart, and each holds its slot. */
const heldOnce = (seen: Seen): void => {
  for (const { id } of hosts) {
    const live = known(seen).filter(([, booking]) => booking.request.hostId === id && isLive(booking));
    for (const [index, [uid, booking]] of live.entries()) {
      const claim = intervalOf(booking.request.claim);
      const other = live.slice(index + 1).find(([, one]) => overlaps(intervalOf(one.request.claim), claim));
      if (other !== undefined) throw broken(seen, 'I2', uid, `its time is held by ${other[0]} too`);
      if (claimOf(seen.schedules.get(id) ?? emptySchedule, uid) === undefined)
        throw broken(seen, 'I2', uid, 'it is live and holds no slot');
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
    const key = `${uid} ${to.address} ${sequence}`;
    const before = seen.confirmations.get(key) ?? messageId;
    if (before !== messageId) throw broken(seen, 'I4', uid, `${to.address} was sent ${before} and ${messageId}`);
    seen.confirmations.set(key, messageId);
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
};

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

/** Once everything was carried out. */
export const checkEnd = (world: World, seen: Seen): void => {
  for (const [uid, booking] of known(seen)) {
    const claim = claimOf(seen.schedules.get(booking.request.hostId) ?? emptySchedule, uid);
    if (!isLive(booking) && claim !== undefined) throw broken(seen, 'I2', uid, 'it is over, and its slot is held');
    if (booking.phase === 'pending') throw broken(seen, 'I4', uid, 'it is pending after its deadline');
    for (const sync of booking.calendars) {
      const isThere = world.calendars.get(sync.calendarId)?.events.has(uid) === true;
      const isExcused = sync.status === 'removed' && sync.acknowledged === true;
      if (!isLive(booking) && isThere && !isExcused)
        throw broken(seen, 'I3', uid, `it is over, and ${sync.calendarId} still has it`);
    }
    const told = world.mails.filter(({ text, to }) => text.includes(uid) && to.address.startsWith('runa'));
    const parked = booking.notificationOutcomes.some(
      ({ recipient, outcome }) => recipient === 'attendee' && outcome === 'parked',
    );
    if (told.length === 0 && !parked) throw broken(seen, 'I4', uid, 'its guest was left without word');
  }
};
