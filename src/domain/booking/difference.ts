import { toEpochMs, toInstant } from '../time/time.ts';
import type { Booked, CalendarSync, Difference, KnownBooking } from './booking-state.ts';
import { differenceOf, isUnsettled } from './booking-status.ts';
import type { BookingEvent, BookingEventOf } from './events.ts';
import type { Seen } from './watch-commands.ts';
import { isSameInstant, type Reschedule } from './reschedule-state.ts';

type Held = Extract<CalendarSync, { readonly status: 'held' }>;

/** Those of the booking's calendars that differ, in the order of the request. */
export const differencesOf = ({
  calendars,
}: Pick<Booked, 'calendars'>): ReadonlyArray<{
  readonly calendarId: string;
  readonly number: number;
  readonly difference: Difference;
}> =>
  calendars.flatMap((sync) => {
    const difference = differenceOf(sync);
    return difference === null ? [] : [{ calendarId: sync.calendarId, number: sync.differences ?? 0, difference }];
  });

/** What the host never answered ends when the meeting would have begun. */
const dueAt = ({ wants, settleAt }: Difference, start: string): string | null => {
  switch (wants) {
    case 'cancel':
      return settleAt;
    case 'pending':
    case 'ask':
      return start;
    case 'restore':
    case 'follow':
      return null;
  }
};

/**
 * When the booking is cancelled for what was found in its calendars, UTC instant; null: it is not. With all-of the first
 * difference ends it; with any-of the last one, and none while another one is being settled otherwise.
 */
export const cancelledForDifferenceAt = (booking: KnownBooking): string | null => {
  if (!isUnsettled(booking)) return null;
  const due = differencesOf(booking).map(({ difference }) => dueAt(difference, booking.request.start));
  const times = due.flatMap((at) => (at === null ? [] : [toEpochMs(at)]));
  if (times.length === 0) return null;
  if (booking.request.acceptance === 'all-of') return toInstant(Math.min(...times));
  return times.length < due.length ? null : toInstant(Math.max(...times));
};

/** What everybody is told, as the host's reason. */
export const reasonForDifference = (booking: KnownBooking): string => {
  const kinds = new Set(differencesOf(booking).map(({ difference }) => difference.kind));
  if (kinds.has('missing')) return 'the host removed it from their calendar';
  if (kinds.has('cancelled')) return 'the host cancelled it in their calendar';
  return 'the host moved it in their calendar, and no new time was agreed upon';
};

type Noticed = Extract<
  BookingEvent,
  { readonly type: 'CalendarEventMissing' | 'CalendarEventMoved' | 'CalendarEventChanged' }
>;

const differenceIn = (booking: KnownBooking, event: Noticed): Difference | null => {
  const noticed = { since: event.occurredAt, settleAt: event.data.settleAt };
  switch (event.type) {
    case 'CalendarEventMissing':
      return { ...noticed, kind: 'missing', start: null, end: null, wants: event.data.policy };
    case 'CalendarEventMoved': {
      const { start, end, policy } = event.data;
      const kind = isSameInstant(start, booking.request.start) ? 'length' : 'moved';
      return { ...noticed, kind, start, end, wants: policy };
    }
    case 'CalendarEventChanged':
      return event.data.change === 'organizer'
        ? null
        : { ...noticed, kind: 'cancelled', start: null, end: null, wants: event.data.policy };
  }
};

/** A fact that was overtaken by a later one, or is about an event that the calendar is not known to hold, is no news. */
export const onNoticed = (booking: KnownBooking, sync: CalendarSync, event: Noticed): CalendarSync => {
  const { number } = event.data;
  if (sync.status !== 'held' || number <= (sync.differences ?? 0)) return sync;
  const difference = differenceIn(booking, event);
  if (event.type === 'CalendarEventChanged' && difference === null)
    return { ...sync, differences: number, otherOrganizer: true };
  if (difference === null) return sync;
  return { ...sync, start: difference.start ?? sync.start, differences: number, difference };
};

const withoutDifference = (sync: Held): Held => {
  const { difference: _, ...same } = sync;
  return same;
};

/** It is as it was. Of an earlier difference this is no news. */
export const onVerified = (
  booking: KnownBooking,
  sync: CalendarSync,
  { data, occurredAt }: BookingEventOf<'CalendarEventVerified'>,
): CalendarSync => {
  if (sync.status !== 'held' || data.number !== (sync.differences ?? 0)) return sync;
  const start = sync.difference === undefined ? sync.start : booking.request.start;
  return { ...withoutDifference(sync), start, seenAt: occurredAt };
};

const wanting = (
  sync: CalendarSync,
  number: number,
  wants: Difference['wants'],
  refused: Pick<Difference, 'refused'> = {},
): CalendarSync =>
  sync.status === 'held' && sync.difference !== undefined && number === sync.differences
    ? { ...sync, difference: { ...sync.difference, wants, ...refused }, move: { ...sync.move, failure: null } }
    : sync;

export const onRestoreRequested = (
  sync: CalendarSync,
  { number }: BookingEventOf<'CalendarEventRestoreRequested'>['data'],
): CalendarSync => wanting(sync, number, 'restore');

export const onNotFollowed = (
  sync: CalendarSync,
  { number, reason, takenBy }: BookingEventOf<'CalendarEventNotFollowed'>['data'],
): CalendarSync =>
  differenceOf(sync)?.wants === 'follow'
    ? wanting(sync, number, 'ask', { refused: { reason, takenBy: takenBy ?? null } })
    : sync;

/** Whether the calendar shows the event at that instant. */
export const isShownAt = (shown: string | null, instant: string): boolean =>
  shown !== null && isSameInstant(shown, instant);

/** Whether the calendar shows the event at the time of this move, because somebody moved it there. */
const isWhereMoved = (sync: CalendarSync, { start, end }: Pick<Reschedule, 'start' | 'end'>): boolean => {
  const difference = differenceOf(sync);
  return difference?.kind === 'moved' && isShownAt(difference.start, start) && isShownAt(difference.end, end);
};

/** Calendars are asked for another time: what they show otherwise is written over, unless it is that very time. */
export const overriddenBy =
  (reschedule: Pick<Reschedule, 'start' | 'end'>) =>
  (sync: CalendarSync): CalendarSync =>
    sync.status !== 'held' || sync.difference === undefined || isWhereMoved(sync, reschedule)
      ? sync
      : { ...sync, difference: { ...sync.difference, wants: 'restore' } };

/** The move that was to follow a calendar came to nothing: the host is asked. */
export const askedInstead = (sync: CalendarSync): CalendarSync =>
  sync.status === 'held' && sync.difference?.wants === 'follow'
    ? { ...sync, difference: { ...sync.difference, wants: 'ask' } }
    : sync;

/** The booking is at the time now that a calendar showed before. */
export const followed =
  (time: Pick<Reschedule, 'start' | 'end'>) =>
  (sync: CalendarSync): CalendarSync =>
    sync.status === 'held' && isWhereMoved(sync, time) ? withoutDifference(sync) : sync;

/** Whether what a calendar shows is what was booked, as far as a time goes. */
export const isAsBooked = ({ request }: KnownBooking, seen: Seen): boolean =>
  seen.type === 'as-booked' ||
  seen.type === 'other-organizer' ||
  (seen.type === 'at' &&
    toEpochMs(seen.start) === toEpochMs(request.start) &&
    toEpochMs(seen.end) === toEpochMs(request.end));
