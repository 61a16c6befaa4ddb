import { describe, expect, test } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

describe('Idempotency-Key', () => {
  test('S24 the same request again: the same booking as it is now, one stream, marked as replayed', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const first = await app.post('/v2/bookings', introBody(), keyed('k1'));
    const again = await app.post('/v2/bookings', introBody(), keyed('"k1"'));
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(work.events()).toHaveLength(1);
  });

  test('S24 ten at once: one booking, one calendar event', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => app.post('/v2/bookings', introBody(), keyed('k1'))),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect(new Set(replies.map(({ body }) => at(body, 'data', 'uid'))).size).toBe(1);
    expect(replies.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(work.events()).toHaveLength(1);
  });

  test('the spelling of a request does not matter, its meaning does', async () => {
    const app = await started(plain);
    const first = await app.post('/v2/bookings', introBody(), keyed('k1'));
    const respelt = {
      attendee: introBody().attendee,
      eventTypeSlug: 'intro',
      username: 'odd',
      start: '2050-09-05T09:00+02:00',
    };
    expect((await app.post('/v2/bookings', respelt, keyed('k1'))).body).toEqual(first.body);
    const other = introBody({ start: '2050-09-05T08:00:00Z' });
    expectError(await app.post('/v2/bookings', other, keyed('k1')), 422, 'idempotency_key_reused');
    const otherType = introBody({ eventTypeId: 2 });
    expectError(await app.post('/v2/bookings', otherType, keyed('k1')), 422, 'idempotency_key_reused');
  });

  test('one key of two callers is two keys', async () => {
    const app = await started(plain);
    const other = introBody({ start: '2050-09-05T08:00:00Z' });
    await app.post('/v2/bookings', introBody(), keyed('k1'));
    expect((await app.post('/v2/bookings', other, { ...keyed('k1'), key: 'cal_book' })).status).toBe(201);
  });

  test('strangers who chose the same key each get a booking of their own, and each repeat meets its own', async () => {
    const app = await started(plain);
    const by = (email: string, start: string) => introBody({ start, attendee: { ...introBody().attendee, email } });
    const bodies = [
      by('runa@example.com', '2050-09-05T07:00:00Z'),
      by('other@example.com', '2050-09-05T08:00:00Z'),
      by('runa@example.org', '2050-09-05T09:00:00Z'),
    ];
    const first = await Promise.all(bodies.map((body) => app.post('/v2/bookings', body, keyed('1'))));
    expect(first.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(first.map(({ body }) => at(body, 'data', 'uid'))).size).toBe(3);
    const again = await Promise.all(bodies.map((body) => app.post('/v2/bookings', body, keyed('1'))));
    expect(again.map(({ body }) => body)).toEqual(first.map(({ body }) => body));
    expect(again.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual(['true', 'true', 'true']);
  });

  test('a stranger who asks for something else under the same key is refused, however the address is written', async () => {
    const app = await started(plain);
    await app.post('/v2/bookings', introBody(), keyed('1'));
    const { attendee } = introBody();
    for (const email of [attendee.email, attendee.email.toUpperCase()]) {
      const other = introBody({ start: '2050-09-05T08:00:00Z', attendee: { ...attendee, email } });
      expectError(await app.post('/v2/bookings', other, keyed('1')), 422, 'idempotency_key_reused');
    }
  });

  test('a caller with a key is one caller, whoever the attendee is', async () => {
    const app = await started(plain);
    const headers = { ...keyed('1'), key: 'cal_book' };
    expect((await app.post('/v2/bookings', introBody(), headers)).status).toBe(201);
    const { attendee } = introBody();
    const other = introBody({ start: '2050-09-05T08:00:00Z', attendee: { ...attendee, email: 'other@example.com' } });
    expectError(await app.post('/v2/bookings', other, headers), 422, 'idempotency_key_reused');
    expect((await app.post('/v2/bookings', other, keyed('1'))).status).toBe(201);
  });

  test('a repeat after cancelling answers cancelled, and books nothing', async () => {
    const app = await started(plain);
    const first = await app.post('/v2/bookings', introBody(), keyed('k1'));
    await app.post(`/v2/bookings/${at(first.body, 'data', 'uid')}/cancel`);
    const again = await app.post('/v2/bookings', introBody(), keyed('k1'));
    expect(at(again.body, 'data')).toMatchObject({ uid: at(first.body, 'data', 'uid'), status: 'cancelled' });
  });

  test.each(['', 'with space', 'x'.repeat(256)])('a key that is no key is refused: %j', async (key) => {
    const app = await started(plain);
    expectError(await app.post('/v2/bookings', introBody(), keyed(key)), 400, 'invalid_idempotency_key', [
      'Idempotency-Key',
    ]);
  });

  test('the longest key is taken', async () => {
    const app = await started(plain);
    expect((await app.post('/v2/bookings', introBody(), keyed('x'.repeat(255)))).status).toBe(201);
  });
});
