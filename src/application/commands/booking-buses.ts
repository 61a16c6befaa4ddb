import type { SlotRefusal } from '../../domain/availability/slot.ts';
import type { BookingState } from '../../domain/booking/booking-state.ts';
import type { BookingCommand, BookingRejection } from '../../domain/booking/commands.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { ScheduleCommand } from '../../domain/schedule/decide.ts';
import type { ScheduleEvent } from '../../domain/schedule/schedule-state.ts';
import type { ScheduleState } from '../../domain/schedule/schedule-state.ts';
import * as E from 'fp-ts/lib/Either.js';
import type { CalendarState } from '../../domain/calendar/calendar-state.ts';
import type { CalendarCommand, CalendarRejection } from '../../domain/calendar/decide.ts';
import type { CalendarStreamEvent } from '../../domain/calendar/events.ts';
import type { ChangeEvent } from '../../domain/installation/change-events.ts';
import type { ChangesCommand, ChangesState } from '../../domain/installation/changes-stream.ts';
import type { RulesCommand, RulesEvent, RulesState } from '../../domain/rules/rules-stream.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import {
  type Aggregate,
  bookingAggregate,
  bookingUidOf,
  calendarAggregate,
  changesAggregate,
  rulesAggregate,
  scheduleAggregate,
  scheduleHostOf,
} from './aggregate.ts';
import { foldOn, type Loaded, nextRevision, unloaded, type StreamCache, makeStreamCache } from './loaded-stream.ts';
import { type CommandBus, makeCommandBus } from './command-bus.ts';
import { type KeyedQueue, makeKeyedQueue } from './keyed-queue.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Identity } from '../ports/clock-and-ids.ts';
import type { Snapshots } from '../ports/event-store.ts';
import type { Sealing } from '../privacy/sealing.ts';

export type BookingBus = CommandBus<BookingState, BookingCommand, BookingEvent, BookingRejection>;
export type ScheduleBus = CommandBus<ScheduleState, ScheduleCommand, ScheduleEvent, SlotRefusal>;

export type CalendarBus = CommandBus<CalendarState, CalendarCommand, CalendarStreamEvent, CalendarRejection>;
export type ChangesBus = CommandBus<ChangesState, ChangesCommand, ChangeEvent, never>;
export type RulesBus = CommandBus<RulesState, RulesCommand, RulesEvent, never>;

/** Folded streams kept in memory: bookings in flight, schedules of hosts that are being booked, calendars that are read. */
const CACHED_BOOKINGS = 4_000;
const CACHED_SCHEDULES = 2_000;
const CACHED_CALENDARS = 2_000;
const CACHED_RULES = 1_000;

/** The kinds of stream, their command buses, and what they share. */
export type BookingBuses = {
  readonly bookings: BookingBus;
  readonly schedules: ScheduleBus;
  readonly calendars: CalendarBus;
  readonly rules: RulesBus;
  readonly changes: ChangesBus;
  readonly bookingCache: StreamCache<BookingState>;
  readonly scheduleCache: StreamCache<ScheduleState>;
  readonly queue: KeyedQueue;
  readonly sharedLog: boolean;
  /**
   * Folds what other nodes append into the cached states, so that they need not be read again. Cached states are hints:
   * an append is checked by its revision. Call it with what is appended to the log, in order.
   */
  readonly seen: (events: ReadonlyArray<RecordedEvent>) => void;
};

/**
 * Folds an event that is the next or the first one of its stream; `undefined` where it is not, or cannot be decoded.
 */
const foldedOn = <State, Command, Event, Rejection>(
  aggregate: Aggregate<State, Command, Event, Rejection>,
  known: Loaded<State> | undefined,
  event: RecordedEvent,
): Loaded<State> | undefined => {
  const before = known ?? unloaded(aggregate.initial);
  if (nextRevision(before.revision) !== event.revision) return undefined;
  const fold = foldOn(aggregate)(before);
  return E.isRight(fold.add([event])) ? fold.loaded() : undefined;
};

export const makeBookingBuses = (deps: {
  readonly store: Pick<EventStore, 'append' | 'readStream'>;
  readonly identity: Pick<Identity, 'eventId' | 'sha256'>;
  /** Missing: personal data is stored in the clear. */
  readonly sealing?: Sealing | undefined;
  /** Folds of schedules that outlive the process; see `StreamLoaderDeps`. */
  readonly snapshots?: Snapshots;
  readonly onSnapshotFault?: (reason: string) => void;
  /** Other processes append to the same log; see `CommandBusDeps`. */
  readonly sharedLog?: boolean;
}): BookingBuses => {
  const queue = makeKeyedQueue();
  const sharedLog = deps.sharedLog === true;
  const bookingCache = makeStreamCache<BookingState>(CACHED_BOOKINGS);
  const scheduleCache = makeStreamCache<ScheduleState>(CACHED_SCHEDULES);
  const foldInto = <State, Command, Event, Rejection>(
    aggregate: Aggregate<State, Command, Event, Rejection>,
    cache: StreamCache<State>,
    event: RecordedEvent,
  ): void => {
    const folded = foldedOn(aggregate, cache.get(event.stream), event);
    if (folded !== undefined) cache.put(event.stream, folded);
  };
  return {
    bookings: makeCommandBus(bookingAggregate)({ ...deps, cache: bookingCache, queue, sharedLog }),
    schedules: makeCommandBus(scheduleAggregate)({ ...deps, cache: scheduleCache, queue, sharedLog }),
    calendars: makeCommandBus(calendarAggregate)({
      ...deps,
      cache: makeStreamCache<CalendarState>(CACHED_CALENDARS),
      queue,
      sharedLog,
    }),
    rules: makeCommandBus(rulesAggregate)({
      ...deps,
      cache: makeStreamCache<RulesState>(CACHED_RULES),
      queue,
      sharedLog,
    }),
    changes: makeCommandBus(changesAggregate)({ ...deps, cache: makeStreamCache<ChangesState>(1), queue, sharedLog }),
    bookingCache,
    scheduleCache,
    queue,
    sharedLog,
    seen: (events) => {
      if (!sharedLog) return;
      for (const event of events) {
        if (bookingUidOf(event.stream) !== null) foldInto(bookingAggregate, bookingCache, event);
        else if (scheduleHostOf(event.stream) !== null) foldInto(scheduleAggregate, scheduleCache, event);
      }
    },
  };
};
