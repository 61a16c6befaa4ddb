import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { introBody } from '../../support/booking-bodies.ts';
import type { Chromium, Tab } from '../../support/browser/chromium.ts';
import { startChromium } from '../../support/browser/chromium.ts';
import { findChromium } from '../../support/browser/find-chromium.ts';
import { odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import { pageOf } from './given-pages.ts';
import { booked, testApps } from '../../support/test-apps.ts';

const path = findChromium();
const reason = 'no Chromium is installed';
if (path === null && process.env.CI === 'true') throw new Error(reason);
if (path === null) console.warn(`skipped: pages in Chromium: ${reason}`);
const BROWSER_START_MS = 30_000;
const WAIT = { timeout: 10_000, interval: 50 };

const started = testApps();
const plain = { hosts: [{ ...odd, calendarIds: [] }] };
const heading = 'document.querySelector("h1")?.textContent';
const focused = 'document.activeElement.id || document.activeElement.localName';

const shows = (tab: Tab, expression: string, value: string) =>
  vi.waitFor(async () => expect(await tab.evaluate(expression)).toBe(value), WAIT);

describe.skipIf(path === null)(path === null ? `pages in Chromium: skipped, ${reason}` : 'pages in Chromium', () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium(path ?? '');
  }, BROWSER_START_MS);
  afterAll(() => chromium.stop());

  test('what is being decided is shown by itself once it is decided; a half-written reason stays', async () => {
    const work = scriptedCalendar({ calendarId: 'work', plan: { create: [{ type: 'stall' }] } });
    const app = await started({ calendars: [work.calendar] });
    const asked = await app.post('/v2/bookings', introBody(), { headers: { Prefer: 'respond-async' } });
    const tab = await chromium.tab();
    await tab.open(`${app.url}/bookings/${at(asked.body, 'data', 'uid')}`);
    await shows(tab, heading, 'Held for you');
    await tab.evaluate('document.querySelector("details").open = true; document.querySelector("textarea").focus()');
    await tab.evaluate('document.querySelector("textarea").value = "I may be i"');
    work.release();
    await shows(tab, heading, 'Your booking is confirmed');
    expect(await tab.evaluate('document.title')).toBe('Confirmed: Intro with Odd');
    expect(await tab.evaluate('document.querySelector("textarea").value')).toBe('I may be i');
    expect(await tab.evaluate(focused)).toBe('cancel-reason');
    expect(await tab.evaluate('document.querySelector("ol").textContent')).toContain('is accepted');
    expect(await tab.evaluate('document.getElementById("status").dataset.lookAgain ?? "done"')).toBe('done');
    expect(tab.complaints).toEqual([]);
  });

  test('by the keyboard alone and without scripts: open the form, cancel, and land on what happened', async () => {
    const app = await started(plain);
    const uid = await booked(app, introBody());
    const tab = await chromium.tab({ scripts: false });
    await tab.open(`${app.url}/bookings/${uid}`);
    await shows(tab, heading, 'Your booking is confirmed');
    // Past the links to calendars, to another time, and to book once more.
    for (let links = 0; links < 6; links += 1) {
      await tab.press('Tab');
      expect(await tab.evaluate(focused)).toBe('a');
    }
    await tab.press('Tab');
    expect(await tab.evaluate(focused)).toBe('summary');
    await tab.press('Enter');
    await tab.press('Tab');
    expect(await tab.evaluate(focused)).toBe('cancel-reason');
    await tab.press('Tab');
    expect(await tab.evaluate(focused)).toBe('button');
    await tab.press('Enter');
    await shows(tab, heading, 'Intro with Odd is off');
    await shows(tab, focused, 'status');
    expect(tab.complaints).toEqual([]);
  });

  test('what the host deleted in the calendar is undone by one press, and the page shows that it stands', async () => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const app = await started({ calendars: [work.calendar] });
    const uid = await booked(app, introBody());
    await app.settled();
    for (const { icsUid } of work.events()) work.removeByHand(icsUid);
    await app.found(uid, 'work', { type: 'missing' });
    const tab = await chromium.tab({ scripts: false });
    await tab.open(`${app.url}${pageOf(app, 'host', uid)}`);
    await shows(tab, heading, 'The booking of Runa was changed in your calendar');
    await tab.evaluate('document.querySelector("#restore button").focus()');
    await tab.press('Enter');
    await vi.waitFor(() => expect(work.events()).toHaveLength(1), WAIT);
    await app.settled();
    await tab.open(`${app.url}${pageOf(app, 'host', uid)}`);
    await shows(tab, heading, 'Runa meets you');
    expect(await tab.evaluate('document.querySelector("#restore") === null')).toBe(true);
    expect(tab.complaints).toEqual([]);
  });

  test('nothing is wider than a narrow screen; style and colours apply', async () => {
    const app = await started(plain);
    const uid = await booked(
      app,
      introBody({ attendee: { name: 'x'.repeat(100), email: 'x@example.com', timeZone: 'UTC' } }),
    );
    const tab = await chromium.tab();
    await tab.resize(320);
    await tab.open(`${app.url}/bookings/${uid}`);
    await shows(tab, heading, 'Your booking is confirmed');
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await tab.evaluate('getComputedStyle(document.querySelector(".label")).color')).toBe('rgb(23, 114, 63)');
  });
});
