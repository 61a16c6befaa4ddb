import type { BookingRejection } from '../../domain/booking/commands.ts';
import { type ApiError, apiError } from './api-error.ts';

type OfChange = Extract<
  BookingRejection,
  {
    readonly type:
      | 'UnknownGuest'
      | 'TooManyGuests'
      | 'TooManyDetailChanges'
      | 'NotReschedulable'
      | 'RescheduledMeanwhile'
      | 'RescheduleInFlight'
      | 'SameTime'
      | 'TooManyReschedules';
  }
>;

/** Instants are UTC, and say so by their Z. */
const nowAt = ({ start, inFlight }: { readonly start: string; readonly inFlight: string | null }): string =>
  inFlight === null ? `it begins at ${start} now.` : `it begins at ${start} until it is moved to ${inFlight}.`;

/** Why a booking was not moved, with the time that it is at, or why its guests or its place stay as they are. */
export const fromChangeRejection = (rejection: OfChange): ApiError => {
  switch (rejection.type) {
    case 'NotReschedulable':
      return apiError(
        'booking_not_reschedulable',
        rejection.status === 'pending'
          ? 'The host has changed the booking in their calendar. It can be moved once that is settled.'
          : `The booking is ${rejection.status}. It cannot be moved any more.`,
      );
    case 'RescheduledMeanwhile':
      return apiError(
        'booking_rescheduled_meanwhile',
        `This link was used, or the booking was moved otherwise since: ${nowAt(rejection)}`,
      );
    case 'RescheduleInFlight':
      return apiError('reschedule_in_flight', `The booking is being moved: ${nowAt(rejection)}`);
    case 'SameTime':
      return apiError('booking_already_at_this_time', `The booking begins at ${rejection.start} already.`);
    case 'TooManyReschedules':
      return apiError('too_many_reschedules', `The booking was moved ${rejection.limit} times, which is the most.`);
    case 'UnknownGuest':
      return apiError('unknown_attendee', 'The booking has no attendee with this id.');
    case 'TooManyGuests':
      return apiError('too_many_guests', `A booking has at most ${rejection.limit} guests at a time.`, {
        fields: [{ field: 'guests', code: 'too_many', message: `at most ${rejection.limit} guests` }],
      });
    case 'TooManyDetailChanges':
      return apiError(
        'too_many_changes',
        `Guests and place of this booking were changed ${rejection.limit} times, which is the most.`,
      );
  }
};
