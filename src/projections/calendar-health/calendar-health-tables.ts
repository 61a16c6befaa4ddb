import type { DatabaseSync } from 'node:sqlite';
import type { Columns } from '../runtime/columns.ts';
import { jsonOf, textOf } from '../runtime/columns.ts';
import type { RowTable } from '../runtime/row-table.ts';
import type { CalendarHealth } from './calendar-health-projection.ts';
import type { PendingRemoval } from './removals-projection.ts';

const isHealth = (value: unknown): value is CalendarHealth =>
  typeof value === 'object' && value !== null && 'failuresInRow' in value && 'lastFailure' in value;

const isRemoval = (value: unknown): value is PendingRemoval =>
  typeof value === 'object' && value !== null && 'calendarId' in value && 'bookingUid' in value;

const healthOf = (row: Columns): CalendarHealth => jsonOf(row, 'health', isHealth);
const removalOf = (row: Columns): PendingRemoval => jsonOf(row, 'removal', isRemoval);

export const calendarHealthTable: RowTable<CalendarHealth> = {
  schema: 'CREATE TABLE calendar_health (calendar_id TEXT PRIMARY KEY, health TEXT NOT NULL) STRICT, WITHOUT ROWID;',
  indexes: '',
  open: (db) => {
    const find = db.prepare('SELECT health FROM calendar_health WHERE calendar_id = ?');
    const upsert = db.prepare('INSERT OR REPLACE INTO calendar_health VALUES (?, ?)');
    return {
      find: (calendarId) => {
        const row = find.get(calendarId);
        return row === undefined ? undefined : healthOf(row);
      },
      put: (calendarId, health) => {
        upsert.run(calendarId, JSON.stringify(health));
      },
    };
  },
};

export const removalsTable: RowTable<PendingRemoval | null> = {
  schema: `CREATE TABLE pending_removals (
    key TEXT PRIMARY KEY, calendar_id TEXT NOT NULL, removal TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`,
  indexes: 'CREATE INDEX pending_removals_by_calendar ON pending_removals (calendar_id);',
  open: (db) => {
    const find = db.prepare('SELECT removal FROM pending_removals WHERE key = ?');
    const remove = db.prepare('DELETE FROM pending_removals WHERE key = ?');
    const upsert = db.prepare('INSERT OR REPLACE INTO pending_removals VALUES (?, ?, ?)');
    return {
      find: (key) => {
        const row = find.get(key);
        return row === undefined ? undefined : removalOf(row);
      },
      put: (key, removal) => {
        if (removal === null) remove.run(key);
        else upsert.run(key, removal.calendarId, JSON.stringify(removal));
      },
    };
  },
};

/** A calendar as the host and the operator see it. */
export type CalendarReport = CalendarHealth & {
  readonly calendarId: string;
  readonly pendingRemovals: ReadonlyArray<PendingRemoval>;
};

/** Every calendar that was ever written to, by id. */
export const readCalendarHealth = (db: DatabaseSync): (() => ReadonlyArray<CalendarReport>) => {
  const all = db.prepare('SELECT calendar_id, health FROM calendar_health ORDER BY calendar_id');
  const removals = db.prepare('SELECT removal FROM pending_removals WHERE calendar_id = ? ORDER BY key');
  return () =>
    all.all().map((row) => {
      const calendarId = textOf(row, 'calendar_id');
      return { calendarId, ...healthOf(row), pendingRemovals: removals.all(calendarId).map(removalOf) };
    });
};
