import type { Host } from '../configuration/host.ts';
import type { Booked } from './booking-state.ts';
import type { Organizer } from './events/requested.ts';

type Asked = Pick<Booked, 'request'>;
type Known = Pick<Host, 'number' | 'username' | 'name' | 'email' | 'timeZone'>;

export const organizerOf = ({ number, username, name, email, timeZone }: Known): Organizer => ({
  id: number,
  username,
  name,
  email,
  timeZone,
});

/**
 * ORGANIZER of the booking (RFC 5545 3.8.4.3): as it was at the request, for life. A CANCEL with another one would be
 * somebody else's (RFC 5546 3.2.5). `host` is what the configuration says now, for a log that does not know. Null: nobody does.
 */
export const invitingOrganizer = ({ request }: Asked, host: Known | undefined): Organizer | null =>
  request.personal.organizer ?? (host === undefined ? null : organizerOf(host));

/** Who is met, and where they are reached now: by the configuration, and where it has the host no more, by the log. */
export const presentOrganizer = ({ request }: Asked, host: Known | undefined): Organizer | null =>
  host === undefined ? request.personal.organizer : organizerOf(host);

/** What is left to say of a host that neither the configuration nor the log knows: its id, and no address. */
export const formerHost = (hostId: string, timeZone = 'UTC'): Organizer => ({
  id: 0,
  username: hostId,
  name: hostId,
  email: '',
  timeZone,
});
