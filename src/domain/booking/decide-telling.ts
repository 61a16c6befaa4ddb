import { toInstant } from '../time/interval.ts';
import type { KnownBooking, Said } from './booking-state.ts';
import type { BookingCommandOf } from './commands.ts';
import type { BookingEvent } from './events/index.ts';

type Telling = Omit<Said, 'outcome'>;

const isRecorded = (booking: KnownBooking, telling: Telling, outcomes: ReadonlyArray<Said['outcome']>): boolean =>
  booking.said.some(
    (said) =>
      outcomes.includes(said.outcome) &&
      said.causedBy === telling.causedBy &&
      said.channel === telling.channel &&
      said.notification === telling.notification &&
      said.recipient === telling.recipient,
  );

/** What was parked can still be sent; what was sent is not recorded twice. */
export const sentNotification = (
  booking: KnownBooking,
  { sent, now }: BookingCommandOf<'RecordNotification'>,
): ReadonlyArray<BookingEvent> =>
  isRecorded(booking, sent, ['sent']) ? [] : [{ type: 'NotificationSent', occurredAt: toInstant(now), data: sent }];

export const parkedNotification = (
  booking: KnownBooking,
  { parked, now }: BookingCommandOf<'ParkNotification'>,
): ReadonlyArray<BookingEvent> =>
  isRecorded(booking, parked, ['sent', 'parked'])
    ? []
    : [{ type: 'NotificationParked', occurredAt: toInstant(now), data: parked }];
