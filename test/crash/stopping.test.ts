import { afterEach, expect, it, vi } from 'vitest';
import { at } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import type { KillableServer } from '../support/killable-server.ts';
import { audited, bookingsIn, checkLog } from '../support/log-checks.ts';
import { wrongInCalendars } from '../support/log-checks-outside.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import type { World } from './world.ts';
import { makeWorld } from './world.ts';
import { eventTypeIds, SUBSCRIPTION } from './world-configuration.ts';

vi.setConfig({ testTimeout: 60_000 });
const quiet = { timeout: 30_000, interval: 50 };
/** Issue 2: a stop ends within ten seconds. */
const STOPS_WITHIN_MS = 10_000;
/** Calls may take longer than a stop may. */
const slowCalls = { calendarTimeLimitInSeconds: 60, mailTimeLimitInSeconds: 60, webhookTimeLimitInSeconds: 60 };

const body = {
  start: '2050-09-05T07:00:00Z',
  eventTypeId: eventTypeIds(0).plain,
  attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Asia/Tokyo' },
};
const book = (server: KillableServer, prefer: string) =>
  server.client.post('/v2/bookings', body, { headers: { prefer } });

const stopsInTime = async (server: KillableServer): Promise<void> => {
  const begun = performance.now();
  const ended = await server.terminate();
  expect([ended.code, ended.signal]).toEqual([0, null]);
  expect(performance.now() - begun).toBeLessThan(STOPS_WITHIN_MS);
};

describeWith('radicale', 'SIGTERM while the world does not answer', () => {
  let world: World | undefined;
  afterEach(() => world?.close());

  it('a calendar write that stalls: ends in time, the booking is resolved after the restart', async () => {
    world = await makeWorld({ timings: slowCalls });
    const { calendars, start, log, held } = world;
    const put = calendars.hold('PUT', 'after');
    const server = await start();
    const waiting = book(server, 'wait=30').catch(() => null);
    await put.reached;
    await stopsInTime(server);
    await waiting;
    expect(bookingsIn(log()).map(({ status }) => status)).toEqual(['pending']);

    const again = await start();
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    const [booking] = bookingsIn(log());
    const shown = await again.client.get(`/v2/bookings/${booking?.uid}`);
    expect(at(shown.body, 'data', 'status')).toBe('accepted');
    expect(wrongInCalendars(log(), await held())).toEqual([]);
    expect([...checkLog(log()), ...audited(log())]).toEqual([]);
  });

  it('a reading of busy times that stalls: ends in time, nothing was promised', async () => {
    world = await makeWorld({ timings: slowCalls });
    const { calendars, start, log } = world;
    const server = await start();
    // The start looks for a free slot to print; the request comes after it.
    await expect.poll(() => server.printed(), quiet).toContain('/events');
    const question = calendars.hold('PROPFIND', 'before');
    const waiting = book(server, 'wait=30').catch(() => null);
    await question.reached;
    await stopsInTime(server);
    expect((await waiting)?.status ?? 503).toBe(503);
    expect(bookingsIn(log())).toEqual([]);
  });

  it('a mail server and a subscriber that stall: ends in time, both are told after the restart', async () => {
    const stall = { at: 'connect', stall: true } as const;
    world = await makeWorld({ timings: slowCalls, smtpFaults: [stall, stall], webhookAnswers: ['stall'] });
    const { start, log, smtp, webhooks } = world;
    const server = await start();
    expect((await book(server, 'wait=20')).status).toBe(201);
    await expect.poll(smtp.connections, quiet).toBe(2);
    await webhooks.waitFor(1);
    await stopsInTime(server);
    expect(smtp.received).toEqual([]);
    await start();
    await expect.poll(() => unfinished(log(), SUBSCRIPTION), quiet).toEqual([]);
    expect(smtp.received).toHaveLength(2);
  });
});
