import * as E from 'fp-ts/lib/Either.js';
import { judgeBookingEvent } from '../../domain/audit/judge-booking.ts';
import { judgeCalendarEvent, judgeScheduleEvent } from '../../domain/audit/judge-schedule.ts';
import { type BookingState, isLive, noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import { evolveCalendar, noCalendar } from '../../domain/calendar/calendar-state.ts';
import {
  decodeBookingEvent,
  decodeCalendarEvent,
  decodeChangeEvent,
  decodeRulesEvent,
  decodeScheduleEvent,
  type Undecodable,
} from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { chainedHash, GENESIS_HASH, type Sha256 } from '../../domain/log/hash-chain.ts';
import { evolveChanges, judgeChangeEvent, noChanges } from '../../domain/installation/changes-stream.ts';
import { evolveRules, judgeRulesEvent, noRules } from '../../domain/rules/rules-stream.ts';
import { emptySchedule, type ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { evolveSchedule } from '../../domain/schedule/fold-schedule.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { bookingUidOf, changesStream } from '../commands/aggregate.ts';
import { mayNotify } from '../notifications/plan.ts';
import { isErased } from './read-for-audit.ts';

/**
 * What an audit finds. `chain`: an event or its place was changed. `unreadable`: no codec understands it. `impossible`: no
 * decider could have written it there. `no-cause`: a notification of an event that its stream does not have.
 * `no-slot`: an accepted booking whose time is not held. `no-booking`: a time held for no live booking.
 */
export type FindingKind = 'chain' | 'unreadable' | 'impossible' | 'no-cause' | 'no-slot' | 'no-booking';

/** `reason` repeats no value of a marked field. What a whole stream lacks is found at its last event. */
export type Finding = {
  readonly kind: FindingKind;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly reason: string;
};

/** What is known of one stream so far. `advance`: judges its next event; null: one was not understood, so no later one is judged. */
type Stream = {
  readonly revision: number;
  readonly position: number;
  readonly at: string;
  readonly hash: string;
  /** Ids of its events that somebody is told of. */
  readonly causes: Set<string>;
  advance: ((event: RecordedEvent) => E.Either<Undecodable, string | null>) | null;
};

/** A time that is held. It is in the schedule's stream, and its booking may not be in the log yet. */
type Held = { readonly stream: string; readonly revision: number; readonly position: number; readonly at: string };

const NOTIFICATIONS: ReadonlySet<string> = new Set(['NotificationSent', 'NotificationParked']);

/** A hold whose booking never came, or has ended, is cleaned up within minutes; so long after it, it was forgotten. */
const CLEANED_UP_MS = 3_600_000;

/** Judges with the real deciders. A state that they could not have reached is folded on, so that what follows is judged too. */
const judging = <State, Event>(
  initial: State,
  decode: (event: RecordedEvent) => E.Either<Undecodable, Event>,
  judge: (state: State, event: Event) => E.Either<string, State>,
  fold: (state: State, event: Event) => State,
  onState: (state: State, event: Event, recorded: RecordedEvent) => void,
): ((recorded: RecordedEvent) => E.Either<Undecodable, string | null>) => {
  let state = initial;
  return (recorded) => {
    const decoded = decode(recorded);
    if (E.isLeft(decoded)) return decoded;
    const judged = judge(state, decoded.right);
    state = E.isRight(judged) ? judged.right : fold(state, decoded.right);
    onState(state, decoded.right, recorded);
    return E.right(E.isLeft(judged) ? judged.left : null);
  };
};

/** Every machine's clock may be set back, and no event says so. */
const OF_A_MACHINE = { clocksMayBeSetBack: true };

/**
 * Verifies a log event by event, in its order: its chains, that its events are understood, that the deciders could have
 * written each where it stands, and at the end that times and bookings belong together. Keeps the state of each stream.
 */
export const makeLogVerifier = (sha256: Sha256) => {
  const hashOf = chainedHash(sha256);
  const streams = new Map<string, Stream>();
  const bookings = new Map<string, BookingState>();
  const held = new Map<string, Held>();
  let [events, erased, latest] = [0, 0, ''];

  const onBooking = (state: BookingState, _: BookingEvent, { stream }: RecordedEvent): void => {
    bookings.set(bookingUidOf(stream) ?? '', state);
  };
  const onSchedule = (_: unknown, event: ScheduleEvent, recorded: RecordedEvent): void => {
    const { stream, revision, position, occurredAt: at } = recorded;
    if (event.type === 'SlotHeld') held.set(event.data.bookingUid, { stream, revision, position, at });
    if (event.type === 'SlotReleased') held.delete(event.data.bookingUid);
  };
  const judgeBooking = (state: BookingState, event: BookingEvent) => judgeBookingEvent(state, event, OF_A_MACHINE);
  const advanceOf = (stream: string): Stream['advance'] => {
    if (stream.startsWith('booking-')) return judging(noBooking, decodeBookingEvent, judgeBooking, evolve, onBooking);
    if (stream.startsWith('schedule-'))
      return judging(emptySchedule, decodeScheduleEvent, judgeScheduleEvent, evolveSchedule, onSchedule);
    if (stream.startsWith('calendar-'))
      return judging(noCalendar, decodeCalendarEvent, judgeCalendarEvent, evolveCalendar, () => undefined);
    if (stream === changesStream)
      return judging(noChanges, decodeChangeEvent, judgeChangeEvent, evolveChanges, () => undefined);
    if (stream.startsWith('rules-'))
      return judging(noRules, decodeRulesEvent, judgeRulesEvent(sha256), evolveRules, () => undefined);
    return () => E.left({ type: 'UnknownEventType', reason: 'its stream is of no kind that this program writes' });
  };

  const chainFault = (known: Stream | undefined, event: RecordedEvent): string | null => {
    const expected = known === undefined ? 0 : known.revision + 1;
    if (event.revision > expected) {
      const missing = event.revision - expected;
      return missing === 1
        ? `revision ${expected} is missing before it`
        : `${missing} events are missing before it, from revision ${expected} on`;
    }
    if (event.revision < expected) return `revision ${expected} should stand here`;
    return hashOf(known?.hash ?? GENESIS_HASH, event) === event.hash
      ? null
      : 'its hash is not the one that its content and the events before it make: one of them was changed';
  };

  /** The findings at one event, the next of the log. */
  const add = (event: RecordedEvent): ReadonlyArray<Finding> => {
    const { stream, revision, position } = event;
    const found: Finding[] = [];
    const report = (kind: FindingKind, reason: string) => found.push({ kind, stream, revision, position, reason });
    const known = streams.get(stream);
    const broken = chainFault(known, event);
    if (broken !== null) report('chain', broken);
    const advance = known === undefined ? advanceOf(stream) : known.advance;
    const causes = known?.causes ?? new Set<string>();
    const kept: Stream = { revision, position, at: event.occurredAt, hash: event.hash, causes, advance };
    streams.set(stream, kept);
    if (mayNotify(event.type)) causes.add(event.id);
    const { causedBy } = event.data;
    if (typeof causedBy === 'string' && NOTIFICATIONS.has(event.type) && !causes.has(causedBy))
      report('no-cause', 'it tells of an event that its stream does not have before it');
    events += 1;
    if (event.occurredAt > latest) latest = event.occurredAt;
    if (isErased(event)) erased += 1;
    if (advance === null) return found;
    const judged = advance(event);
    if (E.isLeft(judged)) {
      // What personal data said is not known any more: what the deciders would have written of it cannot be told either.
      if (!isErased(event)) report('unreadable', `it cannot be understood: ${judged.left.reason}`);
      kept.advance = null;
    } else if (judged.right !== null && !isErased(event)) report('impossible', judged.right);
    return found;
  };

  const isOld = (at: string): boolean => toEpochMs(latest) - toEpochMs(at) > CLEANED_UP_MS;

  /** What only the whole log shows: accepted bookings without their time, and times that are held for nobody. */
  const end = (): ReadonlyArray<Finding> => {
    const found: Finding[] = [];
    for (const [uid, state] of bookings) {
      const stream = `booking-${uid}`;
      const last = streams.get(stream);
      if (state.phase !== 'accepted' || held.has(uid) || last === undefined || last.advance === null) continue;
      const { revision, position } = last;
      found.push({
        kind: 'no-slot',
        stream,
        revision,
        position,
        reason: 'it is accepted, and no schedule holds its time',
      });
    }
    for (const [uid, { at, ...where }] of held) {
      const state = bookings.get(uid) ?? noBooking;
      const known = streams.get(`booking-${uid}`);
      const isJudged = known === undefined || known.advance !== null;
      const isWanted = state.phase !== 'none' && isLive(state);
      if (!isJudged || isWanted || !isOld(known?.at ?? at)) continue;
      const standing = state.phase === 'none' ? 'not in the log' : state.phase;
      found.push({ kind: 'no-booking', ...where, reason: `its time is held for booking ${uid}, which is ${standing}` });
    }
    return found;
  };

  return { add, end, counts: () => ({ events, erased, streams: streams.size }) };
};
