import { expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { csvRow } from '../../../src/projections/audit/booking-csv.ts';
import { type BookingSelection, selectBookings } from '../../../src/projections/audit/selected-bookings.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { must } from '../../support/must.ts';

const EVERYTHING: BookingSelection = { hostId: null, eventType: null, status: null, from: null, to: null };

/** Events of this type are of a program that is newer than this one, or were written over. */
const rowsWithout = async (type: string, selection: Partial<BookingSelection>): Promise<ReadonlyArray<string>> => {
  const log = auditedLog().map(({ stream, event }) => ({
    stream,
    event: event.type === type && stream.endsWith(IVAR) ? { ...event, type: 'BookingDreamt' } : event,
  }));
  const store = makeMemoryEventStore();
  await writeAuditedLog(store, log);
  const rows: string[] = [];
  for await (const booking of selectBookings(store, { ...EVERYTHING, ...selection }, { after: 0, upTo: 99 }))
    rows.push(csvRow(must(booking), () => null));
  return rows.map((row) => row.replaceAll('"', '').replace(/,,+$/, ''));
};

it.each(['BookingCancelled', 'BookingAccepted', 'BookingRequested'])(
  'given a %s that nobody understands, then its booking is named and nothing else is said of it',
  async (type) => {
    for (const selection of [
      {},
      { hostId: 'odd' },
      { status: 'accepted' },
      { status: 'cancelled' },
      { to: 1 },
    ] as const) {
      const rows = await rowsWithout(type, selection);
      const others = 'to' in selection || selection.status === 'cancelled' ? [] : [expect.stringContaining(RUNA)];
      expect(rows).toEqual([...others, IVAR]);
    }
    expect(await rowsWithout(type, { hostId: 'eva' })).toEqual([]);
  },
);
