import { describe, expect, test } from 'vitest';
import type { TokenPurpose } from '../../../src/application/ports/keys-and-tokens.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { bookingAnswer } from '../contract/schemas.ts';
import { expectReply } from '../contract/schema.ts';
import { submit } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const hosts = [{ ...odd, calendarIds: [] }];
const KARI = 'kari@example.net';
const body = introBody({ guests: [KARI] });

const pageFor = (
  app: TestApp,
  uid: string,
  purpose: TokenPurpose = 'verify',
  party: 'attendee' | 'host' = 'attendee',
) =>
  `/bookings/${uid}/guests?token=${app.bookingTokens.issue({ bookingUid: uid, party, purpose, bookingEndMs: app.clock.now() })}`;
const verifications = async (app: TestApp, uid: string) =>
  (await app.get(`/v2/bookings/${uid}/events`)).text.match(/"MailboxVerified"/g)?.length ?? 0;
const waiting = async (app: TestApp, uid: string) =>
  at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'guestsWait');

describe('the page on which the attendee has the guests told', () => {
  test('given it is opened, as programs do that look at mails, then nothing changes; pressed, it does, once', async () => {
    const app = await started({ hosts });
    const uid = await booked(app, body);
    const page = pageFor(app, uid);
    for (const method of ['GET', 'HEAD'])
      expect((await fetch(`${app.url}${page}`, { method })).status, method).toBe(200);
    expect(textOf((await app.get(page)).text)).toContain(KARI);
    expect([await verifications(app, uid), await waiting(app, uid)]).toEqual([0, true]);
    const pressed = await submit(app, page, '/guests');
    expect([pressed.status, new URL(pressed.headers.get('location') ?? '', pressed.url).pathname]).toEqual([
      303,
      `/bookings/${uid}/guests`,
    ]);
    expect((await fetch(`${app.url}${page}`, { method: 'POST', redirect: 'manual' })).status).toBe(303);
    expect([await verifications(app, uid), await waiting(app, uid)]).toEqual([1, null]);
    expect(textOf((await app.get(page)).text)).toContain('Your guests are told');
  });

  test('given anything but the token of the mail, then it is closed, in every mode and with every key', async () => {
    const app = await started({ hosts });
    const uid = await booked(app, body);
    const other = await booked(app, introBody({ start: '2050-09-05T08:00:00Z', guests: [KARI] }));
    const answer = await app.post('/v2/bookings', introBody({ start: '2050-09-05T09:00:00Z', guests: [KARI] }));
    const inAnswer = `/bookings/${at(answer.body, 'data', 'uid')}/guests?token=${at(answer.body, 'data', 'guestToken')}`;
    const closed = [
      `/bookings/${uid}/guests`,
      `/bookings/${uid}/guests?token=x`,
      pageFor(app, uid, 'manage'),
      pageFor(app, uid, 'see'),
      pageFor(app, uid, 'verify', 'host'),
      pageFor(app, other).replace(other, uid),
      inAnswer,
    ];
    for (const path of closed)
      for (const method of ['GET', 'POST']) {
        const headers = { authorization: 'Bearer cal_host' };
        expect((await fetch(`${app.url}${path}`, { method, headers, redirect: 'manual' })).status, path).toBe(403);
      }
    expect(await verifications(app, uid)).toBe(0);
    expect((await app.get(pageFor(app, 'none'))).status).toBe(404);
  });

  test('given a form of another site, or a booking that has ended, then nobody is told', async () => {
    const app = await started({ hosts });
    const uid = await booked(app, body);
    const page = pageFor(app, uid);
    expect((await submit(app, page, '/guests', '', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    await app.post(`/v2/bookings/${uid}/cancel`, {});
    expect(textOf((await app.get(page)).text)).toContain('Nobody is told');
    const late = await fetch(`${app.url}${page}`, { method: 'POST', redirect: 'manual' });
    expect([late.status, textOf(await late.text())]).toEqual([409, expect.stringContaining('It had ended before')]);
    expect(await verifications(app, uid)).toBe(0);
  });

  test('given no guests, then there is nobody to tell', async () => {
    const app = await started({ hosts });
    expect(textOf((await app.get(pageFor(app, await booked(app, introBody())))).text)).toContain('nobody to tell');
  });
});

describe('whose guests wait', () => {
  const asked = async (app: TestApp, key?: string) => {
    const answer = await app.post('/v2/bookings', body, key === undefined ? {} : { key });
    expectReply(answer, 201, bookingAnswer);
    return at(answer.body, 'data', 'guestsWait');
  };

  test.each([
    ['nobody’s key', undefined, true],
    ['a key that may only read', 'cal_read', true],
    ['a key of another host', 'cal_host_else', true],
    ['a key that may book', 'cal_book', null],
    ['the host’s key', 'cal_host_odd', null],
  ])('%s', async (_, key, waits) => {
    expect(await asked(await started({ hosts }), key)).toBe(waits);
  });

  test('where the operator chose so, nobody’s', async () => {
    expect(await asked(await started({ hosts, deps: { guestInvitations: 'at-once' } }))).toBeNull();
  });
});
