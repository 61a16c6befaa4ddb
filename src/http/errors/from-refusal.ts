import type { SlotRefusal } from '../../domain/availability/slot.ts';
import { toInstant } from '../../domain/time/interval.ts';
import type { ApiError } from './api-error.ts';
import { apiError } from './api-error.ts';

/** The refusal's own code is the answer's code; each says what would have been taken, where that is known. */
export const fromRefusal = (refusal: SlotRefusal): ApiError => {
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
