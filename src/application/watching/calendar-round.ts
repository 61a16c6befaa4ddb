import * as E from 'fp-ts/lib/Either.js';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { differenceOf } from '../../domain/booking/booking-status.ts';
import { lookBasisOf, recordLook } from '../../domain/booking/decide-watch.ts';
import type { LookBasis, Seen, WatchPolicy } from '../../domain/booking/watch-commands.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { eachOf } from '../loop-queue.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { Calendar, CalendarWatch } from '../ports/calendar.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { CalendarHealthReader } from '../ports/read-models.ts';
import { ownEventOf } from '../saga/calendar-event.ts';
import { byVersions, isTouched, type KnownVersions } from './touched-events.ts';

/** Events of one calendar that are asked for at the same time. */
const AT_ONCE = 4;
/** Milliseconds before the meeting from which on its event is asked for once more. */
const BEFORE_MEETING_MS = 900_000;

export type RoundDeps = {
  readonly reader: Pick<CalendarHealthReader, 'watchedBookings'>;
  readonly buses: Pick<BookingBuses, 'bookings'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether `reader` knows all that is in the log now; waits a while for it. */
  readonly caughtUp: (signal: AbortSignal) => Promise<boolean>;
};

/** What a direct answer said of a booking's event, on which basis, and when (epoch ms). */
export type Answer = { readonly uid: string; readonly seen: Seen; readonly basis: LookBasis; readonly at: number };

/** What is kept of one calendar between two rounds, in memory: after a restart all is looked at anew. */
export type CalendarMemory = {
  token: string | null;
  readonly versions: KnownVersions;
  /** Bookings whose event was to be asked for, and gave no definite answer yet. */
  readonly open: Set<string>;
  /** First answers that are not as booked: each is asked again, some time later. */
  readonly suspects: Map<string, Answer>;
};

export const noMemory = (): CalendarMemory => ({
  token: null,
  versions: new Map(),
  open: new Set(),
  suspects: new Map(),
});

/** `basis`: null while what the calendar shows may be our own doing; a hint about it is kept for afterwards. */
type Watched = { readonly uid: string; readonly booking: KnownBooking; readonly basis: LookBasis | null };

/** `failed`: the calendar could not be asked; nothing follows from that. */
export type Round = {
  readonly watched: number;
  readonly asked: number;
  readonly failed: boolean;
  /** Second answers that were the same as the first. */
  readonly confirmed: ReadonlyArray<Answer>;
  /** Events that are where they are booked, where that is worth writing down. */
  readonly verified: ReadonlyArray<Answer>;
};

const isSameAnswer = (a: Answer, b: Answer): boolean =>
  JSON.stringify([a.seen, a.basis]) === JSON.stringify([b.seen, b.basis]);

/** Only what would become a fact counts: what is in the log already, or is where we left it, is nothing to suspect. */
const meaningOf = (
  booking: KnownBooking,
  calendarId: string,
  seen: Seen,
  now: number,
): 'news' | 'as-booked' | 'known' => {
  const policy: WatchPolicy = { deleted: 'pending', moved: 'ask', graceMs: 0 };
  const [event] = recordLook(booking, { type: 'RecordLook', calendarId, seen, policy, isAsked: true, now });
  if (event === undefined) return 'known';
  return event.type === 'CalendarEventVerified' ? 'as-booked' : 'news';
};

const watchedIn = async (
  { reader, buses, clock }: RoundDeps,
  calendarId: string,
): Promise<ReadonlyArray<Watched> | null> => {
  const uids = await reader.watchedBookings(calendarId, clock.now())();
  if (E.isLeft(uids)) return null;
  const found: Watched[] = [];
  for (const uid of uids.right) {
    const loaded = await buses.bookings.load(uid)();
    // Left out now, a booking would never be asked for: the calendar tells a change once. One that is damaged stays unreadable.
    if (E.isLeft(loaded) && loaded.left.type !== 'Corrupt') return null;
    if (E.isLeft(loaded) || loaded.right.state.phase === 'none') continue;
    const booking = loaded.right.state;
    found.push({ uid, booking, basis: lookBasisOf(booking, calendarId, clock.now()) });
  }
  return found;
};

const syncAt = ({ booking }: Watched, calendarId: string) =>
  booking.calendars.find((sync) => sync.calendarId === calendarId);

/** Shortly before the meeting its event is asked for once, whatever was said before. */
const isDueBeforeMeeting = (one: Watched, calendarId: string, now: number): boolean => {
  const start = toEpochMs(one.booking.request.start);
  const sync = syncAt(one, calendarId);
  const seenAt = sync?.status === 'held' && sync.seenAt !== undefined ? toEpochMs(sync.seenAt) : 0;
  return start - now <= BEFORE_MEETING_MS && seenAt < start - BEFORE_MEETING_MS;
};

const heldId = (one: Watched, calendarId: string): string => {
  const sync = syncAt(one, calendarId);
  return sync?.status === 'held' ? sync.providerEventId : '';
};

/**
 * One round through a calendar: it is asked what may have changed since the last one, and each of our events that this may
 * concern is asked for directly. A listing is a hint alone; what one direct answer says is a suspicion, and only a second one
 * that says the same, no sooner than `confirmMs` later, is handed on as confirmed. `all`: every event is asked for.
 */
export const goThrough = async (
  deps: RoundDeps,
  memory: CalendarMemory,
  { calendarId, watch }: Pick<Calendar, 'calendarId'> & { readonly watch: CalendarWatch },
  { confirmMs, all, isAsked }: { readonly confirmMs: number; readonly all: boolean; readonly isAsked: boolean },
  signal: AbortSignal,
): Promise<Round> => {
  const nothing: Round = { watched: 0, asked: 0, failed: true, confirmed: [], verified: [] };
  const asked = await watch.changes(memory.token, signal)();
  if (E.isLeft(asked)) return nothing;
  // A booking that the list does not have yet would be passed by for ever: the calendar tells a change once.
  if (!(await deps.caughtUp(signal))) return nothing;
  const watched = await watchedIn(deps, calendarId);
  if (watched === null) return nothing;
  const ids = watched.map((one) => heldId(one, calendarId)).filter((id) => id !== '');
  const changes = asked.right.token === null ? await byVersions(memory.versions, watch, ids, signal) : asked.right;
  if (changes === null) return nothing;
  const now = deps.clock.now();
  const known = new Set(watched.map(({ uid }) => uid));
  for (const uid of [...memory.open, ...memory.suspects.keys()])
    if (!known.has(uid)) {
      memory.open.delete(uid);
      memory.suspects.delete(uid);
    }
  for (const one of watched) {
    const sync = syncAt(one, calendarId);
    const differs = sync !== undefined && differenceOf(sync) !== null;
    if (all || differs || isTouched(changes, heldId(one, calendarId)) || isDueBeforeMeeting(one, calendarId, now))
      memory.open.add(one.uid);
  }
  // Only now: what was touched is remembered as open, so that nothing of it is lost.
  memory.token = changes.token;
  const due = watched.filter(({ uid, basis }) => {
    const suspect = memory.suspects.get(uid);
    return basis !== null && (suspect === undefined ? memory.open.has(uid) : now - suspect.at >= confirmMs);
  });
  const confirmed: Answer[] = [];
  const verified: Answer[] = [];
  await eachOf(due, AT_ONCE, async (one) => {
    const { uid, booking, basis } = one;
    if (basis === null) return;
    const looked = await watch.look(ownEventOf(uid, booking, syncAt(one, calendarId)), signal)();
    // An outage, a refusal, an answer that is not certain: the question stays open.
    if (E.isLeft(looked)) return;
    memory.open.delete(uid);
    const answer = { uid, seen: looked.right, basis, at: deps.clock.now() };
    const before = memory.suspects.get(uid);
    const sync = syncAt(one, calendarId);
    const differs = sync !== undefined && differenceOf(sync) !== null;
    const meaning = meaningOf(booking, calendarId, answer.seen, answer.at);
    if (meaning !== 'news') {
      memory.suspects.delete(uid);
      const isWorthWriting = isAsked || differs || isDueBeforeMeeting(one, calendarId, now);
      if (meaning === 'as-booked' && isWorthWriting) verified.push(answer);
    } else if (before !== undefined && isSameAnswer(before, answer)) {
      memory.suspects.delete(uid);
      confirmed.push(answer);
    } else memory.suspects.set(uid, answer);
  });
  return { watched: watched.length, asked: due.length, failed: false, confirmed, verified };
};

/**
 * How many events people change at once, at most, of so many bookings: five, and a fifth of a calendar where that is less, but
 * always two.
 */
export const mostAtOnce = (
  watched: number,
  { bookings, percent }: { readonly bookings: number; readonly percent: number },
): number => Math.min(bookings, Math.max(2, Math.ceil((watched * percent) / 100)));

export type PolicyOf = (calendarId: string) => WatchPolicy;
