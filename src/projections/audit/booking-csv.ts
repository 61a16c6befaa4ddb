import { timeZone as zoneCodec } from '../../domain/decoding/values.ts';
import type { BookingStanding } from './booking-standing.ts';
import type { SelectedBooking } from './selected-bookings.ts';

/** Columns of the table of bookings, in their order. New ones are added at the end: programs may count them. */
export const csvColumns = [
  'uid',
  'host',
  'event_type_id',
  'event_type',
  'title',
  'requested_at',
  'start_utc',
  'end_utc',
  'host_zone',
  'start_local',
  'end_local',
  'status',
  'phase',
  'since',
  'reason',
  'guest_name',
  'guest_email',
  'guest_zone',
  'further_guests',
  'location',
  'calendars',
  'sequence',
] as const;

/** A spreadsheet takes a cell for a formula that begins so, after blanks too, and in the wide forms of East Asia. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;
/** Where a spreadsheet parts cells at semicolons, as a double click on the file does in many countries, a cell begins after one. */
const FORMULA_AFTER_SEMICOLON = /;(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;
/** A row is a line, whatever guests have written: line ends and other control characters become blanks. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;

/**
 * A cell by RFC 4180, always in quotes. One that a spreadsheet would run gets an apostrophe before it (OWASP, CSV
 * injection), which whoever reads the file as data has to take off.
 */
const cell = (value: string): string => {
  const line = value.replaceAll(CONTROL, ' ');
  const parted = line.replaceAll(FORMULA_AFTER_SEMICOLON, ";'");
  const tame = FORMULA.test(parted) ? `'${parted}` : parted;
  return `"${tame.replaceAll('"', '""')}"`;
};

export const csvLine = (values: ReadonlyArray<string>): string => values.map(cell).join(',');

/** `2050-09-06 11:00+02:00`: the wall clock, and its distance from UTC, since some hours come twice. Empty where the zone is not known. */
const wallTime = (instant: string, timeZone: string | null): string => {
  if (timeZone === null || !zoneCodec.is(timeZone)) return '';
  const local = Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone);
  return `${local.toPlainDate().toString()} ${local.toPlainTime().toString({ smallestUnit: 'minute' })}${local.offset}`;
};

const cellsOf = (
  uid: string,
  standing: BookingStanding,
  hostZone: string | null,
): Readonly<Record<(typeof csvColumns)[number], string>> => {
  const { guest, eventType, calendars } = standing;
  return {
    uid,
    host: standing.hostId,
    event_type_id: String(eventType.id),
    event_type: eventType.slug,
    title: standing.title,
    requested_at: standing.requestedAt,
    start_utc: standing.start,
    end_utc: standing.end,
    host_zone: hostZone ?? '',
    start_local: wallTime(standing.start, hostZone),
    end_local: wallTime(standing.end, hostZone),
    status: standing.status,
    phase: standing.phase,
    since: standing.since,
    reason: standing.reason ?? '',
    guest_name: guest === null ? 'erased' : guest.name,
    guest_email: guest === null ? 'erased' : guest.email,
    guest_zone: guest?.timeZone ?? '',
    further_guests: standing.guests.join('; '),
    location: standing.location ?? '',
    calendars: calendars.map(({ calendarId, status }) => `${calendarId}: ${status}`).join('; '),
    sequence: String(standing.sequence),
  };
};

/**
 * One booking as a row. `zoneOfHost`: as it is configured today, for requests that did not record it or whose personal data
 * was erased; null: not known. A booking that cannot be understood has its uid alone.
 */
export const csvRow = ({ uid, standing }: SelectedBooking, zoneOfHost: (hostId: string) => string | null): string => {
  if (standing === null) return csvLine(csvColumns.map((column) => (column === 'uid' ? uid : '')));
  const cells = cellsOf(uid, standing, standing.hostZone ?? zoneOfHost(standing.hostId));
  return csvLine(csvColumns.map((column) => cells[column]));
};

export const CSV_HEADER = csvLine(csvColumns);
/** With the mark of UTF-8, by which Excel knows umlauts that it would show as two characters otherwise. */
export const MARKED_CSV_HEADER = `\ufeff${CSV_HEADER}`;

export const isCsvHeader = (line: string): boolean => line === CSV_HEADER || line === MARKED_CSV_HEADER;

/** The uid of a row: its first cell, which is never a formula. */
export const uidOfRow = (line: string): string | null => /^"([\w-]{1,64})"/.exec(line)?.[1] ?? null;
