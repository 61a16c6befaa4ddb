import type { Either } from 'fp-ts/lib/Either.js';
import type { SlotRefusal } from '../../domain/availability/slot.ts';
import { type BookingState, noBooking } from '../../domain/booking/booking-state.ts';
import type { BookingCommand, BookingRejection } from '../../domain/booking/commands.ts';
import { decide } from '../../domain/booking/decide.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import { evolve } from '../../domain/booking/evolve.ts';
import { type CalendarState, evolveCalendar, noCalendar } from '../../domain/calendar/calendar-state.ts';
import { type CalendarCommand, type CalendarRejection, decideCalendar } from '../../domain/calendar/decide.ts';
import type { CalendarStreamEvent } from '../../domain/calendar/events.ts';
import {
  type Undecodable,
  decodeBookingEvent,
  decodeCalendarEvent,
  decodeChangeEvent,
  decodeRulesEvent,
  decodeScheduleEvent,
} from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { type ChangeEvent } from '../../domain/installation/change-events.ts';
import {
  type ChangesCommand,
  type ChangesState,
  decideChange,
  evolveChanges,
  noChanges,
} from '../../domain/installation/changes-stream.ts';
import {
  decideRules,
  evolveRules,
  noRules,
  type RulesCommand,
  type RulesEvent,
  type RulesState,
} from '../../domain/rules/rules-stream.ts';
import { type ScheduleCommand, decideSchedule } from '../../domain/schedule/decide.ts';
import { mailboxKey } from '../../domain/mail/mail-address.ts';
import { beginFold } from '../../domain/schedule/fold-schedule.ts';
import { type ScheduleEvent, type ScheduleState, emptySchedule } from '../../domain/schedule/schedule-state.ts';
import { beginUnpacking, packSchedule, SCHEDULE_FOLD } from '../../domain/schedule/pack-schedule.ts';

export type Fold<State, Event> = {
  readonly add: (events: ReadonlyArray<Event>) => void;
  readonly state: () => State;
};

/** How a state is stored as texts. `version`: of the fold that made it. */
export type Packing<State> = {
  readonly version: number;
  readonly pack: (state: State) => Iterable<string>;
  readonly beginUnpacking: () => { readonly add: (part: string) => void; readonly state: () => State };
};

/** A mailbox; null: nobody's but the stream's own. */
type StreamSubject = string | null;

/** A decider and the codec of its events: all that the command bus needs to know of a kind of stream. */
export type Aggregate<State, Command, Event, Rejection> = {
  readonly category: string;
  readonly initial: State;
  /** Begins a fold of further events; the given state is not changed. `state` ends the fold. */
  readonly beginFold: (state: State) => Fold<State, Event>;
  readonly decide: (state: State, command: Command) => Either<Rejection, ReadonlyArray<Event>>;
  readonly decode: (event: RecordedEvent) => Either<Undecodable, Event>;
  /** For streams that grow for years. */
  readonly packing?: Packing<State>;
  /** How many earlier states are kept with the present one; default none. */
  readonly keepsEarlier?: number;
  /**
   * Commands whose success without events does not depend on what others append, so that the log need not be read. For
   * all other commands such an answer is only as good as what is known of the stream.
   */
  readonly isCertain?: (command: Command) => boolean;
  /** The mailbox of whoever the stream is about, whose key seals its personal data; null or missing: the stream's own key. */
  readonly subjectOf?: (state: State) => StreamSubject;
};

/** For streams that stay short. */
const oneByOne =
  <State, Event>(evolveOne: (state: State, event: Event) => State) =>
  (from: State): Fold<State, Event> => {
    let state = from;
    return {
      add: (events) => {
        state = events.reduce(evolveOne, state);
      },
      state: () => state,
    };
  };

export const bookingAggregate: Aggregate<BookingState, BookingCommand, BookingEvent, BookingRejection> = {
  category: 'booking',
  initial: noBooking,
  beginFold: oneByOne(evolve),
  decide,
  decode: decodeBookingEvent,
  // Enough for the messages about an event while its booking goes on.
  keepsEarlier: 8,
  // No other node can have this lease before it ends.
  isCertain: ({ type }) => type === 'LeaseEffect',
  subjectOf: (booking) => (booking.phase === 'none' ? null : mailboxKey(booking.request.personal.attendee.email)),
};

export const scheduleAggregate: Aggregate<ScheduleState, ScheduleCommand, ScheduleEvent, SlotRefusal> = {
  category: 'schedule',
  initial: emptySchedule,
  beginFold,
  decide: decideSchedule,
  decode: decodeScheduleEvent,
  packing: { version: SCHEDULE_FOLD, pack: packSchedule, beginUnpacking },
};

export const calendarAggregate: Aggregate<CalendarState, CalendarCommand, CalendarStreamEvent, CalendarRejection> = {
  category: 'calendar',
  initial: noCalendar,
  beginFold: oneByOne(evolveCalendar),
  decide: decideCalendar,
  decode: decodeCalendarEvent,
};

export const rulesAggregate: Aggregate<RulesState, RulesCommand, RulesEvent, never> = {
  category: 'rules',
  initial: noRules,
  beginFold: oneByOne(evolveRules),
  decide: decideRules,
  decode: decodeRulesEvent,
};

export const changesAggregate: Aggregate<ChangesState, ChangesCommand, ChangeEvent, never> = {
  category: 'changes',
  initial: noChanges,
  beginFold: oneByOne(evolveChanges),
  decide: decideChange,
  decode: decodeChangeEvent,
};

export const bookingStream = (uid: string): string => `booking-${uid}`;
export const scheduleStream = (hostId: string): string => `schedule-${hostId}`;

/** A calendar's own stream: its address and its unreadable objects. */
const calendarStream = (calendarId: string): string => `calendar-${calendarId}`;

/** The rules that a host's requests were decided by, as they changed. */
export const rulesStream = (hostId: string): string => `rules-${hostId}`;

/** The one stream of its category: what happens to the installation beside its bookings. */
export const INSTALLATION = 'installation';
export const changesStream = `changes-${INSTALLATION}`;

const bookingPrefix = bookingStream('');
const schedulePrefix = scheduleStream('');
const calendarPrefix = calendarStream('');
const rulesPrefix = rulesStream('');

/** The booking uid of a stream name; null for a stream that is not a booking's. */
export const bookingUidOf = (stream: string): string | null =>
  stream.startsWith(bookingPrefix) ? stream.slice(bookingPrefix.length) : null;

/** The host id of a stream name; null for a stream that is not a schedule. */
export const scheduleHostOf = (stream: string): string | null =>
  stream.startsWith(schedulePrefix) ? stream.slice(schedulePrefix.length) : null;

/** The host id of a stream name; null for a stream that has no rules of a host. */
export const rulesHostOf = (stream: string): string | null =>
  stream.startsWith(rulesPrefix) ? stream.slice(rulesPrefix.length) : null;

/** The calendar id of a stream name; null for a stream that is not a calendar's. */
export const calendarIdOf = (stream: string): string | null =>
  stream.startsWith(calendarPrefix) ? stream.slice(calendarPrefix.length) : null;
