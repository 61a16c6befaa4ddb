import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { DataFile } from '../../../src/adapters/sqlite/data-file.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { type AuditReport, auditLog } from '../../../src/cli/audit/audit-commands.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { phantomHistory, sealed } from '../../support/booking-history.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';

const runa = sealed('booking-runa', phantomHistory);
const odd = sealed('booking-odd', phantomHistory);

describe('audit of the log', () => {
  let file: DataFile;
  let store: EventStore;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ file, remove } = await temporaryDataFile());
    store = must(makeSqliteEventStore(file));
    await mustRun(store.append({ stream: 'booking-runa', expected: 'no-stream', events: runa }));
    await mustRun(store.append({ stream: 'booking-odd', expected: 'no-stream', events: odd }));
  });
  afterEach(() => remove());

  const audit = async (): Promise<AuditReport> => must(await auditLog(store, () => undefined));
  /** Changes the file behind the store's back, as somebody with an editor would. */
  const tamper = (position: number, change: (event: Envelope) => unknown): void => {
    const row = file.db.prepare('SELECT body FROM events WHERE position = ?').get(position);
    const changed = JSON.stringify(change(JSON.parse(String(row?.body))));
    file.db.prepare('UPDATE events SET body = ? WHERE position = ?').run(changed, position);
  };
  const broken = (stream: string, revision: number, position: number, reason: RegExp) =>
    expect.objectContaining({ stream, revision, position, reason: expect.stringMatching(reason) });

  it('given a log as it was written, when audited, then every event counts and nothing is broken', async () => {
    const progress: (readonly [number, number])[] = [];
    const report = must(await auditLog(store, (...at) => progress.push(at)));
    expect(report).toMatchObject({ events: 20, streams: 2, erased: 0, position: 20, firstBreak: null });
    expect(progress).toEqual([[20, 20]]);
  });

  it.each([
    ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('given an event of nested %s, when audited, then it is named and the others are checked', async (_, deep) => {
    const row = file.db.prepare('SELECT body FROM events WHERE position = 9').get();
    const body = String(row?.body).replace('"data":{', `"data":{"deep":${deep},`);
    file.db.prepare('UPDATE events SET body = ? WHERE position = 9').run(body);
    expect(await audit()).toMatchObject({
      events: 8,
      firstBreak: { reason: 'the event at position 9 (booking-runa, revision 8) is nested too deeply' },
    });
  });

  it('given changed data, when audited, then the first changed event is named', async () => {
    tamper(9, (event) => ({ ...event, data: { reason: 'no_calendar_connected' } }));
    tamper(15, (event) => ({ ...event, occurredAt: '2051-01-01T00:00:00Z' }));
    expect((await audit()).firstBreak).toEqual(broken('booking-runa', 8, 9, /was changed/));
  });

  it('given changed personal data, when audited, then its digest gives it away', async () => {
    tamper(1, (event) => JSON.parse(JSON.stringify(event).replace('runa@example.org', 'eve@example.org')));
    const report = await audit();
    expect(report.firstBreak).toEqual(broken('booking-runa', 0, 1, /was changed/));
    expect(JSON.stringify(report)).not.toContain('eve@');
  });

  it('given a hash that was computed anew, when audited, then the next event gives it away', async () => {
    const forged = sealed('booking-odd', phantomHistory.toSpliced(3, 1))[3];
    tamper(14, () => forged);
    expect((await audit()).firstBreak).toEqual(broken('booking-odd', 4, 15, /was changed/));
  });

  it('given an event that was taken out, when audited, then the gap is named', async () => {
    file.db.prepare('DELETE FROM events WHERE position = 5').run();
    expect((await audit()).firstBreak).toEqual(broken('booking-runa', 5, 6, /revision 4 is missing/));
  });

  it('given personal data that was erased, when audited, then the chain holds and it is counted', async () => {
    tamper(1, (event) => ({ ...event, data: erasePersonal(sha256Hex)(event.data) }));
    expect(await audit()).toMatchObject({ events: 20, erased: 1, firstBreak: null });
  });

  it('given an event that is not JSON, when audited, then what lies before it still counts', async () => {
    file.db.prepare("UPDATE events SET body = 'oops' WHERE position = 7").run();
    const { events, firstBreak } = await audit();
    expect({ events, firstBreak }).toEqual({
      events: 6,
      firstBreak: { type: 'unreadable', reason: expect.stringContaining('position 7 (booking-runa, revision 6)') },
    });
  });

  it('given a whole chain of an unknown event, when audited, then it is not understood', async () => {
    const unknown = sealed('booking-eve', phantomHistory.slice(0, 1)).map((event) => ({ ...event, type: 'Invented' }));
    await mustRun(store.append({ stream: 'booking-eve', expected: 'no-stream', events: unknown }));
    expect((await audit()).firstBreak).toMatchObject({ stream: 'booking-eve', revision: 0, position: 21 });
  });

  it('given a log that lost its end, when audited, then only the digest tells', async () => {
    const before = await audit();
    file.db.prepare('DELETE FROM events WHERE position = 20').run();
    const after = await audit();
    expect(after.firstBreak).toBeNull();
    expect(after.digest).not.toBe(before.digest);
  });

  it('given a log that cannot be read, when audited, then that is an error and no finding', async () => {
    await store.close();
    expect(E.isLeft(await auditLog(store, () => undefined))).toBe(true);
  });
});
