import { readableText } from '../../domain/visible-text.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Organizer } from '../../domain/booking/events.ts';

/**
 * What was said of moves: the last one that came off, in Cal.com's words and with the time that it was moved from; the one in
 * flight, whose time is not in force. The uid stays for life, so the booking that it was moved from has the same. `written`: how an instant is
 * written.
 */
export const movesOf = (uid: string, booking: KnownBooking, host: Organizer, written: (instant: string) => string) => {
  const moved = booking.reschedules.findLast(({ outcome }) => outcome === 'moved');
  const { reschedule } = booking;
  return {
    ...(moved === undefined
      ? {}
      : {
          ...(moved.reason === null ? {} : { reschedulingReason: readableText(moved.reason) }),
          rescheduledByEmail: moved.by === 'host' ? host.email : booking.request.personal.attendee.email,
          rescheduledFromUid: uid,
          rescheduledFrom: {
            start: written(moved.previous.start),
            end: written(moved.previous.end),
          },
        }),
    ...(reschedule === null
      ? {}
      : {
          rescheduling: {
            status: reschedule.approved ? 'in_progress' : 'awaiting_approval',
            start: written(reschedule.start),
            end: written(reschedule.end),
            by: reschedule.by,
            until: written(reschedule.deadline),
          },
        }),
  };
};
