import { bookingsProjection } from '../bookings/bookings-projection.ts';
import { bookingsTable } from '../bookings/bookings-table.ts';
import { calendarBookingsFold, calendarHealthFold } from '../calendar-health/calendar-health-fold.ts';
import { calendarBookingsTable, calendarHealthTable } from '../calendar-health/calendar-health-tables.ts';
import { outboxProjection } from '../outbox/outbox-projection.ts';
import { outboxTable } from '../outbox/outbox-table.ts';
import type { Part } from './part.ts';
import { partOf } from './part.ts';

/** Raised whenever a projection makes other rows of the same events, so that older files are rebuilt. */
export const READ_MODEL_VERSION = 5;

/** The bookings come first: the others are told of each event together with the booking before and after it. */
export const bookingsPart = partOf(bookingsProjection, bookingsTable);

export const otherParts: ReadonlyArray<Part> = [
  partOf(calendarHealthFold, calendarHealthTable),
  partOf(calendarBookingsFold, calendarBookingsTable),
  partOf(outboxProjection, outboxTable),
];
