import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { csvColumns, csvLine, csvRow, uidOfRow } from '../../../src/projections/audit/booking-csv.ts';
import { exportLines, type ExportRequest } from '../../../src/projections/audit/export-lines.ts';
import type { BookingSelection } from '../../../src/projections/audit/selected-bookings.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { must } from '../../support/must.ts';
import { projectFolder } from '../../support/source-files.ts';

const EVERYTHING: BookingSelection = { hostId: null, eventType: null, status: null, from: null, to: null };
const opened = async (log = auditedLog()) => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store, log);
  return store;
};
const exported = async (request: Partial<ExportRequest>, store?: Awaited<ReturnType<typeof opened>>) => {
  const all = { format: 'ndjson', selection: EVERYTHING, after: 0, upTo: 22, zoneOfHost: () => null } as const;
  const lines: string[] = [];
  for await (const chunk of exportLines(store ?? (await opened()), { ...all, ...request }))
    lines.push(...must(chunk).lines);
  return lines;
};
const uids = async (selection: Partial<BookingSelection>) =>
  (await exported({ format: 'csv', selection: { ...EVERYTHING, ...selection } })).map(uidOfRow);

describe('an export', () => {
  it('given the whole log, then each event is a line of the documented form, in the order of the log', async () => {
    const lines = await exported({});
    const schema = JSON.parse(readFileSync(join(projectFolder, 'docs/export.schema.json'), 'utf8'));
    const isLine = new Ajv2020().compile(schema);
    const events = lines.map((line) => JSON.parse(line));
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 22 }, (_, index) => index + 1));
    for (const event of events) expect(isLine(event), JSON.stringify(isLine.errors)).toBe(true);
    expect(isLine({ ...events[0], hash: undefined, other: 1 })).toBe(false);
  });

  it('given a position, then it goes on after it, and never beyond the head', async () => {
    const whole = await exported({});
    expect(await exported({ after: 20 })).toEqual(whole.slice(20));
    expect(await exported({ upTo: 7 })).toEqual(whole.slice(0, 7));
    expect(await exported({ format: 'csv', after: 2 })).toHaveLength(1);
  });

  it('given a selection, then the whole streams of these bookings and no other', async () => {
    const lines = await exported({ selection: { ...EVERYTHING, status: 'cancelled' } });
    expect(lines.map((line) => JSON.parse(line)).map(({ stream, revision }) => `${stream} ${revision}`)).toEqual(
      [0, 1, 2, 3, 4, 5].map((revision) => `booking-${IVAR} ${revision}`),
    );
  });

  it('given host, event type, status or period, then bookings are chosen by it', async () => {
    expect(await uids({})).toEqual([RUNA, IVAR]);
    expect(await uids({ hostId: 'odd', eventType: 'intro' })).toEqual([RUNA, IVAR]);
    expect(await uids({ eventType: '1', status: 'accepted' })).toEqual([RUNA]);
    expect(await uids({ hostId: 'eva' })).toEqual([]);
    expect(await uids({ eventType: 'other' })).toEqual([]);
    const [from, to] = [toEpochMs('2050-09-06T09:00:00Z'), toEpochMs('2050-09-07T12:00:00Z')];
    expect(await uids({ from, to })).toEqual([RUNA]);
    expect(await uids({ from: from + 1 })).toEqual([IVAR]);
  });

  it('given a booking, then its row has its times in UTC and at the host, its status and since when', async () => {
    const [row = ''] = await exported({ format: 'csv' });
    const cells = row.slice(1, -1).split('","');
    expect(Object.fromEntries(csvColumns.map((column, index) => [column, cells[index]]))).toMatchObject({
      uid: RUNA,
      host: 'odd',
      event_type: 'intro',
      start_utc: '2050-09-06T09:00:00Z',
      start_local: '2050-09-06 11:00+02:00',
      host_zone: 'Europe/Oslo',
      status: 'accepted',
      since: '2050-09-05T08:00:11.5Z',
      reason: 'calendar_holds_it',
      guest_name: 'Runa',
      calendars: 'work: held',
    });
  });

  it('given cells that a spreadsheet would run, or that would break a line, then they are tame', async () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r\n=1', '\uff1d1'];
    for (const value of hostile) expect(csvLine([value])).toMatch(/^"'[^\r\n\t]*"$/u);
    expect(csvLine(['a"b', 'a,b', 'a\nb', 'a\u2028b', ''])).toBe('"a""b","a,b","a b","a b",""');
    expect((await exported({ format: 'csv' }))[1]).toContain(`"'=Ivar"`);
  });

  it('given a spreadsheet that parts cells at semicolons, then no text begins a formula there either', () => {
    const hostile = [
      'x;=1+1',
      'x; =1',
      'x;"=1',
      'x";"" @SUM(A1)',
      'a;b;-1',
      'g@example.com; +2@example.com',
      ';;\uff1d1',
    ];
    for (const value of hostile)
      for (const part of csvLine(['uid', value, value]).split(';')) expect(part).not.toMatch(/^[\s"]*[=+\-@\uff1d]/u);
    expect(csvLine(['work: held; home: held', 'x; y'])).toBe('"work: held; home: held","x; y"');
  });

  it('given erased personal data, then the row says so, with the zone that is configured', async () => {
    const erased = auditedLog().map(({ stream, event }) => ({
      stream,
      event: { ...event, data: erasePersonal(sha256Hex)(event.data) },
    }));
    const [row = ''] = await exported({ format: 'csv', zoneOfHost: () => 'Europe/Oslo' }, await opened(erased));
    expect(row).toContain('"erased","erased"');
    expect(row).toContain('2050-09-06 11:00+02:00');
    expect(csvRow({ uid: RUNA, position: 1, events: [], standing: null }, () => null)).toMatch(/^"01j8zq3v[^"]*","",/);
  });
});
