import { readFile, rm, writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { readLines } from '../../adapters/files/read-lines.ts';
import { isMissing } from '../../adapters/identity/head-key.ts';
import { parseExportLine } from '../../application/audit/export-line.ts';
import type { AuditLog } from '../../application/audit/read-for-audit.ts';
import { isCsvHeader, uidOfRow } from '../../projections/audit/booking-csv.ts';
import type { ExportFormat } from '../../projections/audit/export-lines.ts';
import { type BookingSelection, isEverything, selectBookings } from '../../projections/audit/selected-bookings.ts';

/** What a file of an export has: neither a table nor lines of events could say which bookings were left out. */
export type ExportKind = { readonly format: ExportFormat; readonly selection: BookingSelection };

/** Beside the file: the filters it was begun with. Of the whole log there is none. */
const noteOf = (path: string): string => `${path}.filters`;

const textOf = ({ hostId, eventType, status, from, to }: BookingSelection): string =>
  `${JSON.stringify({ hostId, eventType, status, from, to })}\n`;

/** When a file is begun, before anything is in it. */
export const keepFilters = (path: string, selection: BookingSelection): Promise<void> =>
  isEverything(selection)
    ? rm(noteOf(path), { force: true })
    : writeFile(noteOf(path), textOf(selection), { mode: 0o600 });

const keptFilters = (path: string): Promise<string | null> =>
  readFile(noteOf(path), 'utf8').catch((thrown: unknown) => {
    if (isMissing(thrown)) return null;
    throw thrown;
  });

const EVERYTHING: BookingSelection = { hostId: null, eventType: null, status: null, from: null, to: null };

/** What an export of everything begins with: the hash of the first event, or the uid of the first booking. */
const beginningOf = async (log: AuditLog, format: ExportFormat): Promise<string | null> => {
  if (format === 'ndjson') {
    const first = await log.readAll(0, 1)();
    return E.isRight(first) ? (first.right[0]?.hash ?? null) : null;
  }
  const head = await log.head()();
  if (E.isLeft(head)) return null;
  for await (const booking of selectBookings(log, EVERYTHING, { after: 0, upTo: head.right }))
    return E.isRight(booking) ? booking.right.uid : null;
  return null;
};

/** A file of filters that was moved without what says so still begins otherwise than the log, mostly. */
const beginsWithTheLog = async (log: AuditLog, path: string, format: ExportFormat): Promise<boolean> => {
  for await (const line of readLines(path)) {
    if (isCsvHeader(line)) continue;
    const event = format === 'csv' ? null : parseExportLine(line);
    const mine = event === null ? uidOfRow(line) : E.isRight(event) ? event.right.hash : null;
    return mine === (await beginningOf(log, format));
  }
  return true;
};

/**
 * Whether a file was begun with these filters. With others it would lack bookings, or have too many, and nobody would see it.
 * `hasLines`: whole ones, of events or bookings.
 */
export const hasFilters = async (
  log: AuditLog,
  path: string,
  { format, selection }: ExportKind,
  hasLines: boolean,
): Promise<boolean> => {
  const kept = await keptFilters(path);
  if (kept !== null || !isEverything(selection)) return kept === textOf(selection);
  return !hasLines || beginsWithTheLog(log, path, format);
};
