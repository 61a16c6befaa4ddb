import * as E from 'fp-ts/lib/Either.js';
import { reasonOfSlot, type ReasonOfRefusal } from '../../domain/refusals/refusal.ts';
import type { RequestBookingError, requestBooking } from '../commands/request-booking.ts';
import type { RescheduleBookingError, rescheduleBooking } from '../commands/reschedule-booking.ts';
import type { Refusals } from './record-refusals.ts';

/** Null: nobody refused anything, the log say is away. */
const whyRefused = (error: RequestBookingError | RescheduleBookingError): ReasonOfRefusal | null => {
  if (error.type === 'KeyReused') return { reason: 'idempotency_key_reused', detail: {} };
  if (error.type === 'Refused') return { reason: 'move_refused', detail: { because: error.rejection.type } };
  if (error.type === 'SlotRefused') {
    const { refusal, busy } = error;
    const { reason, detail } = reasonOfSlot(refusal);
    return {
      reason,
      detail: busy === undefined ? detail : { calendar: busy.calendarId, from: busy.start, to: busy.end },
    };
  }
  return error.type === 'CalendarUnreadable'
    ? { reason: 'calendar_unreadable', detail: { calendar: error.calendarId, failure: error.failure.kind } }
    : null;
};

/** The same command, whose refusals are noted once it has answered. */
export const notingRefusedBookings =
  (refusals: Pick<Refusals, 'note'>, request: ReturnType<typeof requestBooking>): ReturnType<typeof requestBooking> =>
  (asked, context, signal) =>
  async () => {
    const answer = await request(asked, context, signal)();
    const reason = E.isLeft(answer) ? whyRefused(answer.left) : null;
    const { host, eventType, start, lengthInMinutes, attendee } = asked;
    const what = { asked: 'booking', bookingUid: null, hostId: host.id, eventTypeId: eventType.id } as const;
    if (reason !== null) refusals.note({ ...reason, ...what, start, lengthInMinutes, email: attendee.email });
    return answer;
  };

/** The same of a move. Whose booking it is says its stream. */
export const notingRefusedMoves =
  (
    refusals: Pick<Refusals, 'note'>,
    move: ReturnType<typeof rescheduleBooking>,
  ): ReturnType<typeof rescheduleBooking> =>
  (asked, context, signal) =>
  async () => {
    const answer = await move(asked, context, signal)();
    const reason = E.isLeft(answer) ? whyRefused(answer.left) : null;
    const { uid, host, eventType, start } = asked;
    const what = { asked: 'move', bookingUid: uid, hostId: host.id, eventTypeId: eventType.id } as const;
    // A booking keeps its length when it is moved, and which of several it has is not known here.
    const lengthInMinutes = eventType.lengthOptions.length > 1 ? null : eventType.lengthInMinutes;
    if (reason !== null) refusals.note({ ...reason, ...what, start, lengthInMinutes, email: null });
    return answer;
  };
