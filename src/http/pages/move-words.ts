import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { localeOf, momentText } from '../../domain/time/instant-text.ts';
import type { MailFacts } from '../../application/notifications/mail/mail-facts.ts';
import { timeRow } from '../../application/notifications/mail/english/view.ts';
import type { Block, Row } from '../../application/notifications/mail/mail-document.ts';

type Notice = Extract<Block, { readonly type: 'notice' }>;
type Reader = 'attendee' | 'host';

const notice = (text: string): Notice => ({ type: 'notice', text });

/** A move that the host has yet to decide about, of a booking that is on. */
export const openMove = ({ phase, reschedule }: KnownBooking) =>
  phase === 'accepted' && reschedule?.approved === false ? reschedule : null;

/** A move that is in flight, or what came of the last one where the old time stayed; empty: there is nothing to say of it. */
export const moveNotices = (booking: KnownBooking, facts: MailFacts, role: Reader): ReadonlyArray<Notice> => {
  if (booking.phase !== 'accepted') return [];
  const { hostName, hostTimeZone, attendee } = facts;
  const at = (start: string) =>
    role === 'host'
      ? momentText(start, hostTimeZone, 'en-GB')
      : momentText(start, attendee.timeZone, localeOf(attendee.language));
  const { reschedule, reschedules } = booking;
  const last = reschedules.at(-1);
  if (reschedule !== null) {
    const wanted = at(reschedule.start);
    if (reschedule.approved)
      return [
        notice(`It is being moved to ${wanted}. The time below stays in force until a calendar has the new one.`),
      ];
    return [
      role === 'host'
        ? notice(
            `${attendee.name} asks for another time: ${wanted}. The time below stays in force until you approve the new one.`,
          )
        : notice(
            `Another time was asked for: ${wanted}. ${hostName} decides about it; the time below stays in force until then.`,
          ),
    ];
  }
  if (last?.outcome === 'declined')
    return [notice(`The new time, ${at(last.start)}, was declined. The time below stays in force.`)];
  if (last?.outcome !== 'failed') return [];
  return [
    notice(
      last.why === ''
        ? `The new time, ${at(last.start)}, was not approved in time. The time below stays in force.`
        : `The calendar did not take the new time, ${at(last.start)}. The time below stays in force.`,
    ),
  ];
};

/** The new time of a move in flight, beside the one in force. */
export const moveRows = (booking: KnownBooking, facts: MailFacts, role: Reader): ReadonlyArray<Row> => {
  const { phase, reschedule } = booking;
  if (phase !== 'accepted' || reschedule === null) return [];
  return [timeRow({ facts, role }, 'Asked for', { start: reschedule.start, end: reschedule.end })];
};
