import { describe, expect, test, vi } from 'vitest';
import { waitingOf } from '../../../src/http/bookings/request-preferences.ts';
import type { HttpDeps } from '../../../src/http/http-deps.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { testApps } from '../../support/test-apps.ts';

const started = testApps();
const stalling = () => scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'stall' }] } });
const prefer = (value: string) => ({ headers: { Prefer: value } });

describe('Prefer', () => {
  test.each([
    [undefined, 5_000, null],
    ['wait=10', 10_000, 'wait=10'],
    ['wait=0', 0, 'wait=0'],
    ['wait=999', 30_000, 'wait=30'],
    ['respond-async', 0, 'respond-async'],
    ['respond-async, wait=3', 3_000, 'wait=3'],
    ['Wait="7"; x=1', 7_000, 'wait=7'],
    ['wait=soon', 5_000, null],
    ['return=minimal', 5_000, null],
  ])('%j', (header, waitMs, applied) => {
    expect(waitingOf(header, 5_000)).toEqual({ waitMs, applied });
  });
});

describe('POST /v2/bookings waits for the decision', () => {
  test('respond-async answers at once with the status as it is', async () => {
    const work = stalling();
    const app = await started({ calendars: [work.calendar] });
    const reply = await app.post('/v2/bookings', introBody(), prefer('respond-async'));
    expect(reply.status).toBe(201);
    expect(reply.headers.get('preference-applied')).toBe('respond-async');
    expect(at(reply.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'deciding' });
    work.release();
  });

  test('a calendar that does not answer in time: pending after the wait, accepted later', async () => {
    const work = stalling();
    const app = await started({ calendars: [work.calendar] });
    const asked = app.post('/v2/bookings', introBody(), prefer('wait=2'));
    const begun = app.clock.now();
    const answered = asked.then(() => app.clock.now() - begun);
    const hurry = setInterval(() => app.clock.advance(250), 5);
    const reply = await asked;
    clearInterval(hurry);
    expect(await answered).toBeGreaterThanOrEqual(2_000);
    expect(at(reply.body, 'data')).toMatchObject({ status: 'pending', pendingReason: 'deciding' });
    work.release();
    const uid = at(reply.body, 'data', 'uid');
    await expect.poll(async () => at((await app.get(`/v2/bookings/${uid}`)).body, 'data', 'status')).toBe('accepted');
  });

  test('a client that hangs up aborts the wait itself', async () => {
    const waiting: AbortSignal[] = [];
    const decided: HttpDeps['decided'] = (_uid, now, _waitMs, signal) => {
      waiting.push(signal);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(now)));
    };
    const app = await started({ hosts: [{ ...odd, calendarIds: [] }], deps: { decided } });
    const hangUp = new AbortController();
    const asked = app.post('/v2/bookings', introBody(), { signal: hangUp.signal });
    await vi.waitFor(() => expect(waiting).toHaveLength(1), { timeout: 20_000 });
    expect(waiting[0]?.aborted).toBe(false);
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(waiting[0]?.aborted).toBe(true), { timeout: 20_000 });
  });

  test('a client that hangs up ends the waiting, never the booking', async () => {
    const work = stalling();
    const app = await started({ calendars: [work.calendar] });
    const hangUp = new AbortController();
    const asked = app.post('/v2/bookings', introBody(), { ...prefer('wait=30'), signal: hangUp.signal });
    await vi.waitFor(() => expect(work.calls.some(({ operation }) => operation === 'create')).toBe(true), {
      timeout: 20_000,
    });
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(app.logged).toContainEqual(expect.objectContaining({ status: 499 })), {
      timeout: 20_000,
    });
    work.release();
    await vi.waitFor(() => expect(work.events()).toHaveLength(1), { timeout: 20_000 });
    await app.settled();
    const all = await app.get('/v2/bookings', { key: 'cal_read' });
    expect(at(all.body, 'data', 0, 'status')).toBe('accepted');
  });
});
