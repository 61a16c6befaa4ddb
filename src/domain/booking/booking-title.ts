import type { Host } from '../configuration/host.ts';
import type { Booked } from './booking-state.ts';

/** What the booking is called where people see it. Not stored: it holds the guest's name (I12). */
export const bookingTitle = ({ request }: Pick<Booked, 'request'>, host: Pick<Host, 'name'>): string =>
  `${request.title} between ${host.name} and ${request.personal.attendee.name}`;
