import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { MailKind } from './mail/mail-facts.ts';

const isBehind = (booking: KnownBooking): boolean => booking.calendars.some(({ status }) => status === 'failed');

/**
 * Whether a mail planned earlier would still tell the truth now. What was overtaken is not sent: the event that overtook
 * it brings its own mail, so nobody is left without word (I4).
 */
export const isStillTrue = (kind: MailKind, present: KnownBooking): boolean => {
  switch (kind) {
    case 'confirmed':
      return present.phase === 'accepted';
    case 'received-not-confirmed':
      return present.phase === 'pending' && present.because === 'calendar_sync_failed';
    case 'action-needed':
      return present.phase === 'pending' && isBehind(present);
    case 'calendar-behind':
      return present.phase === 'accepted' && isBehind(present);
    case 'awaiting-approval':
    case 'approval-needed':
      return present.phase === 'pending' && !present.approved;
    case 'removal-pending':
      return present.calendars.some(({ status }) => status === 'removal-failed');
    case 'expired':
    case 'cancelled':
    case 'declined':
      return true;
  }
};
