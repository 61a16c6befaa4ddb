import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { RUNA, writeAuditedLog } from '../../support/audited-log.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { testApps } from '../../support/test-apps.ts';
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

describe('what is recorded beside bookings', () => {
  test('given refused requests, then who was refused what and why, without an address', async () => {
    const app = await started({ hosts });
    const first = await app.post('/v2/bookings', introBody());
    expect(first.status).toBe(201);
    const other = introBody({ attendee: { name: 'Ivar', email: 'Ivar@Example.com', timeZone: 'Europe/Oslo' } });
    expectError(await app.post('/v2/bookings', other), 409, 'slot_unavailable');
    await app.settled();
    const path = `${AUDIT}/hosts/odd/refusals`;
    const all = await app.get(path, audit);
    expect(at(all.body, 'data', 'listed')).toMatchObject([
      { reason: 'slot_taken', asked: 'booking', start: introBody().start },
    ]);
    expect(all.text).not.toMatch(/ivar/i);
    const hash = at(all.body, 'data', 'listed', 0, 'attendee');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const found = await app.get(`${path}?email=ivar@example.com&at=${introBody().start}`, ofOdd);
    expect(at(found.body, 'data', 'listed', 0, 'attendee')).toBe(hash);
    const nobody = await app.get(`${path}?email=runa@example.com`, audit);
    expect(at(nobody.body, 'data', 'listed')).toEqual([]);
    expectError(await app.get(path, ofElse), 404, 'host_not_found');
    expectError(await app.get(`${AUDIT}/hosts/nobody/refusals`, audit), 404, 'host_not_found');
    expectError(await app.get(`${path}?from=soon`, audit), 400, 'invalid_request', ['from']);
    expectError(await app.get(`${path}?email=runa`, audit), 400, 'invalid_request', ['email']);
  });

  test('given bad input and other limits before the decision, then they are recorded, and no text of anybody', async () => {
    const app = await started({ hosts });
    const { attendee, start } = introBody();
    const without = { name: 'Runa Secret', timeZone: 'Europe/Oslo' };
    expect((await app.post('/v2/bookings', introBody({ attendee: without }))).status).toBe(400);
    expect((await app.post('/v2/bookings', introBody({ metadata: { 'Runa Secret': {} } }))).status).toBe(400);
    expect((await app.post('/v2/bookings', introBody({ recurrenceCount: 3 }))).status).toBe(400);
    const unknown = { attendee, start, username: 'odd', eventTypeSlug: 'Runa Secret' };
    expectError(await app.post('/v2/bookings', unknown), 404, 'event_type_not_found');
    expectError(await app.post('/v2/bookings', { ...unknown, username: 'nobody' }), 404, 'event_type_not_found');
    await app.settled();
    const told = await app.get(`${AUDIT}/hosts/odd/refusals`, audit);
    expect(at(told.body, 'data', 'listed')).toMatchObject(
      [
        { reason: 'invalid_request', detail: { fields: 'attendee.email' }, start, eventTypeId: 1, attendee: null },
        { reason: 'invalid_request', detail: { fields: 'metadata' }, start, attendee: /./ },
        { reason: 'unsupported_feature', detail: { fields: 'recurrenceCount' } },
        { reason: 'event_type_not_found', start, eventTypeId: null, lengthInMinutes: null },
      ].map(({ attendee: who, ...rest }) => ({ ...rest, ...(who === null ? { attendee: who } : {}) })),
    );
    expect(told.text).not.toMatch(/secret/i);
    const covering = await app.get(`${AUDIT}/hosts/odd/refusals?at=${start}`, audit);
    expect(at(covering.body, 'data', 'listed')).toHaveLength(4);
  });

  test('given moves that are refused, by bad input and by the booking itself, then they are recorded', async () => {
    const app = await started({ hosts });
    const made = await app.post('/v2/bookings', introBody());
    const uid = String(at(made.body, 'data', 'uid'));
    const move = (body: object) => app.post(`/v2/bookings/${uid}/reschedule`, body);
    expectError(await move({ start: 'soon' }), 400, 'invalid_request', ['start']);
    expectError(await move({ start: introBody().start }), 409, 'booking_already_at_this_time');
    await app.post(`/v2/bookings/${uid}/cancel`, { cancellationReason: 'ill' });
    await move({ start: '2050-09-06T11:00:00Z' });
    await app.settled();
    const told = await app.get(`${AUDIT}/hosts/odd/refusals`, audit);
    const asked = { asked: 'move', bookingUid: uid, attendee: null };
    expect(at(told.body, 'data', 'listed')).toMatchObject([
      { ...asked, reason: 'invalid_request', detail: { fields: 'start' }, start: null },
      { ...asked, reason: 'move_refused', detail: { because: 'SameTime' }, start: introBody().start },
      { ...asked, reason: 'move_refused', detail: { because: 'NotReschedulable' } },
    ]);
  });

  test('given keys made and revoked, and data read, then the log has who, when and what, and no secret', async () => {
    const app = await withLog();
    const wanted = { name: 'for a while', roles: ['operate'] };
    const made = await app.post('/v2/holdfast/keys', wanted, { key: 'cal_operate' });
    expect(made.status, made.text).toBe(201);
    const id = String(at(made.body, 'data', 'id'));
    await app.delete(`/v2/holdfast/keys/${id}`, { key: 'cal_operate' });
    for (let count = 0; count < 3; count += 1) await app.get(`${AUDIT}/bookings/${RUNA}`, audit);
    await app.get(`${AUDIT}/bookings/none`, audit);
    app.clock.advance(3_600_000);
    await app.settled();
    const changes = await app.get(`${AUDIT}/changes`, audit);
    expect(at(changes.body, 'data', 'changes')).toMatchObject([
      { type: 'ApiKeyMade', data: { keyId: id, roles: ['operate'] } },
      { type: 'ApiKeyEnded', data: { keyId: id } },
      { type: 'PersonalDataRead', data: { answers: { show: 1 } } },
      { type: 'PersonalDataRead', data: { answers: { show: 2 } } },
    ]);
    expect(changes.text).not.toContain(String(at(made.body, 'data', 'key')));
    const verified = await app.get(`${AUDIT}/verify`, audit);
    expect(at(verified.body, 'data', 'findings')).toEqual([]);
    expectError(await app.get(`${AUDIT}/changes`, ofOdd), 403, 'forbidden');
    expectError(await app.get(`${AUDIT}/changes?from=soon`, audit), 400, 'invalid_request', ['from']);
  });

  test('given a history, the feed and an export read by an auditor, then one line a key and hour says so', async () => {
    const app = await withLog();
    const events = `/v2/bookings/${RUNA}/events`;
    for (let count = 0; count < 3; count += 1) {
      expect((await app.get(events, audit)).status).toBe(200);
      expect((await app.get('/v2/holdfast/events?after=0', audit)).status).toBe(200);
      expect((await app.get(`${AUDIT}/export?format=csv`, audit)).status).toBe(200);
    }
    // Of who has no role audit nothing is written: the host reads what is theirs.
    await app.get(events, { key: 'cal_host' });
    app.clock.advance(3_600_000);
    await app.settled();
    const changes = await app.get(`${AUDIT}/changes`, audit);
    expect(at(changes.body, 'data', 'changes')).toMatchObject([
      { type: 'PersonalDataRead', data: { answers: { events: 1 } } },
      { type: 'PersonalDataRead', data: { answers: { events: 2, feed: 3, export: 3 } } },
    ]);
  });

  test('given many first answers of an hour at once, then one event says so, and the others are counted', async () => {
    const store = makeMemoryEventStore();
    await writeAuditedLog(store);
    const [requests, take] = [20, 7];
    let read = 0;
    let everybodyHasRead = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      everybodyHasRead = resolve;
    });
    const readAll: typeof store.readAll = (after, limit) => {
      if (limit === take) read += 1;
      if (read === requests) everybodyHasRead();
      return store.readAll(after, limit);
    };
    const append: typeof store.append = (wanted) => async () => {
      await all;
      return store.append(wanted)();
    };
    const app = await started({ hosts, store: { ...store, readAll, append } });
    const asked = Array.from({ length: requests }, () => app.get(`/v2/holdfast/events?after=0&take=${take}`, audit));
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    app.clock.advance(3_600_000);
    await app.settled();
    expect(at((await app.get(`${AUDIT}/changes`, audit)).body, 'data', 'changes')).toMatchObject([
      { type: 'PersonalDataRead', data: { answers: { feed: 1 } } },
      { type: 'PersonalDataRead', data: { answers: { feed: 19 } } },
    ]);
  });

  test('given answers that have nobody in them, then nothing is noted, and the feed does not grow', async () => {
    const app = await withLog();
    const feed = '/v2/holdfast/events';
    const next = async (after: number) =>
      Number(at((await app.get(`${feed}?after=${after}`, audit)).body, 'data', 'next'));
    const end = await next(0);
    await app.settled();
    for (let hour = 0; hour < 3; hour += 1) {
      app.clock.advance(3_600_000);
      await app.settled();
      // The first of these hours has the note of the reading above, in which nobody is.
      expect(await next(end)).toBe(end + 1);
      expect(await next(end + 1)).toBe(end + 1);
      for (const format of ['csv', 'ndjson'])
        expect((await app.get(`${AUDIT}/export?format=${format}&after=${end}`, audit)).status).toBe(200);
    }
    expect(at((await app.get(`${AUDIT}/changes`, audit)).body, 'data', 'changes')).toHaveLength(1);
  });

  test('given a log that cannot be written, when personal data is asked for, then it is not given', async () => {
    const store = makeMemoryEventStore();
    await writeAuditedLog(store);
    const away = { type: 'Unavailable', reason: 'a full disk' } as const;
    const app = await started({ hosts, store: { ...store, append: () => TE.left(away) } });
    const refused = await app.get(`${AUDIT}/bookings/${RUNA}`, audit);
    expectError(refused, 503, 'store_unavailable');
    expect(refused.text).not.toContain('Runa');
    expectError(await app.get(`/v2/bookings/${RUNA}/events`, audit), 503, 'store_unavailable');
    expect((await app.get(`${AUDIT}/verify`, audit)).status).toBe(200);
  });
});
