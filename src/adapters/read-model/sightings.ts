import type { DatabaseSync } from 'node:sqlite';
import type { CalendarSighting, CalendarSightings } from '../../application/watching/sightings.ts';
import { isObject } from '../../domain/unknown.ts';
import { type Columns, jsonOf, numberOf, textOf } from '../../projections/projection.ts';

/**
 * What watching saw of each calendar: `seen_ms`, epoch milliseconds, and the bookings that this does not go for. No
 * projection: it is not of the log, and no checkpoint goes with it.
 */
export const SIGHTINGS_SCHEMA = `
  CREATE TABLE calendar_sightings (
    calendar_id TEXT PRIMARY KEY, seen_ms INTEGER NOT NULL, except_for TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`;

const isExcept = (value: unknown): value is CalendarSighting['except'] =>
  isObject(value) && Object.values(value).every((at) => at === null || typeof at === 'number');

const sightingOf = (row: Columns): CalendarSighting => ({
  at: numberOf(row, 'seen_ms'),
  except: jsonOf(row, 'except_for', isExcept),
});

/**
 * Sightings in memory, so that they are answered also while there is no read model, and in the file that is in use.
 * `onTrouble` hears why one could not be kept: it counts all the same, until the process ends.
 */
export const makeSightings = (
  onTrouble: (message: string) => void,
): CalendarSightings & { readonly use: (db: DatabaseSync) => void } => {
  const known = new Map<string, CalendarSighting>();
  let write: (calendarId: string, sighting: CalendarSighting) => void = () => undefined;

  const attempt = (task: () => void): void => {
    try {
      task();
    } catch (thrown) {
      onTrouble(`when calendars were last seen cannot be kept: ${String(thrown)}`);
    }
  };
  const noteSighting = (calendarId: string, sighting: CalendarSighting): void => {
    known.set(calendarId, sighting);
    attempt(() => write(calendarId, sighting));
  };

  return {
    sighting: (calendarId) => known.get(calendarId) ?? null,
    noteSighting,
    // Of two the newer one counts: the file knows of a process before this one, the memory of this one.
    use: (db) =>
      attempt(() => {
        const put = db.prepare('INSERT OR REPLACE INTO calendar_sightings VALUES (?, ?, ?)');
        write = (calendarId, { at, except }) => void put.run(calendarId, at, JSON.stringify(except));
        for (const row of db.prepare('SELECT * FROM calendar_sightings').all()) {
          const [calendarId, sighting] = [textOf(row, 'calendar_id'), sightingOf(row)];
          if ((known.get(calendarId)?.at ?? 0) < sighting.at) known.set(calendarId, sighting);
        }
        for (const [calendarId, sighting] of known) write(calendarId, sighting);
      }),
  };
};
