import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import {
  linkRows,
  reasonRows,
  whatRow,
  whenRow,
  whereRows,
  withRow,
} from '../../projections/notifications/mail/english/view.ts';
import type { Row } from '../../projections/notifications/mail/mail-document.ts';
import type { MailFacts } from '../../projections/notifications/mail/mail-facts.ts';

/** What, when, where, with whom. A link to meet under is said while the booking is accepted, not before and not after. */
export const rowsOf = ({ phase }: KnownBooking, facts: MailFacts): ReadonlyArray<Row> => {
  const view = { facts, role: 'attendee' } as const;
  const accepted = phase === 'accepted';
  return [
    whatRow(view),
    whenRow(view),
    ...whereRows(view, accepted),
    ...(accepted ? linkRows(view) : []),
    withRow(view),
    { label: 'Booked by', lines: [facts.attendee.name] },
    ...reasonRows(view),
  ];
};
