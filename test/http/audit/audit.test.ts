import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Bytes } from '../../../src/adapters/identity/head-key.ts';
import { base64, hashLog } from '../../../src/application/audit/hash-log.ts';
import { isConsistent } from '../../../src/domain/audit/merkle-proof.ts';
import { auditedLog, IVAR, RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { must } from '../../support/must.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const audit = { key: 'cal_audit' };
const ofOdd = { key: 'cal_audit_odd' };
const ofElse = { key: 'cal_audit_else' };
const hosts = [{ ...odd, calendarIds: [] }];
const AUDIT = '/v2/holdfast/audit';

const withLog = async () => {
  const store = makeMemoryEventStore();
  await writeAuditedLog(store);
  return started({ hosts, store });
};

describe('questions to the log', () => {
  test('given a key without the role audit, then none is answered', async () => {
    const app = await withLog();
    const paths = ['/v2/holdfast/events', `${AUDIT}/export`, `${AUDIT}/verify`, `${AUDIT}/head`];
    for (const path of [...paths, `${AUDIT}/bookings/${RUNA}`, `${AUDIT}/hosts/odd/agenda`]) {
      expectError(await app.get(path), 401, 'credentials_required');
      for (const key of ['cal_read', 'cal_book', 'cal_host', 'cal_operate'])
        expectError(await app.get(path, { key }), 403, 'forbidden');
      expect((await app.get(path, audit)).status, path).toBe(200);
    }
    for (const path of ['/v2/holdfast/events', `${AUDIT}/verify`, `${AUDIT}/head`])
      expectError(await app.get(path, ofOdd), 403, 'forbidden');
    // That personal data was read is the one thing that an audit writes.
    expect(await app.store.head()()).toMatchObject({ right: auditedLog().length + 1 });
  });

  test('given a booking, then its story, by its uid or the beginning of it, up to a moment', async () => {
    const app = await withLog();
    const whole = await app.get(`${AUDIT}/bookings/${RUNA}`, audit);
    expect(at(whole.body, 'data', 'entries', 0, 'type')).toBe('BookingRequested');
    expect(at(whole.body, 'data', 'standing', 'status')).toBe('accepted');
    const early = await app.get(`${AUDIT}/bookings/${RUNA.slice(0, 8)}?at=2050-09-05T08:00:05Z`, audit);
    expect(at(early.body, 'data', 'standing', 'status')).toBe('pending');
    const several = await app.get(`${AUDIT}/bookings/01j8zq`, audit);
    expectError(several, 409, 'ambiguous_uid', ['uid', 'uid']);
    expect(several.text).toContain(IVAR);
    expectError(await app.get(`${AUDIT}/bookings/02`, audit), 404, 'booking_not_found');
    for (const question of [`${RUNA}?at=99`, `${RUNA}/why?at=99`])
      expectError(await app.get(`${AUDIT}/bookings/${question}`, audit), 404, 'revision_not_found', ['at']);
    expectError(await app.get(`${AUDIT}/bookings/${RUNA}?at=soon`, audit), 400, 'invalid_request', ['at']);
  });

  test('given a calendar with a label, then its id, as the command says it: labels of today are none of then', async () => {
    const store = makeMemoryEventStore();
    await writeAuditedLog(store);
    const app = await started({ hosts, store, deps: { calendarLabel: () => 'Label of today' } });
    const told = await app.get(`${AUDIT}/bookings/${RUNA}`, audit);
    expect(at(told.body, 'data', 'entries', 1, 'text')).toContain("calendar 'work'");
    expect(told.text).not.toContain('Label of today');
  });

  test('given a key of one host, then it sees that host alone, and no beginnings of uids', async () => {
    const app = await withLog();
    expect((await app.get(`${AUDIT}/bookings/${RUNA}`, ofOdd)).status).toBe(200);
    for (const path of [`bookings/${RUNA}`, `bookings/${RUNA}/proof`])
      expectError(await app.get(`${AUDIT}/${path}`, ofElse), 404, 'booking_not_found');
    expectError(await app.get(`${AUDIT}/bookings/${RUNA.slice(0, 8)}`, ofOdd), 404, 'booking_not_found');
    expectError(await app.get(`${AUDIT}/hosts/odd/agenda`, ofElse), 404, 'host_not_found');
    expectError(await app.get(`${AUDIT}/export?host=odd`, ofElse), 404, 'host_not_found');
    expect((await app.get(`${AUDIT}/export`, ofElse)).text).toBe('');
    expect((await app.get(`${AUDIT}/export?format=csv`, ofOdd)).text).toContain(RUNA);
  });

  test('given a booking, then why it was decided so, and whether it would be today', async () => {
    const app = await withLog();
    const why = await app.get(`${AUDIT}/bookings/${RUNA}/why`, audit);
    expect(at(why.body, 'data', 'decision', 'type')).toBe('BookingAccepted');
    expectError(await app.get(`${AUDIT}/bookings/${RUNA}/why?at=0`, audit), 409, 'not_decided');
    const replayed = await app.get(`${AUDIT}/replay?stream=booking-${RUNA}`, audit);
    expect(at(replayed.body, 'data')).toMatchObject({ streams: 1, decisions: 2 });
    expect(at(replayed.body, 'data', 'divergences', 0, 'reason')).toContain('which calendars are asked');
  });

  test('given a host and a moment, then the agenda', async () => {
    const app = await withLog();
    const agenda = await app.get(`${AUDIT}/hosts/odd/agenda?at=2050-09-05T08:15:00Z`, audit);
    expect([0, 1].map((index) => at(agenda.body, 'data', 'items', index, 'uid'))).toEqual([RUNA, IVAR]);
    expect(at(agenda.body, 'data', 'logEndsAt')).toBeNull();
    for (const question of [`bookings/${RUNA}`, `bookings/${RUNA}/why`, 'hosts/odd/agenda']) {
      const late = await app.get(`${AUDIT}/${question}?at=2051-01-01T00:00:00Z`, audit);
      expect(at(late.body, 'data', 'logEndsAt'), question).toMatch(/^2050-09-/);
    }
    expectError(await app.get(`${AUDIT}/hosts/nobody/agenda`, audit), 404, 'host_not_found');
    expectError(await app.get(`${AUDIT}/hosts/odd/agenda?to=x`, audit), 400, 'invalid_request', ['to']);
  });

  test('given a period that ends before it begins, then no question is answered with nothing', async () => {
    const app = await withLog();
    const period = 'from=2050-10-01T00:00:00Z&to=2050-09-01T00:00:00Z';
    for (const question of ['hosts/odd/agenda', 'hosts/odd/refusals', 'export', 'changes', 'replay'])
      expectError(await app.get(`${AUDIT}/${question}?${period}`, audit), 400, 'invalid_request', ['to']);
    expectError(await app.get(`${AUDIT}/verify?from=5&to=2`, audit), 400, 'invalid_request', ['to']);
    expectError(await app.get(`${AUDIT}/replay?stream=booking-nobody`, audit), 404, 'stream_not_found');
  });

  test('given an export, then lines and where to go on, until there are none', async () => {
    const app = await withLog();
    const table = await app.get(`${AUDIT}/export?format=csv&status=cancelled`, audit);
    expect(table.headers.get('content-type')).toContain('text/csv');
    expect(table.text.split('\n')).toEqual([expect.stringContaining('"uid"'), expect.stringContaining(IVAR), '']);
    const next = table.headers.get('holdfast-next');
    const last = await app.get(`${AUDIT}/export?format=csv&status=cancelled&after=${next}`, audit);
    expect(last.text).toBe('');
    const events = await app.get(`${AUDIT}/export?after=20`, audit);
    expect(
      events.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).position),
    ).toEqual([21, 22, 23]);
    expectError(await app.get(`${AUDIT}/export?format=xml`, audit), 400, 'invalid_request', ['format']);
    expectError(await app.get(`${AUDIT}/export?host=nobody`, audit), 404, 'host_not_found');
    expectError(await app.get(`${AUDIT}/export?after=1000`, audit), 409, 'position_beyond_end', ['after']);
  });
});

describe('proofs', () => {
  test('given a log, then it is verified, and its head signed, consistent with an earlier one', async () => {
    const app = await withLog();
    const verified = await app.get(`${AUDIT}/verify`, audit);
    expect(at(verified.body, 'data', 'findings')).toEqual([]);
    const head = (await app.get(`${AUDIT}/head?from=9`, audit)).body;
    expect(at(head, 'data', 'root')).toBe(at(verified.body, 'data', 'head', 'root'));
    const bytes = (text: unknown) => new Uint8Array(Buffer.from(String(text), 'base64'));
    const proof = at(head, 'data', 'consistency');
    if (!Array.isArray(proof)) throw new Error('no proof');
    const before = makeMemoryEventStore();
    await writeAuditedLog(before, auditedLog().slice(0, 9));
    const fromRoot = must(await hashLog(before, sha256Bytes, () => undefined, null)).tree.root();
    const heads = { from: 9, fromRoot, size: 22, root: bytes(at(head, 'data', 'root')) };
    expect(isConsistent(sha256Bytes, heads, proof.map(bytes))).toBe(true);
    expect(isConsistent(sha256Bytes, { ...heads, fromRoot: sha256Bytes(fromRoot) }, proof.map(bytes))).toBe(false);
    expect(base64(heads.root)).toBe(at(head, 'data', 'root'));
    expectError(await app.get(`${AUDIT}/head?from=23`, audit), 400, 'invalid_request', ['from']);
  });

  test('given a booking, then its proof, and one walk over the log at a time', async () => {
    const app = await withLog();
    const proof = await app.get(`${AUDIT}/bookings/${RUNA}/proof`, audit);
    expect(at(proof.body, 'data', 'format')).toBe('holdfast-proof/1');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const log = {
      ...app.store,
      readAll: (after: number, limit: number) => async () => {
        await held;
        return app.store.readAll(after, limit)();
      },
    };
    const slow = await started({
      hosts,
      store: makeMemoryEventStore(),
      deps: { audit: { ...app.deps.audit, log, stored: log } },
    });
    const first = slow.get(`${AUDIT}/verify`, audit);
    const second = await slow.get(`${AUDIT}/head`, audit).then((reply) => reply);
    expectError(second, 503, 'audit_busy');
    release();
    expect((await first).status).toBe(200);
    expect((await slow.get(`${AUDIT}/head`, audit)).status).toBe(200);
  });

  test('given a log that cannot be read, then it is said', async () => {
    const app = await withLog();
    const log = { ...app.store, readAll: () => TE.left({ type: 'Unavailable', reason: 'closed' } as const) };
    const broken = await started({ hosts, deps: { audit: { ...app.deps.audit, log, stored: log } } });
    for (const path of [`${AUDIT}/export`, `${AUDIT}/verify`, '/v2/holdfast/events'])
      expectError(await broken.get(path, audit), 503, 'store_unavailable');
  });
});

describe('the feed', () => {
  test('given a position, then what comes after it, a page at a time', async () => {
    const app = await withLog();
    const first = await app.get('/v2/holdfast/events?take=20', audit);
    expect(at(first.body, 'data', 'events', 0)).toMatchObject({ position: 1, stream: 'schedule-odd', revision: 0 });
    expect(at(first.body, 'data', 'next')).toBe(20);
    const rest = await app.get('/v2/holdfast/events?after=20', audit);
    // The first read of the hour is in the log; the others are counted.
    expect(at(rest.body, 'data', 'events', 2, 'type')).toBe('PersonalDataRead');
    expect(at(rest.body, 'data', 'next')).toBe(23);
    const end = await app.get('/v2/holdfast/events?after=23', audit);
    expect(at(end.body, 'data')).toEqual({ events: [], next: 23 });
    for (const wrong of ['take=1001', 'take=0', 'wait=31', 'after=-1'])
      expectError(await app.get(`/v2/holdfast/events?${wrong}`, audit), 400, 'invalid_request', [
        wrong.split('=')[0] ?? '',
      ]);
  });

  test('given a wait, then the answer comes with the next event, or empty when the time is over', async () => {
    const app = await started({ hosts });
    const waiting = app.get('/v2/holdfast/events?wait=30', audit);
    const uid = await booked(app, introBody());
    const answer = await waiting;
    expect(at(answer.body, 'data', 'events', 0, 'stream')).toBe('schedule-odd');
    await app.settled();
    const next = Number(Reflect.get(await app.store.head()(), 'right'));
    const empty = app.get(`/v2/holdfast/events?after=${next}&wait=5`, audit);
    const advanced = setInterval(() => app.clock.advance(1_000), 10);
    expect(at((await empty).body, 'data')).toEqual({ events: [], next });
    clearInterval(advanced);
    expect(uid).not.toBe('');
  });
});
