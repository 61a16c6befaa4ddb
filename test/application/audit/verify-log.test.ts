import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import { type AuditReport, verifyEvents } from '../../../src/application/audit/verify-log.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { BookingEvent } from '../../../src/domain/booking/events.ts';
import type { DomainEvent } from '../../../src/domain/log/decode.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { erasePersonal, GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { phantomHistory, sealed } from '../../support/booking-history.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { seeded } from '../../support/faulty-event-store.ts';
import { must, mustRun } from '../../support/must.ts';

const occurredAt = '2050-09-05T08:00:00Z';
const span = { start: '2050-09-06T09:00:00Z', end: '2050-09-06T09:30:00Z' };
const scheduleOf = (bookingUid: string): ReadonlyArray<DomainEvent> => [
  {
    type: 'SlotHeld',
    occurredAt,
    data: { bookingUid, icsUid: 'booking@example.com', eventTypeId: 1, ...span, claim: span },
  },
  { type: 'SlotConfirmed', occurredAt, data: { bookingUid } },
];
const historyOf = (hostId: string): ReadonlyArray<BookingEvent> =>
  phantomHistory.map((event) =>
    event.type === 'BookingRequested' ? { ...event, data: { ...event.data, hostId } } : event,
  );
/** Stream by stream: positions 1-2, 3-12, 13-14, 15-24. */
const streams: ReadonlyArray<readonly [string, ReadonlyArray<DomainEvent>]> = [
  ['schedule-odd', scheduleOf('runa')],
  ['booking-runa', historyOf('odd')],
  ['schedule-eva', scheduleOf('ivar')],
  ['booking-ivar', historyOf('eva')],
];

const hashes = { sha256: sha256Hex, sha256Bytes };

describe('the audit of a log', () => {
  let file: DataFile;
  let store: EventStore;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ file, remove } = await temporaryDataFile());
    store = must(makeSqliteEventStore(file));
    for (const [stream, events] of streams)
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, events) }));
  });
  afterEach(() => remove());

  const audit = async (range?: { readonly from: number; readonly to: number }): Promise<AuditReport> =>
    must(await verifyEvents(store, hashes, () => undefined, range));
  const found = async () =>
    (await audit()).findings.map(({ kind, stream, revision, reason }) => [`${kind} ${stream} ${revision}`, reason]);
  /** As written: stream by stream, in the order above. */
  const streamAt = (position: number): string =>
    streams.flatMap(([stream, events]) => events.map(() => stream))[position - 1] ?? '';
  const rows = (): ReadonlyArray<{ readonly position: number; readonly stream: string; readonly body: Envelope }> =>
    file.db
      .prepare('SELECT position, body FROM events ORDER BY position')
      .all()
      .map(({ position, body }) => ({
        position: Number(position),
        stream: streamAt(Number(position)),
        body: JSON.parse(String(body)),
      }));
  /** Changes the file behind the store's back, as somebody with an editor would. */
  const write = (position: number, body: unknown): void => {
    file.db.prepare('UPDATE events SET body = ? WHERE position = ?').run(JSON.stringify(body), position);
  };
  const tamper = (position: number, change: (event: Envelope) => unknown): void => {
    const row = rows().find((each) => each.position === position);
    if (row !== undefined) write(position, change(row.body));
  };
  /** As somebody would who knows how the chains are made. */
  const forge = (stream: string, change: (events: ReadonlyArray<Envelope>) => ReadonlyArray<Envelope>): void => {
    const own = rows().filter((row) => row.stream === stream);
    const forged = seal(sha256Hex)(GENESIS_HASH, change(own.map(({ body }) => body)));
    own.forEach(({ position }, index) => {
      const event = forged[index];
      if (event === undefined) file.db.prepare('DELETE FROM events WHERE position = ?').run(position);
      else write(position, event);
    });
  };

  it('given a log as it was written, then every event counts and nothing is found', async () => {
    const progress: (readonly [number, number])[] = [];
    const report = must(await verifyEvents(store, hashes, (...at) => progress.push(at)));
    expect(report).toMatchObject({ events: 24, streams: 4, erased: 0, position: 24, findings: [], more: 0 });
    expect(progress).toEqual([[24, 24]]);
  });

  it('given two changed events, then both are found, the first first, and no value is repeated', async () => {
    tamper(3, (event) => JSON.parse(JSON.stringify(event).replace('runa@example.org', 'eve@example.org')));
    tamper(18, (event) => ({ ...event, occurredAt: '2051-01-01T00:00:00Z' }));
    const findings = await found();
    expect(findings[0]).toEqual(['chain booking-runa 0', expect.stringContaining('was changed')]);
    expect(findings.map(([what]) => what)).toContain('chain booking-ivar 3');
    expect(JSON.stringify(findings)).not.toContain('eve@');
  });

  it("given a calendar's answer taken out and the hashes made anew, then the acceptance is named", async () => {
    forge('booking-runa', (events) => events.filter(({ type }) => type !== 'CalendarSyncSucceeded'));
    expect((await found())[0]).toEqual(['impossible booking-runa 7', 'no calendar is known to hold the booking']);
  });

  it('given a whole booking taken out, then the time that is held for it is named', async () => {
    file.db.prepare('DELETE FROM events WHERE position BETWEEN 3 AND 12').run();
    // Time goes on elsewhere: a hold is given an hour until its booking is missed.
    forge('booking-ivar', (events) =>
      events.map((event, index) => (index < 9 ? event : { ...event, occurredAt: '2050-09-05T10:00:00Z' })),
    );
    expect(await found()).toEqual([
      ['no-booking schedule-odd 0', 'its time is held for booking runa, which is not in the log'],
    ]);
  });

  it('given a schedule taken out, then the accepted booking without its time is named', async () => {
    file.db.prepare('DELETE FROM events WHERE position BETWEEN 1 AND 2').run();
    expect(await found()).toEqual([['no-slot booking-runa 9', 'it is accepted, and no schedule holds its time']]);
  });

  it('given a notification of an event that is not there, then it is named', async () => {
    forge('booking-runa', (events) =>
      events.map((event, index) => (index === 9 ? { ...event, data: { ...event.data, causedBy: 'nothing' } } : event)),
    );
    expect(await found()).toEqual([
      ['no-cause booking-runa 9', 'it tells of an event that its stream does not have before it'],
    ]);
  });

  it('given an event taken out, then the gap is named', async () => {
    file.db.prepare('DELETE FROM events WHERE position = 7').run();
    expect((await found())[0]).toEqual(['chain booking-runa 5', 'revision 4 is missing before it']);
  });

  it('given personal data that was erased, then the chain holds and it is counted', async () => {
    tamper(3, (event) => ({ ...event, data: erasePersonal(sha256Hex)(event.data) }));
    expect(await audit()).toMatchObject({ events: 24, erased: 1, findings: [] });
  });

  it('given an event that is not JSON, then it is named once and what lies around it counts', async () => {
    file.db.prepare("UPDATE events SET body = 'oops' WHERE position = 9").run();
    const report = await audit();
    expect(report.events).toBe(23);
    expect(report.findings[0]?.reason).toContain('position 9 (booking-runa, revision 6)');
    expect(report.findings.filter(({ reason }) => reason.includes('position 9'))).toHaveLength(1);
  });

  it.each([
    ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('given an event of nested %s, then it is named and the others are checked', async (_, deep) => {
    const row = file.db.prepare('SELECT body FROM events WHERE position = 9').get();
    const body = String(row?.body).replace('"data":{', `"data":{"deep":${deep},`);
    file.db.prepare('UPDATE events SET body = ? WHERE position = 9').run(body);
    const { events, findings } = await audit();
    expect(events).toBe(23);
    expect(findings[0]?.reason).toBe('the event at position 9 (booking-runa, revision 6) is nested too deeply');
  });

  it('given an event of an unknown type, then it is not understood, and nothing after it is judged', async () => {
    forge('booking-runa', (events) => events.map((event, at) => (at === 4 ? { ...event, type: 'Invented' } : event)));
    expect(await found()).toEqual([['unreadable booking-runa 4', expect.stringContaining('no event is called')]]);
  });

  it('given a range, then what lies before it is not reported and what lies behind it is not read', async () => {
    tamper(3, (event) => ({ ...event, occurredAt: '2050-09-05T08:00:01Z' }));
    tamper(18, (event) => ({ ...event, occurredAt: '2051-01-01T00:00:00Z' }));
    const { events, findings } = await audit({ from: 5, to: 14 });
    expect(events).toBe(14);
    expect(findings.filter(({ position }) => position < 5 || position > 14)).toEqual([]);
  });

  it('given a log that lost its end, then only an earlier root tells', async () => {
    const before = await audit();
    file.db.prepare('DELETE FROM events WHERE position = 24').run();
    const after = await audit();
    expect(after.findings).toEqual([]);
    expect(after.tree.size()).toBe(23);
    expect(after.tree.root()).toEqual(before.tree.root(23));
    expect(after.tree.root()).not.toEqual(before.tree.root());
  });

  it('given a log that cannot be read, then that is an error and no finding', async () => {
    await store.close();
    expect(E.isLeft(await verifyEvents(store, hashes, () => undefined))).toBe(true);
  });

  it('given 200 random tamperings, then each is found, or an earlier root tells of it', async () => {
    const random = seeded(20_261_126);
    const before = (await audit()).tree;
    const original = rows();
    const pick = (count: number): number => Math.floor(random() * count);
    const kinds = ['change', 'forge', 'drop', 'swap', 'insert', 'cut'] as const;
    const missed: string[] = [];
    for (let round = 0; round < 200; round += 1) {
      const kind = kinds[pick(kinds.length)] ?? 'change';
      const at = pick(original.length);
      const { position = 0, body } = original[at] ?? {};
      const other = original[(at + 1 + pick(original.length - 1)) % original.length];
      file.db.exec('BEGIN');
      if (kind === 'change') write(position, { ...body, actor: { kind: 'host', id: String(round) } });
      if (kind === 'forge')
        forge(streamAt(position), (events) =>
          events.map((event) => (event.id === body?.id ? { ...event, causationId: String(round) } : event)),
        );
      if (kind === 'drop') file.db.prepare('DELETE FROM events WHERE position = ?').run(position);
      if (kind === 'cut') file.db.prepare('DELETE FROM events WHERE position >= ?').run(position);
      if (kind === 'swap') {
        write(position, other?.body);
        write(other?.position ?? 0, body);
      }
      if (kind === 'insert') write(position, { ...other?.body, id: body?.id });
      const { findings, tree } = await audit();
      const cut = tree.size() < before.size();
      const altered = Buffer.compare(tree.root(), before.root(tree.size())) !== 0;
      if (findings.length === 0 && !cut && !altered) missed.push(`${kind} at ${position}`);
      if (!['cut', 'drop', 'forge'].includes(kind) && findings.length === 0)
        missed.push(`${kind} at ${position} by itself`);
      file.db.exec('ROLLBACK');
    }
    expect(missed).toEqual([]);
    expect((await audit()).findings).toEqual([]);
  });
});
