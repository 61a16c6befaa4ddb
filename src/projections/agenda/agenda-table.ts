import type { DatabaseSync } from 'node:sqlite';
import type { Interval } from '../../domain/time/interval.ts';
import type { Columns } from '../runtime/columns.ts';
import { numberOf, textOf } from '../runtime/columns.ts';
import type { RowTable } from '../runtime/row-table.ts';
import type { AgendaEntry } from './agenda-projection.ts';

const entryOf = (row: Columns): AgendaEntry => ({
  bookingUid: textOf(row, 'booking_uid'),
  hostId: textOf(row, 'host_id'),
  eventTypeId: numberOf(row, 'event_type_id'),
  start: numberOf(row, 'start_ms'),
  end: numberOf(row, 'end_ms'),
  claim: { start: numberOf(row, 'claim_start_ms'), end: numberOf(row, 'claim_end_ms') },
  status: textOf(row, 'status') === 'confirmed' ? 'confirmed' : 'held',
});

export const agendaTable: RowTable<AgendaEntry | null> = {
  schema: `CREATE TABLE agenda (
    number INTEGER PRIMARY KEY,
    booking_uid TEXT NOT NULL UNIQUE,
    host_id TEXT NOT NULL,
    event_type_id INTEGER NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    claim_start_ms INTEGER NOT NULL,
    claim_end_ms INTEGER NOT NULL,
    status TEXT NOT NULL
  ) STRICT;`,
  indexes: 'CREATE INDEX agenda_by_host ON agenda (host_id, claim_end_ms, claim_start_ms);',
  open: (db) => {
    const find = db.prepare('SELECT * FROM agenda WHERE booking_uid = ?');
    const remove = db.prepare('DELETE FROM agenda WHERE booking_uid = ?');
    const upsert = db.prepare(
      `INSERT INTO agenda (booking_uid, host_id, event_type_id, start_ms, end_ms, claim_start_ms, claim_end_ms, status)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (booking_uid) DO UPDATE SET host_id = excluded.host_id, event_type_id = excluded.event_type_id,
       start_ms = excluded.start_ms, end_ms = excluded.end_ms, claim_start_ms = excluded.claim_start_ms,
       claim_end_ms = excluded.claim_end_ms, status = excluded.status`,
    );
    return {
      find: (uid) => {
        const row = find.get(uid);
        return row === undefined ? undefined : entryOf(row);
      },
      put: (uid, entry) => {
        if (entry === null) {
          remove.run(uid);
          return;
        }
        const { hostId, eventTypeId, start, end, claim, status } = entry;
        upsert.run(uid, hostId, eventTypeId, start, end, claim.start, claim.end, status);
      },
    };
  },
};

/** What of a host's time is taken within a span, buffers included, by start. */
export const readAgenda = (db: DatabaseSync): ((hostId: string, span: Interval) => ReadonlyArray<AgendaEntry>) => {
  const within = db.prepare(
    `SELECT * FROM agenda WHERE host_id = ? AND claim_end_ms > ? AND claim_start_ms < ?
     ORDER BY claim_start_ms, booking_uid`,
  );
  return (hostId, span) => within.all(hostId, span.start, span.end).map(entryOf);
};
