import type { RescheduleBookingError } from '../../application/commands/reschedule-booking.ts';
import type { ChangeBookingError } from '../../application/commands/change-booking.ts';
import type { CalendarUnreadable } from '../../application/calendars/host-calendars.ts';
import type { RequestBookingError } from '../../application/commands/request-booking.ts';
import type { ResendWebhookError } from '../../application/notifications/resend-webhook.ts';
import type { BookingListError } from '../../application/ports/read-models.ts';
import type { DeliveryLogError } from '../../application/ports/delivery.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import type { ReadBookingError } from '../../application/queries/read-booking.ts';
import type { SlotRefusal } from '../../domain/availability/slot.ts';
import type { BookingRejection } from '../../domain/booking/commands.ts';
import { toInstant } from '../../domain/time/time.ts';
import { type ApiError, apiError } from './api-error.ts';
import { fromChangeRejection } from './from-change.ts';

/** The refusal's own code is the answer's code; each says what would have been taken, where that is known. */
const fromRefusal = (refusal: SlotRefusal): ApiError => {
  switch (refusal.code) {
    case 'start_in_past':
      return atStart(refusal.code, 'The start is in the past.');
    case 'inside_minimum_notice':
      return atStart(refusal.code, `The start is too soon: ${toInstant(refusal.earliest)} is the earliest.`);
    case 'beyond_booking_window':
      return atStart(refusal.code, 'The start is outside the days that can be booked.');
    case 'invalid_length':
      return apiError(refusal.code, `The length must be one of ${refusal.allowed.join(', ')} minutes.`, {
        fields: [{ field: 'lengthInMinutes', code: refusal.code, message: 'this length is not offered' }],
      });
    case 'off_grid':
      return atStart(refusal.code, `Meetings start every ${refusal.stepInMinutes} minutes; this start is in between.`);
    case 'outside_hours':
      return apiError(refusal.code, "The meeting would be outside the host's hours.");
    case 'booking_limit_reached':
      return apiError(
        refusal.code,
        `No more than ${refusal.limit} such meetings a ${refusal.period}, and they are taken.`,
      );
    case 'slot_unavailable':
      return apiError(refusal.code, 'This time is taken.');
  }
};

const atStart = (
  code: 'start_in_past' | 'inside_minimum_notice' | 'beyond_booking_window' | 'off_grid',
  message: string,
) => apiError(code, message, { fields: [{ field: 'start', code, message }] });

/** Seconds a client is asked to wait before it tries again. */
const STORE_RETRY_AFTER_S = 1;
const CALENDAR_RETRY_AFTER_S = 30;

export const bookingNotFound = apiError('booking_not_found', 'There is no booking with this uid.');

const fromStore = (error: StoreError): ApiError => {
  switch (error.type) {
    case 'RevisionConflict':
      return apiError('store_unavailable', 'Too many changes at once. Nothing was stored; please try again.', {
        retryAfterSeconds: STORE_RETRY_AFTER_S,
        fault: `${error.stream}: expected ${error.expected}, is ${error.actual}`,
      });
    case 'Unavailable':
      return apiError('store_unavailable', 'The event store cannot be used now. Nothing was stored.', {
        retryAfterSeconds: STORE_RETRY_AFTER_S,
        fault: error.reason,
      });
    case 'OutcomeUnknown':
      return apiError(
        'outcome_unknown',
        'No answer came from the event store: it may be stored or not. Repeat with the same Idempotency-Key.',
        { retryAfterSeconds: STORE_RETRY_AFTER_S, fault: error.reason },
      );
    case 'TooLarge':
      return apiError('body_too_large', `The request is too large to be stored: at most ${error.limit} bytes.`);
    case 'Corrupt':
      return apiError('log_corrupt', 'The event log cannot be read as what was written.', { fault: error.reason });
  }
};

const fromUnreadable = ({ calendarId, failure }: CalendarUnreadable): ApiError =>
  apiError('calendar_unreadable', "The host's calendar cannot be read now, so nothing is known to be free.", {
    retryAfterSeconds: Math.ceil((failure.retryAfterMs ?? CALENDAR_RETRY_AFTER_S * 1000) / 1000),
    fault: `calendar ${calendarId}: ${failure.kind}: ${failure.message}`,
  });

const keyReused = apiError('idempotency_key_reused', 'This Idempotency-Key was used before, for another request.');

/** The same code, since the same is to be done about it. */
const keyGivenUp = apiError(
  'idempotency_key_reused',
  'An earlier try under this Idempotency-Key was given up, and the booking was not moved. Ask again with a new key.',
);

const fromRejection = (rejection: BookingRejection): ApiError => {
  switch (rejection.type) {
    case 'UnknownBooking':
      return bookingNotFound;
    case 'AlreadyRequested':
      return apiError('booking_already_requested', 'This booking has been requested before.');
    case 'AlreadyEnded':
      return apiError('booking_already_ended', `The booking ended at ${rejection.endedAt}.`);
    case 'NotPending':
      return apiError('booking_not_pending', `The booking is ${rejection.status}, not pending.`);
    case 'SlotTaken':
      return apiError('slot_unavailable', 'Another booking has this time by now. The request stays as it is.');
    case 'ApprovalTooLate':
      return apiError('approval_deadline_passed', `The request had to be approved before ${rejection.deadline}.`);
    case 'NotLive':
      return apiError('booking_not_live', `The booking is ${rejection.status}.`);
    case 'NotAccepted':
      return apiError('booking_not_accepted', `The booking is ${rejection.status}, not accepted.`);
    case 'NotStarted':
      return apiError('booking_not_started', `The meeting begins at ${rejection.startsAt}: nobody is absent before.`);
    case 'UnknownAttendee':
      return apiError('attendee_not_found', 'Nobody of this booking has this mail address.', {
        fields: [
          {
            field: `attendees.${rejection.index}.email`,
            code: 'unknown',
            message: `attendees.${rejection.index}.email is no attendee or guest of this booking`,
          },
        ],
      });
    case 'NoRemovalFailed':
      return apiError('no_removal_failed', 'No removal of it from this calendar has failed: nothing to acknowledge.');
    case 'NotCancellable':
      return apiError('booking_not_cancellable', 'Bookings of this event type cannot be cancelled.');
    case 'ReasonRequired':
      return apiError('reason_required', 'The host must give a reason: cancellationReason is missing.', {
        fields: [{ field: 'cancellationReason', code: 'required', message: 'cancellationReason is required' }],
      });
    case 'StillExpected':
      return apiError('guest_still_expected', `The meeting is not over before ${rejection.endsAt}.`);
    case 'UnknownGuest':
    case 'TooManyGuests':
    case 'TooManyDetailChanges':
    case 'NotReschedulable':
    case 'RescheduledMeanwhile':
    case 'RescheduleInFlight':
    case 'SameTime':
    case 'TooManyReschedules':
      return fromChangeRejection(rejection);
    case 'RescheduleIdReused':
      return keyReused;
    case 'RescheduleGivenUp':
      return keyGivenUp;
    case 'LeasedElsewhere':
      return apiError('internal_error', 'Something went wrong on our side.', { fault: 'a lease was asked for here' });
    case 'NotJustified':
      return apiError('internal_error', 'Something went wrong on our side.', { fault: rejection.detail });
  }
};

type Known =
  | RequestBookingError
  | RescheduleBookingError
  | ChangeBookingError
  | ReadBookingError
  | CalendarUnreadable
  | { readonly type: 'Refused'; readonly rejection: BookingRejection };

/** Every error of the use cases as an answer: the only place that gives them HTTP codes. */
export const fromApplication = (error: Known): ApiError => {
  switch (error.type) {
    case 'SlotRefused':
      return fromRefusal(error.refusal);
    case 'KeyReused':
      return keyReused;
    case 'CalendarUnreadable':
      return fromUnreadable(error);
    case 'Refused':
      return fromRejection(error.rejection);
    case 'UnknownBooking':
      return bookingNotFound;
    case 'RevisionConflict':
    case 'Unavailable':
    case 'OutcomeUnknown':
    case 'TooLarge':
    case 'Corrupt':
      return fromStore(error);
  }
};

const unreadable =
  (message: string) =>
  ({ reason }: BookingListError): ApiError =>
    apiError('read_model_unavailable', message, { retryAfterSeconds: STORE_RETRY_AFTER_S, fault: reason });

export const fromBookingList = unreadable('The read model, which lists are made of, cannot be read now.');
export const fromCalendarHealth = unreadable('How the calendars stand cannot be read now.');

export const fromResendWebhook = (error: ResendWebhookError): ApiError => {
  if (error.type === 'DeliveryLogFailed') return fromDeliveryLog(error.error);
  if (error.type === 'UnknownDelivery')
    return apiError('delivery_not_found', 'There is no delivery with this id, or it is too long ago.');
  if (error.type !== 'SubscriptionGone') return fromApplication(error);
  const { subscriptionId } = error;
  return apiError('webhook_not_found', `No active webhook '${subscriptionId}' is configured any more that wants this.`);
};

export const fromDeliveryLog = ({ reason }: DeliveryLogError): ApiError =>
  apiError('delivery_log_unavailable', 'The log of deliveries cannot be read now.', {
    retryAfterSeconds: STORE_RETRY_AFTER_S,
    fault: reason,
  });
