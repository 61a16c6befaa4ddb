import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, test } from 'vitest';
import type { MailLimits } from '../../../src/http/access/mail-limits.ts';
import { recipientKey } from '../../../src/http/access/mail-limits.ts';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { expectError } from '../contract/expect-error.ts';

const started = testApps();
const hosts = [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, guestsAllowed: true }, ask] }];
const wide: MailLimits = { perRecipient: 1_000, perCaller: 1_000, pendingPerAttendee: 1_000 };
const limitedTo = (limits: Partial<MailLimits>) => ({
  hosts,
  deps: {
    limits: { bodyBytes: 65_536, requestsPerMinute: null, mailsOfStrangers: { ...wide, ...limits } },
    trustedProxies: ['loopback'],
  },
});
/** The nth half hour of Monday. */
const slot = (n: number) =>
  `2050-09-05T${String(7 + Math.floor(n / 2)).padStart(2, '0')}:${n % 2 === 0 ? '00' : '30'}:00Z`;
const body = (n: number, email: string, guests: ReadonlyArray<string> = []) =>
  introBody({ start: slot(n), attendee: { ...runa, email }, guests });

describe('what strangers may make us write to people', () => {
  test('given a mailbox that is named too often, then 429, and nothing is in the log', async () => {
    const app = await started(limitedTo({ perRecipient: 2 }));
    await booked(app, body(0, 'a@example.com', ['victim@example.com']));
    await booked(app, body(1, 'victim@example.com'));
    const before = await app.store.head()();
    for (const refused of [
      body(2, 'b@example.com', ['c@example.com', 'victim@example.com']),
      body(2, 'b@example.com', ['VICTIM@Example.com']),
      body(2, 'b@example.com', ['victim+news@example.com']),
      body(2, 'victim+2@example.com'),
    ]) {
      const reply = await app.post('/v2/bookings', refused);
      expectError(reply, 429, 'mail_limit_reached');
      expect(Number(reply.headers.get('retry-after'))).toBe(3600);
    }
    expect(await app.store.head()()).toEqual(before);
    await booked(app, body(2, 'b@example.com', ['c@example.com']));
    app.clock.advance(3_600_000);
    await booked(app, body(3, 'victim@example.com'));
  });

  test('given one address of a caller, then attendees and guests all count, and other addresses count apart', async () => {
    const app = await started(limitedTo({ perCaller: 4 }));
    const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
    const guests = ['g1@example.com', 'g2@example.com'];
    expect((await app.post('/v2/bookings', body(0, 'a@example.com', guests), from('2001:db8::1'))).status).toBe(201);
    expectError(
      await app.post('/v2/bookings', body(1, 'b@example.com', guests), from('2001:db8::2')),
      429,
      'mail_limit_reached',
    );
    expect((await app.post('/v2/bookings', body(1, 'b@example.com'), from('2001:db8::3'))).status).toBe(201);
    expect((await app.post('/v2/bookings', body(2, 'b@example.com', guests), from('2001:db8:0:1::1'))).status).toBe(
      201,
    );
  });

  test('given moves by the guest’s token, then each counts; by a key of the host none does', async () => {
    const app = await started(limitedTo({ perRecipient: 3 }));
    const made = await app.post('/v2/bookings', body(0, 'a@example.com', ['victim@example.com']));
    const { uid, guestToken } = at(made.body, 'data') as { readonly uid: string; readonly guestToken: string };
    const move = (n: number, options = {}) =>
      app.post(`/v2/bookings/${uid}/reschedule?token=${guestToken}`, { start: slot(n) }, options);
    expect((await move(1)).status).toBe(201);
    const key = { headers: { 'idempotency-key': 'same' } };
    // A move that is refused writes to nobody, and does not count.
    expect((await move(1)).status).toBe(409);
    expect((await move(2)).status).toBe(201);
    const before = await app.store.head()();
    const refused = await move(3);
    expectError(refused, 429, 'mail_limit_reached');
    expect(JSON.stringify(refused.body)).toContain('"start"');
    expect(await app.store.head()()).toEqual(before);
    const byHost = await app.post(`/v2/bookings/${uid}/reschedule`, { start: slot(4) }, { key: 'cal_host_odd' });
    expect(byHost.status, byHost.text).toBe(201);
    app.clock.advance(3_600_000);
    expect((await move(5, key)).status).toBe(201);
    for (const _ of [1, 2]) expect((await move(5, key)).headers.get('idempotency-replayed')).toBe('true');
  });

  test('given the form of the page, then it counts as the API does', async () => {
    const app = await started(limitedTo({ perRecipient: 1 }));
    const made = await app.post('/v2/bookings', body(0, 'a@example.com'));
    const { uid, guestToken } = at(made.body, 'data') as { readonly uid: string; readonly guestToken: string };
    const sent = await fetch(`${app.url}/bookings/${uid}/move?token=${guestToken}`, {
      method: 'POST',
      body: `start=${encodeURIComponent(slot(1))}&sequence=0`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([sent.status, await sent.text()]).toEqual([429, expect.stringContaining('Too many bookings and moves')]);
  });

  test('given cancelling and booking again, then each booking counts', async () => {
    const app = await started(limitedTo({ perRecipient: 2 }));
    for (const n of [0, 1]) {
      const uid = await booked(app, body(n, 'a@example.com', ['victim@example.com']));
      expect((await app.post(`/v2/bookings/${uid}/cancel`, {})).status).toBe(200);
    }
    expectError(
      await app.post('/v2/bookings', body(2, 'a@example.com', ['victim@example.com'])),
      429,
      'mail_limit_reached',
    );
  });

  test('given guests who are added, then they count', async () => {
    const app = await started(limitedTo({ perRecipient: 1 }));
    const made = await app.post('/v2/bookings', body(0, 'a@example.com', ['victim@example.com']));
    const { uid, guestToken } = at(made.body, 'data') as { readonly uid: string; readonly guestToken: string };
    const other = await app.post('/v2/bookings', body(1, 'b@example.com'));
    const added = await app.post(
      `/v2/bookings/${at(other.body, 'data', 'uid')}/guests?token=${at(other.body, 'data', 'guestToken')}`,
      { guests: [{ email: 'victim@example.com' }] },
    );
    expectError(added, 429, 'mail_limit_reached');
    expect(
      (await app.post(`/v2/bookings/${uid}/guests?token=${guestToken}`, { guests: [{ email: 'c@example.com' }] }))
        .status,
    ).toBe(200);
  });

  test('given as many pending bookings of an attendee as may be, then 429 until one is decided', async () => {
    const app = await started(limitedTo({ pendingPerAttendee: 1 }));
    const asking = (n: number, email = 'a@example.com') => ({ ...body(n, email), eventTypeId: 2 });
    const uid = await booked(app, asking(0));
    expectError(await app.post('/v2/bookings', asking(1, 'A@example.com')), 429, 'mail_limit_reached');
    await booked(app, asking(1, 'b@example.com'));
    expect((await app.post(`/v2/bookings/${uid}/cancel`, {})).status).toBe(200);
    await booked(app, asking(2));
  });

  test('given a request of which nothing came, or a repeat, then it does not count', async () => {
    const app = await started(limitedTo({ perRecipient: 2 }));
    const key = { 'idempotency-key': 'once' };
    const uid = await booked(app, body(0, 'a@example.com'), key);
    for (let time = 0; time < 3; time += 1)
      expectError(await app.post('/v2/bookings', body(0, 'a@example.com')), 409, 'slot_unavailable');
    expect(await booked(app, body(0, 'a@example.com'), key)).toBe(uid);
    await booked(app, body(1, 'a@example.com'));
    // The limit is reached, and the repeat is answered all the same (I5).
    expect(await booked(app, body(0, 'a@example.com'), key)).toBe(uid);
    expectError(await app.post('/v2/bookings', body(2, 'a@example.com')), 429, 'mail_limit_reached');
  });

  test('given a key that books for the host, then it vouches; one that only reads does not', async () => {
    const app = await started(limitedTo({ perRecipient: 1 }));
    await booked(app, body(0, 'a@example.com'));
    const withKey = (n: number, key: string) => app.post('/v2/bookings', body(n, 'a@example.com'), { key });
    expect((await withKey(1, 'cal_host')).status).toBe(201);
    expectError(await withKey(2, 'cal_read'), 429, 'mail_limit_reached');
  });

  test('given requests at once, then no more than the limit get in', async () => {
    const app = await started(limitedTo({ perRecipient: 3 }));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, n) => app.post('/v2/bookings', body(n, 'a@example.com'))),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
  });

  test('given a read model that cannot be read, then bookings are taken and the hour is counted', async () => {
    const { deps, ...options } = limitedTo({ perRecipient: 1, pendingPerAttendee: 1 });
    const bookingList = {
      list: () => TE.left({ type: 'Unavailable' as const, reason: 'away' }),
      waitFor: async () => false,
    };
    const app = await started({ ...options, deps: { ...deps, bookingList } });
    await booked(app, body(0, 'a@example.com'));
    expectError(await app.post('/v2/bookings', body(1, 'a@example.com')), 429, 'mail_limit_reached');
  });

  test.each([
    ['a.b+c@gmail.com', 'ab@googlemail.com'],
    ['A+x+y@example.com', 'a@EXAMPLE.com'],
    ['a@bücher.example', 'a@xn--bcher-kva.example'],
  ])('%s and %s are one mailbox', (one, other) => expect(recipientKey(one)).toBe(recipientKey(other)));
});
