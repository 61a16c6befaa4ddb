import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  verifyDataFile,
  type ThreadOptions,
} from '../../../../../src/adapters/event-store/embedded/verifying/verify-data-file.ts';
import { type AuditReport, reportData } from '../../../../../src/application/audit/verify-log.ts';
import { must } from '../../../../support/must.ts';
import { openTamperableLog } from '../../../../support/tamperable-log.ts';

/** 280 streams: three shares, so that both threads have some. */
const hosts = ['odd', 'eva', ...Array.from({ length: 138 }, (_, index) => `host${index}`)];
const thread = (code: string): URL => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const SWAP = [
  'UPDATE events SET position = 9999 WHERE position = 898',
  'UPDATE events SET position = 898 WHERE position = 899',
  'UPDATE events SET position = 899 WHERE position = 9999',
].join(';');
const WHOLE = { from: 0, to: Number.MAX_SAFE_INTEGER };

describe('verifying a data file in threads', () => {
  let log: Awaited<ReturnType<typeof openTamperableLog>>;
  beforeEach(async () => {
    log = await openTamperableLog(hosts);
  });
  afterEach(() => log.remove());

  const inThreads = (options: ThreadOptions = {}, range = WHOLE, progress: number[] = [], signal?: AbortSignal) =>
    verifyDataFile(log.file.path, { threads: 2, worthThreads: 1, ...options })(
      (done) => progress.push(done),
      range,
      signal,
    );
  const walked = async (range = WHOLE): Promise<AuditReport> => log.audit(range);

  it('given a log as it was written, then threads say of it what a walk says', async () => {
    const progress: number[] = [];
    const report = must(await inThreads({}, WHOLE, progress));
    expect(report.findings).toEqual([]);
    expect(reportData(report)).toEqual(reportData(await walked()));
    expect(progress.at(-1)).toBe(1680);
  });

  it('given the caller needs every core for something else, then one thread says the same', async () => {
    const verify = verifyDataFile(log.file.path, { worthThreads: 1 });
    const report = must(await verify(() => undefined, WHOLE, undefined, 1_000));
    expect(reportData(report)).toEqual(reportData(await walked()));
  });

  it('given tamperings in several streams, then threads find what a walk finds, in its order', async () => {
    log.tamper(3, (event) => ({ ...event, occurredAt: '2050-09-05T08:00:01Z' }));
    log.forge('booking-ivar', (events) => events.filter(({ type }) => type !== 'CalendarSyncSucceeded'));
    log.forge('schedule-host77', (events) => events.slice(0, 0));
    log.file.db.prepare('DELETE FROM events WHERE position = 1199').run();
    const range = { from: 10, to: 1_500 };
    const report = must(await inThreads({}, range));
    expect(report.findings.map(({ kind }) => kind)).toEqual([
      'impossible',
      'gap',
      'gap',
      'no-slot',
      'gap',
      'chain',
      'no-cause',
    ]);
    expect(reportData(report)).toEqual(reportData(await walked(range)));
  });

  it('given slots that do not belong to their bookings, then threads find what a walk finds', async () => {
    log.forge('schedule-host77', (events) =>
      events.map((event) =>
        event.type === 'SlotHeld' ? { ...event, data: { ...event.data, start: '2050-09-06T09:10:00Z' } } : event,
      ),
    );
    log.forge('schedule-odd', (events) =>
      events.map((event) => ({ ...event, data: { ...event.data, bookingUid: 'eve' } })),
    );
    const report = must(await inThreads());
    expect(report.findings.map(({ kind, stream }) => `${kind} ${stream}`)).toEqual([
      'no-booking schedule-odd',
      'no-slot booking-runa',
      'wrong-slot schedule-host77',
    ]);
    expect(reportData(report)).toEqual(reportData(await walked()));
  });

  it.each([
    ['an event that cannot be parsed', "UPDATE events SET body = 'oops' WHERE position = 900"],
    ['two events of a stream that changed places', SWAP],
    ['a stream without a name', "DELETE FROM streams WHERE name = 'booking-ivar'"],
  ])('given %s, then the log is walked in its order', async (_, tampering) => {
    log.file.db.exec(tampering);
    const walk = await log.tryAudit();
    const threads = await inThreads();
    expect(E.isLeft(threads)).toBe(E.isLeft(walk));
    expect(E.map(reportData)(threads)).toEqual(E.map(reportData)(walk));
    expect(E.isLeft(walk) || walk.right.findings.length > 0).toBe(true);
  });

  it.each([
    ['in threads', 1],
    ['in one walk', 1_000_000],
  ])('given a trigger and a view, %s, then each is named', async (_, worthThreads) => {
    log.file.db.exec('CREATE TRIGGER later AFTER INSERT ON events BEGIN SELECT 1; END; CREATE VIEW shown AS SELECT 1');
    const report = must(await inThreads({ worthThreads }));
    expect(report.findings.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['schema', expect.stringContaining('trigger "later" on events')],
      ['schema', expect.stringContaining('view "shown"')],
    ]);
  });

  it.each([
    ['throws', "throw new Error('no memory left')", 'a thread that verifies failed: no memory left'],
    ['ends without a word', '', 'a thread that verifies failed: it ended before it was done'],
  ])('given a thread that %s, then that is an error and no report', async (_, code, reason) => {
    expect(await inThreads({ entry: thread(code) })).toEqual(E.left({ type: 'Unavailable', reason }));
  });

  it('given nobody who waits any more, then the threads are ended', async () => {
    const gone = new AbortController();
    const verified = inThreads({ entry: thread('setInterval(() => undefined, 1000)') }, WHOLE, [], gone.signal);
    gone.abort();
    expect(await verified).toEqual(E.left({ type: 'Unavailable', reason: 'nobody waits any more' }));
  });
});
