import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Organizer } from '../../domain/booking/events.ts';

/** `from`: the time before. `why`: what the calendars answered, for the host. `decideBy`: UTC instant until which the host is waited for. */
export type MailMove = {
  readonly by: 'guest' | 'host';
  readonly from: { readonly start: string; readonly end: string };
  readonly to: { readonly start: string; readonly end: string };
  readonly reason: string | null;
  readonly outcome: 'open' | 'refused' | 'unanswered';
  readonly why: string;
  readonly decideBy: string | null;
};

/** The last move of the booking, in flight or ended; null: it was never moved. */
export const moveOf = ({ reschedule, reschedules, request }: KnownBooking): MailMove | null => {
  const move = reschedule ?? reschedules.at(-1);
  if (move === undefined) return null;
  const { by, reason, start, end } = move;
  const decideBy = reschedule !== null && !reschedule.approved ? reschedule.deadline : null;
  const from = 'previous' in move ? move.previous : { start: request.start, end: request.end };
  const outcome =
    !('outcome' in move) || move.outcome !== 'failed' ? 'open' : move.why === '' ? 'unanswered' : 'refused';
  return { by, from, to: { start, end }, reason, outcome, why: 'why' in move ? move.why : '', decideBy };
};

/** A move that is or was asked for, `by`: the address of who did. `outcome`: how it stands with it. */
export type AskedMove = {
  readonly start: string;
  readonly end: string;
  readonly by: string;
  readonly outcome: 'awaiting_approval' | 'declined' | 'approval_missed' | 'calendar_refused';
};

/** The move that waits for the host, or else the last one, where it came to nothing; null: neither. */
export const askedMove = ({ reschedule, reschedules, request }: KnownBooking, host: Organizer): AskedMove | null => {
  const addressOf = (by: 'guest' | 'host') => (by === 'host' ? host.email : request.personal.attendee.email);
  if (reschedule !== null) {
    const { start, end, by } = reschedule;
    return reschedule.approved ? null : { start, end, by: addressOf(by), outcome: 'awaiting_approval' };
  }
  const last = reschedules.at(-1);
  if (last === undefined || (last.outcome !== 'declined' && last.outcome !== 'failed')) return null;
  const failed = last.why === '' ? 'approval_missed' : 'calendar_refused';
  const outcome = last.outcome === 'declined' ? 'declined' : failed;
  return { start: last.start, end: last.end, by: addressOf(last.by), outcome };
};

/** `by`: the address of who moved it. */
export type MovedFrom = { readonly start: string; readonly end: string; readonly by: string };

/** What the last move that came off moved the booking from; null: none did. */
export const movedFrom = ({ reschedules, request }: KnownBooking, host: Organizer): MovedFrom | null => {
  const moved = reschedules.findLast(({ outcome }) => outcome === 'moved');
  return moved === undefined
    ? null
    : { ...moved.previous, by: moved.by === 'host' ? host.email : request.personal.attendee.email };
};
