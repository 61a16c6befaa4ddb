import * as E from 'fp-ts/lib/Either.js';
import { type BookingState, isLive, noBooking } from '../../domain/booking/booking-state.ts';
import { parseInstant } from '../../domain/decoding/values.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { chainedHash, GENESIS_HASH, isChainedText, type Sha256 } from '../../domain/log/hash-chain.ts';
import type { DecisionFacts } from '../../domain/rules/decision-facts.ts';
import {
  bookingUidOf,
  calendarIdOf,
  changesStream,
  rulesHostOf,
  scheduleHostOf,
  scheduleStream,
} from '../commands/aggregate.ts';
import type { OpenedForJudging } from '../privacy/sealing.ts';
import { makeBookingTimes } from './booking-times.ts';
import { headsOf, type RecordedHead } from './check-heads.ts';
import { type NamedRules, namedRules, type RulesInLog } from './check-rules.ts';
import type { Finding, FindingKind } from './finding.ts';
import { makeEnvelopeCheck } from './judge-envelope.ts';
import { type EventPlace, type HeldTimes, makeHeldTimes, meetingOf } from './held-times.ts';
import { type Advance, judgeStream } from './judge-stream.ts';
import { makeToldCheck } from './judge-told.ts';
import { isErased } from './read-for-audit.ts';
import type { TakenTime } from './taken-time.ts';

/**
 * A booking at the end of its stream. `at`: of its last event, epoch milliseconds. `schedule`: of its host. `times`: those that
 * it has had, which that has to hold. `own`: place of the one that is in force; -1: there is none.
 */
export type EndedBooking = Omit<EventPlace, 'stream'> & {
  readonly uid: string;
  readonly at: number;
  readonly phase: BookingState['phase'];
  readonly isLive: boolean;
  readonly isJudged: boolean;
  readonly schedule: string;
  readonly meeting: string;
  readonly own: number;
  readonly times: ReadonlyArray<TakenTime>;
};

/** What the end of a stream says for the checks between streams. Small, and plain data: it may come from a thread. */
export type EndedStream = {
  readonly bookings: ReadonlyArray<EndedBooking>;
  readonly held: ReadonlyArray<HeldTimes>;
  readonly heads: ReadonlyArray<RecordedHead>;
  readonly named?: ReadonlyArray<NamedRules>;
  readonly rules?: RulesInLog;
};

const NOTHING: ReadonlyArray<never> = [];
/** A booking's uid as the program makes them: 128 bits in Crockford's alphabet. */
const UID = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/**
 * Verifies one stream event by event, in order: its chain, that its events are understood, that each notification has its
 * cause, and that the deciders could have written each event where it stands. Keeps one state.
 */
export const makeStreamVerifier = (sha256: Sha256, stream: string) => {
  const hashOf = chainedHash(sha256);
  const isText = isChainedText(sha256);
  const hostId = scheduleHostOf(stream);
  const held = hostId === null ? null : makeHeldTimes(stream);
  const times = makeBookingTimes();
  /** Rules by which times were granted, and those that a host has had, a handful. */
  const [named, digests]: [NamedRules[], string[]] = [[], []];
  const told = makeToldCheck();
  const around = makeEnvelopeCheck(stream);
  const heads: RecordedHead[] = [];
  const ownUid = bookingUidOf(stream);
  const isOfCalendar = calendarIdOf(stream) !== null;
  let booking: BookingState = noBooking;
  let [revision, position, at, hash] = [-1, 0, '', GENESIS_HASH];
  /** False: something of its personal data is gone, or cannot be read: who comes along is not known from there on. */
  let isWhole = true;

  const name = (host: string, { rules }: DecisionFacts, recorded: RecordedEvent): void => {
    if (!named.some(({ digest }) => digest === rules)) named.push(namedRules(host, rules, recorded));
  };

  /** Null: one event was not understood, so no later one is judged. */
  let advance: Advance | null = judgeStream(sha256, stream, {
    onBooking: (recorded, event, before, after) => {
      booking = after;
      times.note(after, recorded);
      if (isWhole) told.planned(recorded.id, event, before, after);
      else told.unknown(recorded);
      if (event.type === 'BookingRequested' && event.data.decidedBy !== undefined)
        name(event.data.hostId, event.data.decidedBy, recorded);
    },
    onSchedule: (recorded, event) => {
      held?.note(event, recorded);
      if ((event.type === 'SlotHeld' || event.type === 'NewSlotHeld') && event.data.decidedBy !== undefined)
        name(hostId ?? '', event.data.decidedBy, recorded);
    },
    onRules: (_, event) => digests.push(event.data.digest),
  });

  const chainFault = (event: RecordedEvent, body: string): string | null => {
    const expected = revision + 1;
    if (event.revision > expected) {
      const missing = event.revision - expected;
      return missing === 1
        ? `revision ${expected} is missing before it`
        : `${missing} events are missing before it, from revision ${expected} on`;
    }
    if (event.revision < expected) return `revision ${expected} should stand here`;
    // The name of a stream is no part of what is hashed: whoever gives two bookings each other's name leaves their chains whole.
    if (ownUid !== null && event.correlationId !== ownUid && UID.test(event.correlationId))
      return `it was written for booking ${event.correlationId}: it was moved here`;
    return isText(hash, body, event) || hashOf(hash, event) === event.hash
      ? null
      : 'its hash is not the one that its content and the events before it make: one of them was changed';
  };

  /** What keeps the event from being right beyond its chain. */
  const judged = (event: RecordedEvent): readonly [FindingKind, string] | null => {
    if (advance === null) return null;
    const result = advance(event);
    if (E.isRight(result)) return result.right === null || isErased(event) ? null : ['impossible', result.right];
    advance = null;
    // What personal data said is not known any more: what the deciders would have written of it cannot be told either.
    return isErased(event) ? null : ['unreadable', `it cannot be understood: ${result.left.reason}`];
  };

  return {
    /** The findings at its next event, as it is stored, and opened. `body`: its text, if that is at hand. */
    add: (event: RecordedEvent, { read, fault }: OpenedForJudging, body = ''): ReadonlyArray<Finding> => {
      const broken = chainFault(event, body) ?? fault;
      ({ revision, position, occurredAt: at, hash } = event);
      isWhole &&= !isErased(read);
      const wrong = judged(read);
      if (isOfCalendar) told.ofCalendar(event);
      else if (advance === null) told.unknown(event);
      const untold = told.fault(event);
      const odd = around(event);
      if (stream === changesStream) heads.push(...headsOf(event));
      if (broken === null && untold === null && wrong === null && odd === null) return NOTHING;
      const finding = (kind: FindingKind, reason: string): Finding => ({ kind, stream, revision, position, reason });
      return [
        ...(broken === null ? [] : [finding('chain', broken)]),
        ...(untold === null ? [] : [finding('no-cause', untold)]),
        ...(wrong === null ? [] : [finding(...wrong)]),
        ...(odd === null ? [] : [finding(...odd)]),
      ];
    },
    end: (): EndedStream => {
      const isJudged = advance !== null;
      const granted = named.length === 0 ? {} : { named };
      if (ownUid === null) {
        const ruled = rulesHostOf(stream);
        const rules = ruled === null ? {} : { rules: { hostId: ruled, digests: isJudged ? digests : null } };
        return { bookings: [], held: held?.all() ?? [], heads, ...granted, ...rules };
      }
      const { phase } = booking;
      const live = booking.phase !== 'none' && isLive(booking);
      const where = { revision, position, at: parseInstant(at) ?? 0 };
      const schedule = booking.phase === 'none' ? '' : scheduleStream(booking.request.hostId);
      const meeting = booking.phase === 'none' ? '' : meetingOf(booking.request);
      const ended = { ...where, uid: ownUid, phase, isLive: live, isJudged, schedule, meeting, ...times.all() };
      return { bookings: [ended], held: [], heads, ...granted };
    },
  };
};
