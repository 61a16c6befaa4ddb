import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { Caller } from '../access/caller.ts';
import { covers, hasRole } from '../access/caller.ts';
import { presentBooking } from '../presenters/booking.ts';
import type { Catalog } from './catalog.ts';

/** Whether the caller may see what only the host's side sees of a booking: its calendars, what they answered. */
const seesInside = (caller: Caller, booking: KnownBooking): boolean =>
  covers(caller, booking.request.hostId) && hasRole(caller, 'read', 'host', 'audit', 'operate');

/** A booking as this caller may see it. */
export const presentTo = (caller: Caller, catalog: Catalog) => (uid: string, booking: KnownBooking) =>
  presentBooking(uid, booking, catalog.hostById(booking.request.hostId), { calendars: seesInside(caller, booking) });
