import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { CalendarEvent, OwnEvent } from '../../../application/ports/calendar.ts';
import type { SubjectKeyReader } from '../../../application/ports/subject-keys.ts';
import type { Json } from '../../../domain/log/envelope.ts';
import { isObject } from '../../../domain/unknown.ts';
import { type Interval, intervalOf, toInstant } from '../../../domain/time/time.ts';
import { integerColumn, textColumn, unexpectedValue } from '../../sqlite/sqlite-error.ts';
import type { ComponentSchema } from '../../sqlite/data-file.ts';
import { bareEvent, openedEvent } from './sealed-event.ts';

export const localCalendarSchema: ComponentSchema = {
  component: 'local-calendar',
  migrations: [
    `
    CREATE TABLE local_calendar_events (
      calendar_id TEXT NOT NULL,
      ics_uid TEXT NOT NULL,
      booking_uid TEXT NOT NULL,
      start_ms INTEGER NOT NULL,
      end_ms INTEGER NOT NULL,
      written_ms INTEGER NOT NULL,
      event TEXT NOT NULL,
      PRIMARY KEY (calendar_id, ics_uid)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX local_calendar_events_by_end ON local_calendar_events (calendar_id, end_ms, start_ms);
    `,
  ],
};

const personCodec = t.type({ name: t.string, email: t.string });

/** What a calendar keeps of an event beside the columns. */
const keptCodec = t.type({
  sequence: t.number,
  status: t.keyof({ tentative: null, confirmed: null }),
  summary: t.string,
  description: t.string,
  location: t.string,
  start: t.string,
  end: t.string,
  organizer: personCodec,
  attendees: t.array(personCodec),
});
type Kept = t.TypeOf<typeof keptCodec>;

/** `writtenMs`: epoch milliseconds of the last change. */
export type LocalEvent = Kept & OwnEvent & { readonly writtenMs: number };

type Row = Readonly<Record<string, SQLOutputValue>>;

const localEvent = (row: Row, open: SubjectKeyReader['open']): LocalEvent => {
  const icsUid = textColumn(row.ics_uid);
  const stored = JSON.parse(textColumn(row.event)) as Json;
  // Rows of earlier releases name no status: they were all written as confirmed.
  const kept = keptCodec.decode({
    status: 'confirmed',
    ...(isObject(stored) ? openedEvent(icsUid, stored, open) : {}),
  });
  if (isLeft(kept)) throw unexpectedValue('an event of a built-in calendar is not what was written');
  return {
    ...kept.right,
    icsUid,
    bookingUid: textColumn(row.booking_uid),
    writtenMs: integerColumn(row.written_ms),
  };
};

const keptJson = (event: CalendarEvent): string => {
  const { sequence, status, summary, description, location, start, end, organizer, attendees } = event;
  return JSON.stringify({ sequence, status, summary, description, location, start, end, organizer, attendees });
};

/**
 * Reads and writes of one data file. The statements are prepared once: bookings come thousands a second. `open`: what came
 * sealed with a backup.
 */
export const eventRows = (db: DatabaseSync, open: SubjectKeyReader['open'] = () => null) => {
  const owner = db.prepare('SELECT booking_uid FROM local_calendar_events WHERE calendar_id = ? AND ics_uid = ?');
  const start = db.prepare(
    'SELECT start_ms FROM local_calendar_events WHERE calendar_id = ? AND ics_uid = ? AND booking_uid = ?',
  );
  const span = db.prepare(
    'SELECT start_ms, end_ms FROM local_calendar_events WHERE calendar_id = ? AND ics_uid = ? AND booking_uid = ?',
  );
  const insert = db.prepare(
    'INSERT INTO local_calendar_events VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (calendar_id, ics_uid) DO NOTHING',
  );
  const update = db.prepare(
    'UPDATE local_calendar_events SET start_ms = ?, end_ms = ?, written_ms = ?, event = ? WHERE calendar_id = ? AND ics_uid = ? AND booking_uid = ?',
  );
  const erase = db.prepare(
    'DELETE FROM local_calendar_events WHERE calendar_id = ? AND ics_uid = ? AND booking_uid = ?',
  );
  // From one calendar to the next by the primary key, so that no calendar is read through.
  const ofBooking = db.prepare(
    `WITH RECURSIVE calendars (id) AS (
       SELECT min(calendar_id) FROM local_calendar_events
       UNION ALL
       SELECT (SELECT min(calendar_id) FROM local_calendar_events WHERE calendar_id > id) FROM calendars WHERE id IS NOT NULL
     )
     SELECT calendar_id, event FROM calendars CROSS JOIN local_calendar_events ON calendar_id = id AND ics_uid = ? AND booking_uid = ?`,
  );
  const rewrite = db.prepare('UPDATE local_calendar_events SET event = ? WHERE calendar_id = ? AND ics_uid = ?');
  const within = db.prepare(
    'SELECT ics_uid, start_ms, end_ms FROM local_calendar_events WHERE calendar_id = ? AND end_ms > ? AND start_ms < ?',
  );
  const all = db.prepare('SELECT * FROM local_calendar_events WHERE calendar_id = ? ORDER BY start_ms, ics_uid');

  return {
    /** Whose booking the event with this UID is; null where there is none. */
    ownerOf: (calendarId: string, { icsUid }: OwnEvent): string | null => {
      const row = owner.get(calendarId, icsUid);
      return row === undefined ? null : textColumn(row.booking_uid);
    },
    /** When our event begins, UTC instant; null where there is none of ours. */
    startOf: (calendarId: string, { icsUid, bookingUid }: OwnEvent): string | null => {
      const row = start.get(calendarId, icsUid, bookingUid);
      return row === undefined ? null : toInstant(integerColumn(row.start_ms));
    },
    /** When our event is, UTC instants; null where there is none of ours. */
    spanOf: (
      calendarId: string,
      { icsUid, bookingUid }: OwnEvent,
    ): { readonly start: string; readonly end: string } | null => {
      const row = span.get(calendarId, icsUid, bookingUid);
      if (row === undefined) return null;
      return { start: toInstant(integerColumn(row.start_ms)), end: toInstant(integerColumn(row.end_ms)) };
    },
    /** False where an event has this UID already. */
    insert: (calendarId: string, event: CalendarEvent, nowMs: number): boolean => {
      const { start, end } = intervalOf(event);
      const { icsUid, bookingUid } = event;
      return insert.run(calendarId, icsUid, bookingUid, start, end, nowMs, keptJson(event)).changes === 1;
    },
    /** False where our event is gone. */
    update: (calendarId: string, event: CalendarEvent, nowMs: number): boolean => {
      const { start, end } = intervalOf(event);
      const { icsUid, bookingUid } = event;
      return update.run(start, end, nowMs, keptJson(event), calendarId, icsUid, bookingUid).changes === 1;
    },
    /** False where our event is gone already. */
    erase: (calendarId: string, { icsUid, bookingUid }: OwnEvent): boolean =>
      erase.run(calendarId, icsUid, bookingUid).changes === 1,
    /** Leaves when it is, and nobody who is in it. */
    erasePeople: ({ icsUid, bookingUid }: OwnEvent): void => {
      for (const row of ofBooking.all(icsUid, bookingUid)) {
        const kept = JSON.parse(textColumn(row.event)) as Json;
        const event = JSON.stringify(bareEvent(isObject(kept) ? kept : {}));
        rewrite.run(event, textColumn(row.calendar_id), icsUid);
      }
    },
    within: (calendarId: string, window: Interval): ReadonlyArray<Interval & { readonly icsUid: string }> =>
      within.all(calendarId, window.start, window.end).map((row) => ({
        icsUid: textColumn(row.ics_uid),
        start: integerColumn(row.start_ms),
        end: integerColumn(row.end_ms),
      })),
    all: (calendarId: string): ReadonlyArray<LocalEvent> => all.all(calendarId).map((row) => localEvent(row, open)),
  };
};
export type EventRows = ReturnType<typeof eventRows>;
