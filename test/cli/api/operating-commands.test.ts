import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import { resendDelivery } from '../../../src/cli/api/operating-commands.ts';
import { changeBooking, showBooking } from '../../../src/cli/api/show-bookings.ts';
import { makeServerKey, listServerKeys, revokeServerKey } from '../../../src/cli/api/server-keys.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { odd } from '../../support/hosts.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';

const started = testApps();

/** A command against the app, with the key of an operator or of the host. */
const run = async (
  app: TestApp,
  apiKey: string,
  command: (
    context: Parameters<typeof showBooking>[0],
    options: { readonly url: string; readonly apiKey: string },
  ) => Promise<number>,
) => {
  const terminal = recordingTerminal();
  const code = await command({ terminal, env: {}, end: () => undefined }, { url: app.url, apiKey });
  return { code, ...terminal.written, text: terminal.written.out.join('\n') };
};

describe('holdfast resend', () => {
  const attempt = {
    deliveryId: 'd1',
    subscriptionId: 'crm',
    trigger: 'BOOKING_CREATED',
    bookingUid: 'b1',
    attempt: 2,
    at: '2050-09-01T08:00:00Z',
    outcome: { type: 'delivered', status: 204 },
    durationMs: 12,
    nextTryAt: null,
    sequence: 7,
  } as const;

  it('sends a delivered webhook once more, and says what came of it', async () => {
    const asked: string[] = [];
    const resendWebhook = (id: string) => {
      asked.push(id);
      return TE.right(attempt);
    };
    const app = await started({ deps: { resendWebhook } });
    const sent = await run(app, 'cal_operate', (context, options) => resendDelivery(context, 'd1', options));
    expect([sent.code, asked]).toEqual([0, ['d1']]);
    expect(sent.text).toBe('BOOKING_CREATED to crm: delivered 204');
  });

  it('says of a delivery that is not there that it is not, with exit code 1', async () => {
    const app = await started();
    const sent = await run(app, 'cal_operate', (context, options) => resendDelivery(context, 'none', options));
    expect(sent.code).toBe(1);
    expect(sent.err.join()).toContain('[delivery_not_found]');
  });
});

describe('holdfast booking show', () => {
  const eventTypes = odd.eventTypes.map((one) => ({ ...one, requiresConfirmation: true }));

  it('of a booking whose new time waits for the host: both times, their zone, and what waits', async () => {
    const app = await started({ hosts: [{ ...odd, calendarIds: [], eventTypes }] });
    const uid = await booked(app, introBody());
    const host = { key: 'cal_host_odd' };
    expect((await app.post(`/v2/bookings/${uid}/confirm`, {}, host)).status).toBe(200);
    expect((await app.post(`/v2/bookings/${uid}/reschedule`, { start: '2050-09-05T09:00:00Z' })).status).toBe(201);
    const shown = await run(app, 'cal_host_odd', (context, options) => showBooking(context, uid, options));
    expect(shown.text).toMatch(/^start\s+2050-09-05 07:00/m);
    expect(shown.text).toMatch(
      /^new time\s+2050-09-05 09:00.* to 2050-09-05 09:30.*, asked for by the guest; waits for the host, until 2050-09-0/m,
    );
    await app.post(`/v2/bookings/${uid}/confirm`, {}, host);
    const moved = await run(app, 'cal_host_odd', (context, options) => showBooking(context, uid, options));
    expect(moved.text).toMatch(/^start\s+2050-09-05 09:00/m);
    expect(moved.text).toMatch(/^moved from\s+2050-09-05 07:00.* to 2050-09-05 07:30/m);
    expect(moved.text).not.toContain('new time');
    for (const line of moved.text.split('\n').filter((one) => one.includes('2050-'))) expect(line).toMatch(/UTC|Z\b/);
  });

  it('of a booking with more guests: who comes along, and which calendar does not say so yet', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    await app.settled();
    work.plan('change', { type: 'refuse', kind: 'network' });
    await app.post(`/v2/bookings/${uid}/guests`, { guests: [{ email: 'ola@example.com' }] }, { key: 'cal_host_odd' });
    await app.settled();
    const shown = await run(app, 'cal_host_odd', (context, options) => showBooking(context, uid, options));
    expect(shown.text).toMatch(/^along\s+ola@example\.com$/m);
    expect(shown.text).toMatch(
      /^calendar\s+work held, last seen 2050-09-01 00:00:00 UTC, not yet with the guests and the place of now: scripted: network/m,
    );
  });
});

describe('holdfast booking show and retry, of a calendar', () => {
  it('never say that it holds the event without saying when it was last seen there', async () => {
    const sightedAt = () => '2050-09-01T03:00:00Z';
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work' }).calendar], deps: { sightedAt } });
    const uid = await booked(app, introBody());
    const shown = await run(app, 'cal_host_odd', (context, options) => showBooking(context, uid, options));
    expect(shown.text).toMatch(/^calendar\s+work held, last seen 2050-09-01 03:00:00 UTC$/m);
    const retried = await run(app, 'cal_host_odd', (context, options) => changeBooking(context, 'retry', uid, options));
    expect(retried.text).toMatch(/^calendar\s+work held, last seen 2050-09-01 03:00:00 UTC$/m);
    await app.found(uid, 'work', { type: 'missing' });
    const missing = await run(app, 'cal_host_odd', (context, options) => showBooking(context, uid, options));
    expect(missing.text).toMatch(
      /^calendar\s+work missing since 2050-09-01 00:00:00 UTC, last seen 2050-09-01 00:00:00 UTC$/m,
    );
    expect(missing.text).toMatch(/^status\s+pending$/m);
  });
});

describe('holdfast key, beside a running server', () => {
  it('makes a key that is printed alone, lists it without it, and revokes it', async () => {
    const app = await started();
    const wanted = { name: 'desk', roles: ['operate'], hostId: null } as const;
    const made = await run(app, 'cal_operate', (context, options) => makeServerKey(context, options, wanted));
    expect(made.text).toMatch(/^cal_[0-9a-f]{64}$/);
    const [id = ''] = /^key_[0-9a-f]+/.exec(made.err.join()) ?? [];
    const listed = await run(app, 'cal_operate', (context, options) => listServerKeys(context, options));
    expect(listed.text).toContain(id);
    expect(listed.text).not.toContain(made.text);
    const revoked = await run(app, 'cal_operate', (context, options) => revokeServerKey(context, options, id));
    expect(revoked.text).toBe(`${id} is revoked: it opens nothing from now on`);
    const refused = await run(app, 'cal_read', (context, options) => listServerKeys(context, options));
    expect([refused.code, refused.err.join()]).toEqual([1, expect.stringContaining('[forbidden]')]);
  });
});
