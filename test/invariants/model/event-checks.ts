import type { BookingState, KnownBooking } from '../../../src/domain/booking/booking-state.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import type { ScheduleState } from '../../../src/domain/schedule/schedule-state.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import type { World } from './world.ts';

/** What is known of the log so far, and what it showed at each position. */
export type Seen = {
  position: number;
  readonly bookings: Map<
    string,
    {
      state: BookingState;
      readonly events: BookingEvent[];
      readonly ids: string[];
      readonly shown: string[];
      /** Timers that have fired, each with the time that it is of; and moves that were asked for. */
      readonly once: Set<string>;
    }
  >;
  readonly schedules: Map<string, ScheduleState>;
  /** Mails looked at. */
  mails: number;
  /** DTSTART and Message-ID of each invitation, by booking, address and SEQUENCE. */
  readonly confirmations: Map<string, string>;
};

export const nothingSeen = (): Seen => ({
  position: 0,
  bookings: new Map(),
  schedules: new Map(),
  mails: 0,
  confirmations: new Map(),
});

/** Every booking that was asked for. */
export const known = (seen: Seen): ReadonlyArray<readonly [string, KnownBooking]> =>
  [...seen.bookings].flatMap(([uid, { state }]) => (state.phase === 'none' ? [] : [[uid, state] as const]));

/** A broken promise, with the story of the booking that it is about. */
export const broken = (seen: Seen, invariant: string, uid: string, what: string): Error => {
  const story = seen.bookings.get(uid)?.events ?? [];
  const lines = story.map(({ occurredAt, type, data }) => {
    const at = 'calendarId' in data ? ` ${data.calendarId}` : '';
    const attempt = 'attempt' in data ? ` #${data.attempt}` : '';
    const kind = 'kind' in data ? ` ${data.kind}` : '';
    return `  ${occurredAt} ${type}${at}${attempt}${kind}`;
  });
  return new Error(`${invariant} is broken for ${uid}: ${what}\n${lines.join('\n')}`);
};

/** What may happen once: the same timer of the same time, a move under its id. Null: may happen again. */
export const onceOf = (event: BookingEvent): string | null => {
  switch (event.type) {
    case 'ReminderFellDue':
      return `${event.type} ${event.data.start} ${event.data.leadMinutes}`;
    case 'MeetingStarted':
    case 'NoShowCheckFellDue':
    case 'MeetingEnded':
      return `${event.type} ${event.data.start}`;
    case 'RescheduleRequested':
    case 'BookingRescheduled':
      return `${event.type} ${event.data.rescheduleId}`;
    case 'BookingRequested':
    case 'BookingAccepted':
    case 'BookingApproved':
    case 'BookingCancelled':
      return event.type;
    default:
      return null;
  }
};

/** The earliest instant at which a timer may fire, epoch ms; null: it is none. */
const firesAt = ({ type, data }: BookingEvent, noShowCheckMinutes: number): number | null => {
  switch (type) {
    case 'ReminderFellDue':
      return toEpochMs(data.start) - data.leadMinutes * 60_000;
    case 'MeetingStarted':
      return toEpochMs(data.start);
    case 'NoShowCheckFellDue':
      return toEpochMs(data.start) + noShowCheckMinutes * 60_000;
    case 'MeetingEnded':
      return toEpochMs(data.end);
    default:
      return null;
  }
};

/** Timers: in time, of the time that is in force, and of accepted bookings alone. */
export const timerInTime = (world: World, seen: Seen, uid: string, before: BookingState, event: BookingEvent): void => {
  const due = firesAt(event, before.phase === 'none' ? 0 : (before.request.timers?.noShowCheckInMinutes ?? 0));
  if (due === null || !('start' in event.data)) return;
  if (before.phase !== 'accepted')
    throw broken(seen, 'the timers', uid, `${event.type} of a booking that is not accepted`);
  if (event.data.start !== before.request.start)
    throw broken(
      seen,
      'the timers',
      uid,
      `${event.type} of ${event.data.start}, and it begins at ${before.request.start}`,
    );
  if (Math.min(toEpochMs(event.occurredAt), world.clock.now()) < due)
    throw broken(seen, 'the timers', uid, `${event.type} before its time`);
};

/** I1 of a move: no new time is in force before a calendar has the event there, unless a person took it out. */
export const movedInFact = (world: World, seen: Seen, uid: string, before: BookingState, event: BookingEvent): void => {
  if (event.type !== 'BookingRescheduled' || before.phase !== 'accepted' || before.calendars.length === 0) return;
  const isThere = before.calendars.some(({ calendarId }) => {
    const model = world.calendars.get(calendarId);
    return model?.takenOut.has(uid) === true || model?.events.get(uid)?.start === event.data.start;
  });
  if (!isThere) throw broken(seen, 'I1', uid, `it was moved to ${event.data.start}, where no calendar has it`);
};
