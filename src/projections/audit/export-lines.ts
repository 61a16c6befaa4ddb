import * as E from 'fp-ts/lib/Either.js';
import { auditPages, type AuditLog } from '../../application/audit/read-for-audit.ts';
import { exportLine } from '../../application/audit/export-line.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { csvRow } from './booking-csv.ts';
import { type BookingSelection, isEverything, selectBookings } from './selected-bookings.ts';

/** `ndjson`: events, importable again. `csv`: a table with a row for each booking. */
export const exportFormats = ['ndjson', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * What is exported, and from where on. `after`: position of what was exported last; `upTo`: the head, so that what comes
 * meanwhile is left for the next time. `zoneOfHost`: see `csvRow`.
 */
export type ExportRequest = {
  readonly format: ExportFormat;
  readonly selection: BookingSelection;
  readonly after: number;
  readonly upTo: number;
  readonly zoneOfHost: (hostId: string) => string | null;
};

/** Lines without their ends, and the position to go on after. */
export type ExportChunk = { readonly lines: ReadonlyArray<string>; readonly position: number };

/**
 * An export piece by piece, with no more in memory than a page of events or one booking. Without a selection NDJSON is the
 * whole log in its order; with one, the whole streams of the bookings that are asked for, booking by booking.
 */
export async function* exportLines(
  log: AuditLog,
  { format, selection, after, upTo, zoneOfHost }: ExportRequest,
): AsyncGenerator<E.Either<StoreError, ExportChunk>> {
  if (format === 'ndjson' && isEverything(selection)) {
    for await (const page of auditPages(log, { after, upTo })) {
      if (E.isLeft(page)) yield page;
      else yield E.right({ lines: page.right.map(exportLine), position: page.right.at(-1)?.position ?? upTo });
    }
    return;
  }
  for await (const booking of selectBookings(log, selection, { after, upTo })) {
    if (E.isLeft(booking)) {
      yield booking;
      return;
    }
    const { events, position } = booking.right;
    yield E.right({ lines: format === 'csv' ? [csvRow(booking.right, zoneOfHost)] : events.map(exportLine), position });
  }
}
