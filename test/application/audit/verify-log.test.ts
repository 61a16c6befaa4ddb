import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { verifyEvents } from '../../../src/application/audit/verify-log.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { must } from '../../support/must.ts';
import { hashes, openTamperableLog } from '../../support/tamperable-log.ts';

describe('the audit of a log', () => {
  let log: Awaited<ReturnType<typeof openTamperableLog>>;
  beforeEach(async () => {
    log = await openTamperableLog();
  });
  afterEach(() => log.remove());

  it('given a log as it was written, then every event counts and nothing is found', async () => {
    const progress: (readonly [number, number])[] = [];
    const report = must(await verifyEvents(log.store, hashes, (...at) => progress.push(at)));
    expect(report).toMatchObject({ events: 24, streams: 4, erased: 0, position: 24, findings: [], more: 0 });
    expect(progress).toEqual([[24, 24]]);
  });

  it('given two changed events, then both are found, the first first, and no value is repeated', async () => {
    log.tamper(3, (event) => JSON.parse(JSON.stringify(event).replace('runa@example.org', 'eve@example.org')));
    log.tamper(18, (event) => ({ ...event, occurredAt: '2051-01-01T00:00:00Z' }));
    const findings = await log.found();
    expect(findings[0]).toEqual(['chain booking-runa 0', expect.stringContaining('was changed')]);
    expect(findings.map(([what]) => what)).toContain('chain booking-ivar 3');
    expect(JSON.stringify(findings)).not.toContain('eve@');
  });

  it("given a calendar's answer taken out and the hashes made anew, then the acceptance is named", async () => {
    log.forge('booking-runa', (events) => events.filter(({ type }) => type !== 'CalendarSyncSucceeded'));
    expect((await log.found())[0]).toEqual(['impossible booking-runa 7', 'no calendar is known to hold the booking']);
  });

  it('given a whole booking taken out, then the time that is held for it is named', async () => {
    log.file.db.prepare('DELETE FROM events WHERE position BETWEEN 3 AND 12').run();
    // Time goes on elsewhere: a hold is given an hour until its booking is missed.
    log.forge('booking-ivar', (events) =>
      events.map((event, index) => (index < 9 ? event : { ...event, occurredAt: '2050-09-05T10:00:00Z' })),
    );
    expect(await log.found()).toEqual([
      ['no-booking schedule-odd 0', 'its time is held for booking runa, which is not in the log'],
      ['gap  -1', 'positions 3 to 12 are missing: 10 events were taken out'],
    ]);
  });

  it('given a schedule taken out, then the accepted booking without its time is named', async () => {
    log.file.db.prepare('DELETE FROM events WHERE position BETWEEN 1 AND 2').run();
    expect(await log.found()).toEqual([
      ['gap  -1', 'positions 1 to 2 are missing: 2 events were taken out'],
      ['no-slot booking-runa 9', 'it is accepted, and no schedule holds its time'],
    ]);
  });

  const inSchedule = (change: (data: Envelope['data']) => Envelope['data']) => (events: ReadonlyArray<Envelope>) =>
    events.map((event) => ({ ...event, data: change(event.data) }));

  it('given a slot that was moved and its chain made anew, then the time that is held wrongly is named', async () => {
    const later = { start: '2050-09-06T10:00:00Z', end: '2050-09-06T10:30:00Z' };
    log.forge(
      'schedule-odd',
      inSchedule((data) => ('claim' in data ? { ...data, ...later, claim: later } : data)),
    );
    expect(await log.found()).toEqual([
      ['wrong-slot schedule-odd 0', 'what it holds for booking runa is another time than that of the booking'],
    ]);
  });

  it("given two hosts' slots exchanged and their chains made anew, then both are named", async () => {
    for (const [schedule, bookingUid] of [
      ['schedule-odd', 'ivar'],
      ['schedule-eva', 'runa'],
    ] as const)
      log.forge(
        schedule,
        inSchedule((data) => ({ ...data, bookingUid })),
      );
    expect(await log.found()).toEqual([
      ['wrong-slot schedule-odd 0', 'its time is held for booking ivar, which is of schedule-eva'],
      ['wrong-slot schedule-eva 0', 'its time is held for booking runa, which is of schedule-odd'],
    ]);
  });

  it('given two accepted bookings of one host at one time, then the second is named', async () => {
    log.forge('booking-ivar', (events) =>
      events.map((event) =>
        event.type === 'BookingRequested' ? { ...event, data: { ...event.data, hostId: 'odd' } } : event,
      ),
    );
    expect((await log.found()).map(([what]) => what)).toEqual(['wrong-slot schedule-eva 0', 'overlap booking-ivar 9']);
  });

  it('given a pending booking whose slot was taken out, then it is named', async () => {
    log.file.db.prepare('DELETE FROM events WHERE position IN (1, 2) OR position BETWEEN 5 AND 12').run();
    expect((await log.found()).filter(([what]) => !what.startsWith('gap'))).toEqual([
      ['no-slot booking-runa 1', 'it is pending, and no schedule holds its time'],
    ]);
  });

  it('given a notification of an event that is not there, then it is named', async () => {
    log.forge('booking-runa', (events) =>
      events.map((event, index) => (index === 9 ? { ...event, data: { ...event.data, causedBy: 'nothing' } } : event)),
    );
    expect(await log.found()).toEqual([
      ['no-cause booking-runa 9', 'it tells of an event that its stream does not have before it'],
    ]);
  });

  it('given an event taken out, then the gap is named', async () => {
    log.file.db.prepare('DELETE FROM events WHERE position = 7').run();
    expect((await log.found()).slice(0, 2)).toEqual([
      ['gap  -1', 'position 7 is missing: an event was taken out'],
      ['chain booking-runa 5', 'revision 4 is missing before it'],
    ]);
  });

  it('given an event of an end that nobody reads, put before the first position, then it is named', async () => {
    log.file.db.exec(`INSERT INTO events SELECT -5, stream, revision + 1, body FROM events WHERE position = 24`);
    const findings = await log.found();
    expect(findings).toContainEqual(['gap  -1', 'an event stands at position -5, where no log has one: it was put in']);
  });

  it('given personal data that was erased, then the chain holds and it is counted', async () => {
    log.tamper(3, (event) => ({ ...event, data: erasePersonal(sha256Hex)(event.data) }));
    expect(await log.audit()).toMatchObject({ events: 24, erased: 1, findings: [] });
  });

  it('given an event that is not JSON, then it is named once and what lies around it counts', async () => {
    log.file.db.prepare("UPDATE events SET body = 'oops' WHERE position = 9").run();
    const report = await log.audit();
    expect(report.events).toBe(23);
    expect(report.findings[0]?.reason).toContain('position 9 (booking-runa, revision 6)');
    expect(report.findings.filter(({ reason }) => reason.includes('position 9'))).toHaveLength(1);
  });

  it.each([
    ['lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('given an event of nested %s, then it is named and the others are checked', async (_, deep) => {
    const row = log.file.db.prepare('SELECT body FROM events WHERE position = 9').get();
    const body = String(row?.body).replace('"data":{', `"data":{"deep":${deep},`);
    log.file.db.prepare('UPDATE events SET body = ? WHERE position = 9').run(body);
    const { events, findings } = await log.audit();
    expect(events).toBe(23);
    expect(findings[0]?.reason).toBe('the event at position 9 (booking-runa, revision 6) is nested too deeply');
  });

  it('given an event of an unknown type, then it is not understood, and nothing after it is judged', async () => {
    log.forge('booking-runa', (events) =>
      events.map((event, at) => (at === 4 ? { ...event, type: 'Invented' } : event)),
    );
    expect(await log.found()).toEqual([['unreadable booking-runa 4', expect.stringContaining('no event is called')]]);
  });

  it('given a time that is no instant, then its event is named, and holds are judged by the times that are', async () => {
    log.file.db.prepare('DELETE FROM events WHERE position BETWEEN 3 AND 12').run();
    log.forge('booking-ivar', (events) =>
      events.map((event, index) => ({ ...event, occurredAt: index < 9 ? '2050-09-05T10:00:00Z' : 'zzzz' })),
    );
    const kinds = (await log.audit()).findings.map(({ kind, stream }) => `${kind} ${stream}`);
    expect(kinds).toEqual(expect.arrayContaining(['unreadable booking-ivar', 'no-booking schedule-odd']));
  });

  it('given a range, then what lies before it is not reported and what lies behind it is not read', async () => {
    log.tamper(3, (event) => ({ ...event, occurredAt: '2050-09-05T08:00:01Z' }));
    log.tamper(18, (event) => ({ ...event, occurredAt: '2051-01-01T00:00:00Z' }));
    const { events, findings } = await log.audit({ from: 5, to: 14 });
    expect(events).toBe(14);
    expect(findings.filter(({ position }) => position < 5 || position > 14)).toEqual([]);
  });

  it('given a log that lost its end, then only an earlier root tells', async () => {
    const before = await log.audit();
    log.file.db.prepare('DELETE FROM events WHERE position = 24').run();
    const after = await log.audit();
    expect(after.findings).toEqual([]);
    expect(after.tree.size()).toBe(23);
    expect(after.tree.root()).toEqual(before.tree.root(23));
    expect(after.tree.root()).not.toEqual(before.tree.root());
  });

  it('given a log that cannot be read, then that is an error and no finding', async () => {
    await log.store.close();
    expect(E.isLeft(await verifyEvents(log.store, hashes, () => undefined))).toBe(true);
  });
});
