import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { timesWithoutZone } from '../../support/times-without-zone.ts';
import { pageOf } from './given-pages.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const key = { key: 'cal_host_odd' };
const american = { ...runa, timeZone: 'America/New_York', language: 'en' };
const askBody = introBody({ eventTypeId: 2, attendee: american });
const plainBody = introBody({ attendee: american });
const refusing = { type: 'refuse', kind: 'network' } as const;
const move = { start: '2050-09-06T08:00:00Z', reschedulingReason: 'Ill' };

/** What is done to a booking before its pages are looked at. */
const states: ReadonlyArray<readonly [string, object, object, (app: TestApp, uid: string) => Promise<unknown>]> = [
  ['accepted', plainBody, {}, async () => undefined],
  ['not confirmed', plainBody, { create: [refusing] }, async () => undefined],
  ['waits for the host', askBody, {}, async () => undefined],
  ['declined', askBody, {}, (app, uid) => app.post(`/v2/bookings/${uid}/decline`, { reason: 'Away' }, key)],
  ['cancelled', plainBody, { remove: [refusing] }, (app, uid) => app.post(`/v2/bookings/${uid}/cancel`)],
  ['moved', plainBody, {}, (app, uid) => app.post(`/v2/bookings/${uid}/reschedule`, move)],
  ['not moved', plainBody, { change: [refusing] }, (app, uid) => app.post(`/v2/bookings/${uid}/reschedule`, move)],
  [
    'a move waits for the host',
    askBody,
    {},
    async (app, uid) => {
      await app.post(`/v2/bookings/${uid}/confirm`, undefined, key);
      await app.settled();
      await app.post(`/v2/bookings/${uid}/reschedule`, move);
    },
  ],
];

describe('every instant on a page names its zone', () => {
  test.each(states)('%s', async (_, body, plan, act) => {
    const app = await started({ calendars: [scriptedCalendar({ calendarId: 'work', plan }).calendar] });
    const uid = await booked(app, body);
    await act(app, uid);
    await app.settled();
    const [guest, host] = [pageOf(app, 'manage', uid), pageOf(app, 'host', uid)];
    const pages = [guest, host, ...[guest, host].map((page) => page.replace('?', '/move?'))];
    for (const page of pages) {
      const text = textOf((await app.get(page)).text);
      expect(timesWithoutZone(text), page).toEqual([]);
      const own = page.includes('/host') ? 'Europe/Oslo (UTC+02:00)' : 'America/New York (UTC-04:00)';
      if (!page.includes('/move')) expect(text).toMatch(/\d\d:\d\d:\d\d /);
      if (!page.includes('/move')) expect(text).toContain(own);
    }
  });
});
