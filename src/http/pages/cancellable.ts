import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { isLive } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import type { Catalog } from '../bookings/catalog.ts';

/** What the event type says about cancelling; where it is gone from the configuration, it says nothing against it. */
export const mayBeCancelled = (catalog: Catalog, { request }: KnownBooking): boolean =>
  catalog.byId(request.eventTypeId)?.eventType.cancellable ?? true;

/** Whether the form is worth showing at `now` (epoch milliseconds). The decider has the last word. */
export const isCancellable =
  (catalog: Catalog) =>
  (booking: KnownBooking, now: number): boolean =>
    isLive(booking) && now < toEpochMs(booking.request.end) && mayBeCancelled(catalog, booking);
