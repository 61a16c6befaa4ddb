import { agendaProjection } from '../agenda/agenda-projection.ts';
import { agendaTable } from '../agenda/agenda-table.ts';
import { bookingsProjection } from '../bookings/bookings-projection.ts';
import { bookingsTable } from '../bookings/bookings-table.ts';
import { calendarHealthProjection } from '../calendar-health/calendar-health-projection.ts';
import { calendarHealthTable, removalsTable } from '../calendar-health/calendar-health-tables.ts';
import { removalsProjection } from '../calendar-health/removals-projection.ts';
import { outboxProjection } from '../outbox/outbox-projection.ts';
import { outboxTable } from '../outbox/outbox-table.ts';
import type { Part } from './part.ts';
import { partOf } from './part.ts';

/** Raised whenever a projection makes other rows of the same events, so that older files are rebuilt. */
export const READ_MODEL_VERSION = 2;

/** The bookings come first: the others are told of each event together with the booking before and after it. */
export const bookingsPart = partOf(bookingsProjection, bookingsTable);

export const otherParts: ReadonlyArray<Part> = [
  partOf(agendaProjection, agendaTable),
  partOf(calendarHealthProjection, calendarHealthTable),
  partOf(removalsProjection, removalsTable),
  partOf(outboxProjection, outboxTable),
];
