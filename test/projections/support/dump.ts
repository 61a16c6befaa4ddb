import { DatabaseSync } from 'node:sqlite';
import { currentGeneration, generationPath } from '../../../src/adapters/read-model/generations.ts';

const keys: Readonly<Record<string, string>> = {
  bookings: 'uid',
  booking_states: 'uid',
  calendar_health: 'calendar_id',
  calendar_bookings: 'key',
  outbox: 'booking_uid',
  timers: 'booking_uid',
  checkpoints: 'name',
};

const sources: Readonly<Record<string, string>> = {
  booking_states: '(SELECT uid, state FROM bookings JOIN booking_states USING (number))',
};

/** Every row of every table of the generation in use that comes from the log, but for the numbers that SQLite gave the rows. */
export const dump = (folder: string): Readonly<Record<string, ReadonlyArray<object>>> => {
  const db = new DatabaseSync(generationPath(folder, currentGeneration(folder) ?? 0), { readOnly: true });
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    const names = tables
      .map(({ name }) => String(name))
      .filter((name) => !['definition', 'calendar_sightings'].includes(name));
    return Object.fromEntries(
      names.map((name) => [
        name,
        db
          .prepare(`SELECT * FROM ${sources[name] ?? name} ORDER BY ${keys[name]}`)
          .all()
          .map(({ number: _, ...row }) => row),
      ]),
    );
  } finally {
    db.close();
  }
};
