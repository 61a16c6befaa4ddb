import * as E from 'fp-ts/lib/Either.js';
import { judgeBookingEvent } from '../../domain/audit/judge-booking.ts';
import { judgeCalendarEvent, judgeOnSchedule } from '../../domain/audit/judge-schedule.ts';
import { type BookingState, noBooking } from '../../domain/booking/booking-state.ts';
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
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import { evolveChanges, noChanges } from '../../domain/installation/changes-stream.ts';
import { judgeChangeEvent } from '../../domain/installation/judge-changes.ts';
import { evolveRules, judgeRulesEvent, noRules, type RulesEvent } from '../../domain/rules/rules-stream.ts';
import { beginFold } from '../../domain/schedule/fold-schedule.ts';
import { emptySchedule, type ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import { changesStream } from '../commands/aggregate.ts';

/** Judges the next event of a stream. Left: it is not understood. Right: why the deciders could not have written it, or null. */
export type Advance = (event: RecordedEvent) => E.Either<Undecodable, string | null>;

/** Told of each event that is understood, whether or not the deciders could have written it. */
type Listeners = {
  readonly onBooking: (recorded: RecordedEvent, event: BookingEvent, before: BookingState, after: BookingState) => void;
  readonly onSchedule: (recorded: RecordedEvent, event: ScheduleEvent) => void;
  readonly onRules: (recorded: RecordedEvent, event: RulesEvent) => void;
};

/** Judges with the real deciders. A state that they could not have reached is folded on, so that what follows is judged too. */
const judging = <State, Event>(
  initial: State,
  decode: (event: RecordedEvent) => E.Either<Undecodable, Event>,
  judge: (state: State, event: Event) => E.Either<string, State>,
  fold: (state: State, event: Event) => State,
  onState: (recorded: RecordedEvent, event: Event, before: State, after: State) => void,
): Advance => {
  let state = initial;
  return (recorded) => {
    const decoded = decode(recorded);
    if (E.isLeft(decoded)) return decoded;
    const judged = judge(state, decoded.right);
    const before = state;
    state = E.isRight(judged) ? judged.right : fold(state, decoded.right);
    onState(recorded, decoded.right, before, state);
    return E.right(E.isLeft(judged) ? judged.left : null);
  };
};

/** As `judging`, in one fold that is never begun anew: a schedule has as many events as all the bookings of its host. */
const judgingSchedule = (onSchedule: Listeners['onSchedule']): Advance => {
  const fold = beginFold(emptySchedule);
  return (recorded) => {
    const decoded = decodeScheduleEvent(recorded);
    if (E.isLeft(decoded)) return decoded;
    const judged = judgeOnSchedule(fold.state(), decoded.right);
    fold.add([decoded.right]);
    onSchedule(recorded, decoded.right);
    return E.right(E.isLeft(judged) ? judged.left : null);
  };
};

/** Every machine's clock may be set back, and no event says so. */
const OF_A_MACHINE = { clocksMayBeSetBack: true };
const judgeBooking = (state: BookingState, event: BookingEvent) => judgeBookingEvent(state, event, OF_A_MACHINE);
const silent = (): void => undefined;

/** Judges the events of a stream, in order, by what its name says it is. */
export const judgeStream = (sha256: Sha256, stream: string, { onBooking, onSchedule, onRules }: Listeners): Advance => {
  if (stream.startsWith('booking-')) return judging(noBooking, decodeBookingEvent, judgeBooking, evolve, onBooking);
  if (stream.startsWith('schedule-')) return judgingSchedule(onSchedule);
  if (stream.startsWith('calendar-'))
    return judging(noCalendar, decodeCalendarEvent, judgeCalendarEvent, evolveCalendar, silent);
  if (stream === changesStream) return judging(noChanges, decodeChangeEvent, judgeChangeEvent, evolveChanges, silent);
  if (stream.startsWith('rules-'))
    return judging(noRules, decodeRulesEvent, judgeRulesEvent(sha256), evolveRules, onRules);
  return () => E.left({ type: 'UnknownEventType', reason: 'its stream is of no kind that this program writes' });
};
