import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { formerHost, presentOrganizer } from '../../domain/booking/organizer.ts';
import type { MailFacts } from '../../projections/notifications/mail/mail-facts.ts';
import { mailFactsOf } from '../../projections/notifications/mail-facts-of.ts';
import type { Catalog } from '../bookings/catalog.ts';
import type { HttpDeps } from '../http-deps.ts';

const noLinks = { manage: () => null, history: () => null, approval: () => null };

/** What the guest's mails would say of the booking now. The page repeats nothing that mails said before. */
export const guestFacts =
  ({ calendarLabel }: Pick<HttpDeps, 'calendarLabel'>, catalog: Catalog) =>
  (uid: string, booking: KnownBooking): MailFacts => {
    const { hostId, eventTypeId, personal } = booking.request;
    const known = presentOrganizer(booking, catalog.hostById(hostId));
    // A host that nobody knows has no zone to be told beside the guest's.
    const host = known ?? formerHost(hostId, personal.attendee.timeZone);
    const eventType = catalog.byId(eventTypeId)?.eventType;
    const factsOf = mailFactsOf({ calendarLabel, links: noLinks });
    const facts = factsOf(uid, 'received-not-confirmed', 'guests', booking, booking, host, eventType);
    return { ...facts, alreadySaid: { notConfirmedYet: false, confirmed: false } };
  };
