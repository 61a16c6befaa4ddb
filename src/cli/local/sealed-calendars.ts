import { DatabaseSync } from 'node:sqlite';
import { sealedEvent } from '../../adapters/calendars/local/sealed-event.ts';
import { sealWithPresent } from '../../adapters/privacy/present-keys.ts';
import type { Json } from '../../domain/log/envelope.ts';
import { isObject } from '../../domain/unknown.ts';

/** Events that are in memory at once. */
const PAGE = 500;

const HAS_CALENDARS = "SELECT 1 FROM sqlite_schema WHERE name = 'local_calendar_events'";

/**
 * Seals the people in built-in calendars of a copy of a data file, as the log has them sealed: with the keys in `folder`. Who
 * is forgotten is left out. Where there are no keys, everything stays as it is. Throws with what a disk said.
 */
export const sealCalendars = (copy: string, folder: string): void => {
  const db = new DatabaseSync(copy);
  try {
    if (db.prepare(HAS_CALENDARS).get() === undefined) return;
    const sealFor = sealWithPresent(folder);
    // What is written over is not left in the file.
    db.exec('PRAGMA secure_delete = ON; BEGIN');
    const page = db.prepare(
      `SELECT calendar_id, ics_uid, event FROM local_calendar_events
       WHERE (calendar_id, ics_uid) > (?, ?) ORDER BY calendar_id, ics_uid LIMIT ${PAGE}`,
    );
    const update = db.prepare('UPDATE local_calendar_events SET event = ? WHERE calendar_id = ? AND ics_uid = ?');
    let [calendar, icsUid, count] = ['', '', 0];
    for (let rows = page.all(calendar, icsUid); rows.length > 0; rows = page.all(calendar, icsUid)) {
      for (const row of rows) {
        [calendar, icsUid] = [String(row.calendar_id), String(row.ics_uid)];
        const kept = JSON.parse(String(row.event)) as Json;
        const sealed = isObject(kept) ? sealedEvent(icsUid, kept, sealFor) : null;
        if (sealed === null) continue;
        update.run(JSON.stringify(sealed), calendar, icsUid);
        count += 1;
      }
    }
    db.exec('COMMIT');
    // Pages that were split have pieces of rows in their unused room.
    if (count > 0) db.exec('VACUUM');
  } finally {
    db.close();
  }
};
