import { writtenDetails } from '../domain/booking/decide-calendar.ts';
import type { BookingCommand, BookingCommandOf } from '../domain/booking/commands.ts';
import type { BookingEventData } from '../domain/booking/events.ts';
import type { FailureKind } from '../domain/calendar/calendar-failure.ts';
import type { Effect } from '../domain/saga/effect.ts';
import type { At } from './booking-events.ts';
import type { AttemptCommandOptions, FailureCommandOptions, WrittenCommandOptions } from './commands.ts';
import { epochMs, instant, START_OF_STORY, type Time } from './given.ts';
import { MOVE_SALT, moveIdOf, moveTimeOf, type To } from './reschedule-events.ts';

type Move = BookingCommandOf<'RequestReschedule'>;

/** Commands about moves, at 10:00:00 if not told otherwise. */
export const rescheduleCommand = {
  /** Ask for another time, which is held already. */
  request: (
    options: At & To & { readonly approvalNeeded?: boolean } & Partial<Pick<Move, 'by' | 'expected'>> = {},
  ): BookingCommand => ({
    type: 'RequestReschedule',
    now: epochMs(options.at ?? START_OF_STORY),
    wanted: { rescheduleId: moveIdOf(options), ...moveTimeOf(options), claim: moveTimeOf(options) },
    by: options.by ?? 'guest',
    reason: null,
    salt: MOVE_SALT,
    approval:
      options.approvalNeeded === true ? { deadline: moveTimeOf(options).start, remindAt: [], holdsSlot: true } : null,
    syncAllowanceMs: 300_000,
    ...(options.expected === undefined ? {} : { expected: options.expected }),
  }),
  /** Write down that a move begins. */
  start: (calendarId: string, options: AttemptCommandOptions & To = {}): BookingCommand => ({
    type: 'StartCalendarMove',
    calendarId,
    attempt: options.attempt ?? 1,
    start: moveTimeOf(options).start,
    now: epochMs(options.at ?? START_OF_STORY),
  }),
  /** Write down that the calendar holds the event at the new time. */
  recordMove: (
    calendarId: string,
    options: WrittenCommandOptions & To & { readonly providerEventId?: string } = {},
  ): BookingCommand => ({
    type: 'RecordCalendarMove',
    calendarId,
    attempt: options.attempt ?? 1,
    ...moveTimeOf(options),
    providerEventId: options.providerEventId ?? 'evt-1',
    status: 'confirmed',
    meetingUrl: null,
    created: false,
    ...writtenDetails(options),
    now: epochMs(options.at ?? START_OF_STORY),
    jitter: 0,
    retry: { baseMs: 5_000, capMs: 900_000 },
  }),
  /** Write down that it does not. */
  recordFailure: (
    calendarId: string,
    kind: FailureKind = 'forbidden',
    options: FailureCommandOptions & To = {},
  ): BookingCommand => ({
    type: 'RecordCalendarMoveFailure',
    calendarId,
    attempt: options.attempt ?? 1,
    ...moveTimeOf(options),
    failure: { kind, message: options.message ?? kind },
    now: epochMs(options.at ?? START_OF_STORY),
    jitter: options.jitter ?? 0,
    retry: { baseMs: 5_000, capMs: 900_000 },
  }),
  /** Put the new time in force. */
  complete: (options: At = {}): BookingCommand => ({
    type: 'CompleteReschedule',
    now: epochMs(options.at ?? START_OF_STORY),
  }),
  /** Give the new time up. */
  fail: (reason: BookingEventData<'RescheduleFailed'>['reason'], options: At = {}): BookingCommand => ({
    type: 'FailReschedule',
    reason,
    now: epochMs(options.at ?? START_OF_STORY),
  }),
};

type Of<T extends Effect['type']> = Extract<Effect, { readonly type: T }>;

/** Move the event to the time that is wanted; `attempt` is the one to begin. */
export const moveEvent = (calendarId: string, attempt = 1, at?: Time): Of<'MoveCalendarEvent'> => ({
  type: 'MoveCalendarEvent',
  calendarId,
  attempt,
  at: at === undefined ? null : instant(at),
});

/** Look up what became of a move whose outcome is not in the log. */
export const resolveMove = (calendarId: string, attempt = 1): Of<'ResolveCalendarMove'> => ({
  type: 'ResolveCalendarMove',
  calendarId,
  attempt,
  at: null,
});

/** Say that the new time is in force. */
export const completeReschedule = (): Of<'CompleteReschedule'> => ({ type: 'CompleteReschedule', at: null });

/** Say that the new time came to nothing, at that time; left out: now. */
export const failReschedule = (reason: Of<'FailReschedule'>['reason'], at?: Time): Of<'FailReschedule'> => ({
  type: 'FailReschedule',
  reason,
  at: at === undefined ? null : instant(at),
});

/** Tell the schedule what became of the time that was held for a move. */
export const settleReschedule = (moved: boolean, rescheduleId = 'move1'): Of<'SettleReschedules'> => ({
  type: 'SettleReschedules',
  ended: [{ rescheduleId, moved }],
  at: null,
});
