import * as E from 'fp-ts/lib/Either.js';
import { type ConfirmationPolicy, usualConfirmation } from '../bookable/confirmation-policy.ts';
import type { EventType } from '../bookable/event-type.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import { type Booked, type KnownBooking, isAwaitingApproval, isLive } from './booking-state.ts';
import { statusOf } from './booking-status.ts';
import type { ApprovalPlan, BookingCommandOf, BookingRejection } from './commands.ts';
import { awaitingReschedule, decideRescheduleApproval, isRescheduleAnswered } from './decide-reschedule.ts';
import type { BookingEvent } from './events.ts';
import { isSameInstant } from './reschedule-state.ts';

const MINUTE_IN_MS = 60_000;
const UNIT_IN_MS = { minutes: MINUTE_IN_MS, hours: 60 * MINUTE_IN_MS, days: 1_440 * MINUTE_IN_MS } as const;

/** The policy of an event type; null: nobody is asked. */
export const confirmationPolicyOf = ({
  requiresConfirmation,
  confirmationPolicy,
}: Pick<EventType, 'requiresConfirmation' | 'confirmationPolicy'>): ConfirmationPolicy | null =>
  confirmationPolicy ?? (requiresConfirmation ? usualConfirmation : null);

/** Whether the host is asked about a start (both epoch milliseconds). Exactly at the threshold nobody is. */
const applies = ({ type, noticeThreshold }: ConfirmationPolicy, now: number, start: number): boolean =>
  type === 'always' ||
  noticeThreshold === undefined ||
  start - now < noticeThreshold.count * UNIT_IN_MS[noticeThreshold.unit];

/**
 * Whether and how the host is asked about a start; null: not at all. The deadline lies `deadlineBeforeStart` before the
 * start, and never before half of the time that is left, so that a request for today leaves the host some time too. Reminders
 * that would come with the deadline or after it are none. Times are epoch milliseconds.
 */
export const planApproval = (eventType: EventType, now: number, start: number): ApprovalPlan | null => {
  const policy = confirmationPolicyOf(eventType);
  if (policy === null || !applies(policy, now, start)) return null;
  const half = now + Math.max(0, Math.floor((start - now) / 2));
  const deadline = Math.max(start - policy.deadlineBeforeStart * MINUTE_IN_MS, half);
  return {
    deadline: toInstant(deadline),
    remindAt: policy.remindHostAfter
      .map((minutes) => now + minutes * MINUTE_IN_MS)
      .filter((at) => at < deadline)
      .toSorted((a, b) => a - b)
      .map((at) => toInstant(at)),
    holdsSlot: policy.blockUnconfirmedBookingsInBooker,
  };
};

/** UTC instant by which the host has to have decided. Logs of earlier versions know none: until the meeting ends. */
export const approvalDeadlineOf = ({ request }: Pick<Booked, 'request'>): string =>
  request.approval?.deadline ?? request.end;

/** Whether a request of this kind takes its time before it is approved. */
export const holdsSlotUndecided = ({ request }: Pick<Booked, 'request'>): boolean =>
  request.approval?.holdsSlot ?? true;

/** The next reminder to the host: its number, from 1, and its UTC instant; null: there is none to come. */
export const nextApprovalReminder = ({
  request,
  approvalReminders,
}: Pick<Booked, 'request' | 'approvalReminders'>): { readonly number: number; readonly at: string } | null => {
  const at = request.approval?.remindAt[approvalReminders];
  return at === undefined ? null : { number: approvalReminders + 1, at };
};

/**
 * The calendars get as long after the approval as they would have had after the request; until the meeting's start at
 * the latest, or its end where the host said yes in between.
 */
export const deadlineAfterApproval = (
  { request, requestedAt }: Pick<Booked, 'request' | 'requestedAt'>,
  approvedAt: string,
): string => {
  const approvedMs = toEpochMs(approvedAt);
  const allowance = toEpochMs(request.deadline) - toEpochMs(requestedAt);
  const start = toEpochMs(request.start);
  return toInstant(Math.min(approvedMs + allowance, approvedMs < start ? start : toEpochMs(request.end)));
};

type Decision = E.Either<BookingRejection, ReadonlyArray<BookingEvent>>;

/** Of a booking that is on, it is about its move. Approved already, or in no need of it: success without an event. After the deadline the request is as good as expired. */
export const decideApproval = (booking: KnownBooking, { now, start }: BookingCommandOf<'ApproveBooking'>): Decision => {
  const reschedule = awaitingReschedule(booking);
  if (reschedule !== null) return decideRescheduleApproval(reschedule, now);
  if (isRescheduleAnswered(booking, 'approved')) return E.right([]);
  if (booking.request.requiresApproval && booking.approved && isLive(booking)) return E.right([]);
  if (booking.phase === 'accepted') return E.left({ type: 'NotPending', status: booking.phase });
  if (booking.phase !== 'pending') return E.left({ type: 'NotPending', status: statusOf(booking) });
  if (!isAwaitingApproval(booking)) return E.right([]);
  if (now >= toEpochMs(booking.request.end)) return E.left({ type: 'AlreadyEnded', endedAt: booking.request.end });
  // Moved since its slot was taken: what it begins at now nobody holds.
  if (start !== undefined && !isSameInstant(start, booking.request.start))
    return E.left({ type: 'RescheduledMeanwhile', start: booking.request.start, inFlight: null });
  const deadline = approvalDeadlineOf(booking);
  return now >= toEpochMs(deadline)
    ? E.left({ type: 'ApprovalTooLate', deadline })
    : E.right([{ type: 'BookingApproved', occurredAt: toInstant(now), data: {} }]);
};

/** Of several reminders that are due, after a time without a server, the last one is sent and stands for all. */
export const decideApprovalReminder = (
  booking: KnownBooking,
  { now, number }: BookingCommandOf<'RemindOfApproval'>,
): Decision => {
  if (booking.phase !== 'pending' || !isAwaitingApproval(booking) || number <= booking.approvalReminders)
    return E.right([]);
  const due = (booking.request.approval?.remindAt ?? []).filter((at) => toEpochMs(at) <= now).length;
  return number <= due
    ? E.right([{ type: 'ApprovalReminderDue', occurredAt: toInstant(now), data: { number: due } }])
    : E.left({ type: 'NotJustified', detail: `reminder ${number} of the approval is not due` });
};
