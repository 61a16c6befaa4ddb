import { nothingSaid } from './absence.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import type { Booked, CalendarSync, Failed, KnownBooking } from './booking-state.ts';
import { askedInstead, followed, overriddenBy } from './difference.ts';
import type { BookingEventOf, BookingEventType } from './events.ts';
import {
  approvalDeadline,
  type EndedReschedule,
  goingReschedule,
  movingDeadline,
  type Reschedule,
} from './reschedule-state.ts';

const dueAt = (failure: Failed, at: string): Failed => ({ ...failure, retryAt: at, retryRequested: true });

/** The calendars are wanted to show another time: what failed about the last one is tried again at once. */
const askedAnew =
  (at: string) =>
  (sync: CalendarSync): CalendarSync => {
    if (sync.status === 'failed') return { ...sync, failure: dueAt(sync.failure, at) };
    return sync.status === 'held' ? { ...sync, move: { ...sync.move, failure: null } } : sync;
  };

/** What was given up for want of time alone is taken up again. */
const takenUpAgain =
  (at: string) =>
  (sync: CalendarSync): CalendarSync => {
    if (sync.status === 'failed' && sync.failure.retryable && sync.failure.retryAt === null)
      return { ...sync, failure: { ...sync.failure, retryAt: at } };
    return sync.status === 'held' && sync.move.failure?.retryable === true
      ? { ...sync, move: { ...sync.move, failure: null } }
      : sync;
  };

const withCalendars = <B extends Booked>(booking: B, change: (sync: CalendarSync) => CalendarSync): B => ({
  ...booking,
  calendars: booking.calendars.map(change),
});

/**
 * The move in flight is over without the booking having moved. A copy of the event that may have gone out with the next
 * SEQUENCE is overtaken by one with a higher one (I6).
 */
export const withoutReschedule = <B extends Booked>(
  booking: B,
  outcome: Exclude<EndedReschedule['outcome'], 'moved'>,
  endedAt: string,
  why = '',
): B => {
  const { reschedule, request } = booking;
  if (reschedule === null) return booking;
  const { id, by, reason, start, end, touched } = reschedule;
  const previous = { start: request.start, end: request.end };
  const ended: EndedReschedule = { id, by, reason, start, end, outcome, previous, endedAt, why };
  const sequence = booking.sequence + (touched ? 2 : 0);
  return {
    ...booking,
    reschedule: null,
    reschedules: [...booking.reschedules, ended],
    sequence,
    sequenceOfTime: touched ? sequence : booking.sequenceOfTime,
  };
};

/** The same, and the calendars are to show the old time wherever they may show the new one. */
const cameToNothing = (
  booking: KnownBooking,
  id: string,
  outcome: Exclude<EndedReschedule['outcome'], 'moved'>,
  at: string,
  why = '',
): KnownBooking => {
  if (booking.reschedule?.id !== id) return booking;
  const wasAsked = goingReschedule(booking) !== null;
  const over = withoutReschedule(booking, outcome, at, why);
  return wasAsked ? withCalendars(withCalendars(over, takenUpAgain(at)), askedInstead) : over;
};

const requested = (
  booking: KnownBooking,
  { data, occurredAt }: BookingEventOf<'RescheduleRequested'>,
): KnownBooking => {
  const { rescheduleId: id, by, start, end, claim, requiresApproval, syncAllowanceMs, approval, personal } = data;
  const isKnown = booking.reschedule !== null || booking.reschedules.some((ended) => ended.id === id);
  if (isKnown || (booking.phase !== 'accepted' && booking.phase !== 'pending')) return booking;
  const approved = !requiresApproval;
  const times = { start, end, claim, syncAllowanceMs };
  const deadline = approved
    ? movingDeadline(occurredAt, times)
    : approvalDeadline(booking.request, approval?.deadline ?? start);
  const reschedule: Reschedule = {
    ...times,
    id,
    by,
    reason: personal.reason,
    requestedAt: occurredAt,
    requiresApproval,
    approved,
    touched: false,
    approval: approval ?? null,
    deadline,
  };
  const asked = { ...booking, reschedule };
  return approved ? withCalendars(withCalendars(asked, askedAnew(occurredAt)), overriddenBy(reschedule)) : asked;
};

const approved = (booking: KnownBooking, { data, occurredAt }: BookingEventOf<'RescheduleApproved'>): KnownBooking => {
  const { reschedule } = booking;
  if (reschedule?.id !== data.rescheduleId || reschedule.approved) return booking;
  const going = { ...reschedule, approved: true, deadline: movingDeadline(occurredAt, reschedule) };
  return withCalendars(withCalendars({ ...booking, reschedule: going }, askedAnew(occurredAt)), overriddenBy(going));
};

/** A pending booking gets as long for its calendars at the new time as it had at the old one. */
const pendingDeadline = ({ request, requestedAt }: Booked, start: string, at: string): string =>
  toInstant(Math.min(toEpochMs(at) + toEpochMs(request.deadline) - toEpochMs(requestedAt), toEpochMs(start)));

/** Reminders are of the time that was agreed upon last, and who was absent at the time before says nothing of it. */
const agreedAnew = (booking: KnownBooking, at: string): KnownBooking =>
  booking.phase === 'accepted' ? { ...booking, inForceSince: at, absence: nothingSaid } : booking;

const rescheduled = (
  booking: KnownBooking,
  { data, occurredAt }: BookingEventOf<'BookingRescheduled'>,
): KnownBooking => {
  const { rescheduleId: id, start, end, claim, previous } = data;
  if (booking.reschedule?.id !== id) return booking;
  const { by, reason, approval } = booking.reschedule;
  const isPending = booking.phase === 'pending';
  const ended: EndedReschedule = {
    id,
    by,
    reason,
    start,
    end,
    outcome: 'moved',
    previous,
    endedAt: occurredAt,
    why: '',
  };
  const moved = {
    ...booking,
    request: { ...booking.request, start, end, claim, ...(approval === null || !isPending ? {} : { approval }) },
    ...(approval === null || !isPending ? {} : { approvalReminders: 0 }),
    reschedule: null,
    reschedules: [...booking.reschedules, ended],
    sequence: booking.sequence + 1,
    sequenceOfTime: booking.sequence + 1,
  };
  return isPending
    ? withCalendars({ ...moved, deadline: pendingDeadline(booking, start, occurredAt) }, takenUpAgain(occurredAt))
    : withCalendars(withCalendars(agreedAnew(moved, occurredAt), takenUpAgain(occurredAt)), followed({ start, end }));
};

/** That a time was held for a move in vain; the request for it, should it still come, is refused by this. */
const abandoned = (booking: KnownBooking, id: string, at: string): KnownBooking => {
  if (booking.reschedule?.id === id || booking.reschedules.some((ended) => ended.id === id)) return booking;
  const { start, end } = booking.request;
  const previous = { start, end };
  const ended: EndedReschedule = {
    id,
    by: 'guest',
    reason: null,
    ...previous,
    outcome: 'abandoned',
    previous,
    endedAt: at,
    why: '',
  };
  return { ...booking, reschedules: [...booking.reschedules, ended] };
};

type RescheduleFailedData = BookingEventOf<'RescheduleFailed'>['data'];
type RescheduleEventType = Extract<BookingEventType, `${string}Reschedule${string}`>;
export type RescheduleEvent = { readonly [T in RescheduleEventType]: BookingEventOf<T> }[RescheduleEventType];

const whyOf = ({ reason, failures }: RescheduleFailedData): string =>
  reason === 'approval_missed' ? '' : failures.map(({ message }) => message).join('; ') || 'it did not answer in time';

/** One event about a move more. What is about another move than the one in flight changes nothing. */
export const evolveReschedule = (booking: KnownBooking, event: RescheduleEvent): KnownBooking => {
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'RescheduleRequested':
      return requested(booking, event);
    case 'RescheduleApproved':
      return approved(booking, event);
    case 'BookingRescheduled':
      return rescheduled(booking, event);
    case 'RescheduleDeclined':
      return cameToNothing(booking, event.data.rescheduleId, 'declined', at);
    case 'RescheduleFailed':
      return cameToNothing(booking, event.data.rescheduleId, 'failed', at, whyOf(event.data));
    case 'RescheduleWithdrawn':
      return cameToNothing(booking, event.data.rescheduleId, 'superseded', at);
    case 'RescheduleAbandoned':
      return abandoned(booking, event.data.rescheduleId, at);
  }
};
