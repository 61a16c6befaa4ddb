import type { BookingEventData } from '../../domain/booking/events.ts';
import { exactText } from '../../domain/time/instant-text.ts';
import { notTaken, type Reader } from './history-words.ts';

/** What was asked for, and whether the time is held meanwhile: requests that compete for one do not hold it. */
export const describeRequest = (data: BookingEventData<'BookingRequested'>, { timeZone }: Reader): string => {
  const asked = `${data.title} was requested for ${exactText(data.start, timeZone, 'minute')}, ${data.lengthInMinutes} minutes.`;
  if (data.approval?.holdsSlot === false) return `${asked} The time is not held until the host approves.`;
  return `${asked} The time is held.${data.requiresApproval ? ' It needs approval.' : ''}`;
};

/** Why the booking is accepted. */
export const describeAcceptance = ({ reason }: BookingEventData<'BookingAccepted'>, reader: Reader): string => {
  if (reason !== 'calendar_holds_it') return 'The booking is accepted: the host has no calendar connected.';
  return `The booking is accepted: ${reader.mustAllHold === true ? 'every' : 'a'} calendar holds it.`;
};

/** Why the booking goes on being pending, and until when. */
export const describePending = (
  { reason, deadline }: BookingEventData<'BookingLeftPending'>,
  reader: Reader,
): string => {
  const until = exactText(deadline, reader.timeZone);
  return reason === 'awaiting_approval'
    ? `The booking waits for approval, until ${until} at the latest.`
    : `The booking is not confirmed: ${notTaken(reader)} has taken it. Trying goes on until ${until}.`;
};

/** Why nothing came of the booking. */
export const describeExpiry = ({ reason }: BookingEventData<'BookingExpired'>, reader: Reader): string =>
  reason === 'approval_missed'
    ? 'The booking expired: nobody approved it in time. The time is free again.'
    : `The booking expired: ${notTaken(reader)} took it in time. The time is free again.`;
