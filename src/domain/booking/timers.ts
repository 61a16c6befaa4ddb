import { toEpochMs, toInstant } from '../time/time.ts';
import type { Booked, BookingState, FiredTimers } from './booking-state.ts';
import { isUnsettled } from './booking-status.ts';
import type { BookingEvent } from './events.ts';

const MS_PER_MINUTE = 60_000;

/** Nothing yet. */
export const noneFired = (start: string): FiredTimers => ({
  start,
  leadMinutes: null,
  started: false,
  checked: false,
  ended: false,
});

/** Something that the clock alone will bring about. `at`: epoch milliseconds. */
export type Timer = { readonly at: number } & (
  { readonly type: 'reminder'; readonly leadMinutes: number } | { readonly type: 'start' | 'no-show-check' | 'end' }
);

type TimedBooking = Booked & { readonly inForceSince: string };

/** Those of the meeting as it is planned now. */
const firedOf = ({ fired, request }: Booked): FiredTimers =>
  fired.start === request.start ? fired : noneFired(request.start);

/**
 * A reminder of a time that is already past when the booking comes into force would only repeat what everybody was just
 * told. An earlier reminder that was missed is overtaken by a later one, all of them by the start.
 */
const reminders = (booking: TimedBooking, fired: FiredTimers, start: number): ReadonlyArray<Timer> =>
  (booking.request.timers?.remindersInMinutes ?? [])
    .map((leadMinutes): Timer & { readonly type: 'reminder' } => ({
      type: 'reminder',
      leadMinutes,
      at: start - leadMinutes * MS_PER_MINUTE,
    }))
    .filter(
      ({ at, leadMinutes }) =>
        !fired.started &&
        at > toEpochMs(booking.inForceSince) &&
        (fired.leadMinutes === null || leadMinutes < fired.leadMinutes),
    );

/** Who came is asked once, and not where somebody has said so already. */
const check = ({ request, absence }: Booked, fired: FiredTimers, start: number): ReadonlyArray<Timer> => {
  const minutes = request.timers?.noShowCheckInMinutes ?? null;
  return minutes === null || fired.checked || absence.isSaid
    ? []
    : [{ type: 'no-show-check', at: start + minutes * MS_PER_MINUTE }];
};

/**
 * What the clock will still bring, the earliest first. Only an accepted booking has a meeting to remind of, and not while no calendar holds it; one that was
 * requested before there were timers (`request.timers` null) has none. Pure: a fold says what is left, so nothing is
 * kept that could be lost, and a booking that moves or ends takes its timers along.
 */
export const timersOf = (booking: BookingState): ReadonlyArray<Timer> => {
  if (booking.phase !== 'accepted' || booking.request.timers === null || isUnsettled(booking)) return [];
  const fired = firedOf(booking);
  const [start, end] = [toEpochMs(booking.request.start), toEpochMs(booking.request.end)];
  const meeting: ReadonlyArray<Timer> = [
    ...(fired.started ? [] : [{ type: 'start', at: start } as const]),
    ...check(booking, fired, start),
    ...(fired.ended ? [] : [{ type: 'end', at: end } as const]),
  ];
  return [...reminders(booking, fired, start), ...meeting].toSorted((a, b) => a.at - b.at);
};

/** When the clock is next of interest to the booking, epoch milliseconds; null: never again. */
export const nextTimerAt = (booking: BookingState): number | null => timersOf(booking)[0]?.at ?? null;

/**
 * The events that the clock brings at `now` (epoch milliseconds), in the order in which they were due; none where none is.
 * After a long outage the last reminder stands for those before it, and a meeting that has begun is not reminded of.
 */
export const fireTimers = (booking: BookingState, now: number): ReadonlyArray<BookingEvent> => {
  const due = timersOf(booking).filter(({ at }) => at <= now);
  if (booking.phase === 'none' || due.length === 0) return [];
  const { start, end } = booking.request;
  const occurredAt = toInstant(now);
  const reminder = now < toEpochMs(start) ? due.findLast(({ type }) => type === 'reminder') : undefined;
  return due.flatMap((timer): ReadonlyArray<BookingEvent> => {
    switch (timer.type) {
      case 'reminder':
        return timer === reminder
          ? [{ type: 'ReminderFellDue', occurredAt, data: { start, leadMinutes: timer.leadMinutes } }]
          : [];
      case 'start':
        return [{ type: 'MeetingStarted', occurredAt, data: { start } }];
      case 'no-show-check':
        return [{ type: 'NoShowCheckFellDue', occurredAt, data: { start } }];
      case 'end':
        return [{ type: 'MeetingEnded', occurredAt, data: { start, end } }];
    }
  });
};

type TimerEvent = Extract<
  BookingEvent,
  { readonly type: 'ReminderFellDue' | 'MeetingStarted' | 'NoShowCheckFellDue' | 'MeetingEnded' }
>;

const firedBy = (event: TimerEvent): Partial<FiredTimers> => {
  switch (event.type) {
    case 'ReminderFellDue':
      return { leadMinutes: event.data.leadMinutes };
    case 'MeetingStarted':
      return { started: true };
    case 'NoShowCheckFellDue':
      return { checked: true };
    case 'MeetingEnded':
      return { ended: true };
  }
};

/** The booking after a timer has fired. What fired for a time that is given up says nothing of the one that is in force. */
export const onTimerFired = <B extends Booked>(booking: B, event: TimerEvent): B =>
  event.data.start === booking.request.start
    ? { ...booking, fired: { ...firedOf(booking), ...firedBy(event) } }
    : booking;
