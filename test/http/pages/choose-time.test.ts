import { describe, expect, test } from 'vitest';
import { introBody, runa } from '../../support/booking-bodies.ts';
import { intro, odd } from '../../support/hosts.ts';
import { at } from '../../support/http-client.ts';
import { scriptedCalendar } from '../../support/scripted-calendar.ts';
import type { TestApp } from '../../support/test-app.ts';
import { booked, testApps } from '../../support/test-apps.ts';
import { textOf } from './text-of.ts';

const started = testApps();
const DAY = 86_400_000;
const accepting = (eventType: Partial<typeof intro> = {}) => ({
  hosts: [{ ...odd, eventTypes: [{ ...intro, ...eventType }] }],
  calendars: [scriptedCalendar({ calendarId: 'work' }).calendar],
});

/** Follows a link of a page, as a browser does. */
const follow = async (app: TestApp, page: string, link: RegExp): Promise<{ page: string; html: string }> => {
  const { text } = await app.get(page);
  const href = link.exec(text)?.[1]?.replaceAll('&amp;', '&');
  if (href === undefined) throw new Error(`no such link on ${page}: ${textOf(text)}`);
  const url = new URL(href, `${app.url}${page}`);
  const next = `${url.pathname}${url.search}`;
  return { page: next, html: (await app.get(next)).text };
};
const LATER = /<a rel="next" href="([^"]+)"/;
const EARLIER = /<a rel="prev" href="([^"]+)"/;
const startsOn = (html: string) => [...html.matchAll(/name="start" value="([^"]+)"/g)].map(([, start = '']) => start);

describe('the page of free times', () => {
  test('goes forward to the end of the booking window, and back to today', async () => {
    const app = await started(accepting({ bookingWindow: { type: 'rolling', days: 30 } }));
    const uid = await booked(app, introBody());
    const now = app.clock.now();
    let page = `/bookings/${uid}/move?token=t`;
    const seen: string[] = startsOn((await app.get(page)).text);
    expect((await app.get(page)).text).not.toMatch(EARLIER);
    const pages = [page];
    for (;;) {
      const { text } = await app.get(page);
      if (!LATER.test(text)) break;
      const next = await follow(app, page, LATER);
      expect(next.page).toContain('token=t');
      seen.push(...startsOn(next.html));
      page = next.page;
      pages.push(page);
    }
    expect(pages).toHaveLength(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted());
    const slots = await app.get(
      `/v2/slots?eventTypeId=1&start=2050-09-01&end=2050-10-02&bookingUidToReschedule=${uid}`,
    );
    const offered = Object.values(at(slots.body, 'data') as Record<string, { start: string }[]>)
      .flat()
      .map(({ start }) => start.replace('.000Z', 'Z'))
      .filter((start) => start !== '2050-09-05T07:00:00Z');
    expect(seen.filter((start) => !offered.includes(start))).toEqual([]);
    expect(offered.filter((start) => !seen.includes(start))).toEqual([]);
    expect(Date.parse(seen.at(-1) ?? '')).toBeGreaterThan(now + 28 * DAY);
    const back = await follow(app, page, EARLIER);
    expect(back.page).toContain('from=2050-09-15');
  });

  test('says where the next free time is where a period has none, and that there is none', async () => {
    const closed = { ...odd, eventTypes: [intro], dateOverrides: [] };
    const hours = Array.from({ length: 25 }, (_, day) => ({
      date: Temporal.PlainDate.from('2050-09-01').add({ days: day }).toString(),
      hours: [],
    }));
    const app = await started({ ...accepting(), hosts: [{ ...closed, dateOverrides: hours }] });
    const uid = await booked(app, introBody({ start: '2050-09-27T07:00:00Z' }));
    const page = `/bookings/${uid}/move?zone=Europe/Oslo`;
    const { text } = await app.get(page);
    expect(textOf(text)).toContain(
      'No time is free in this period. The next one is on Monday, 26 September 2050, 09:00 Europe/Oslo (UTC+02:00)',
    );
    expect(text).not.toContain('Move the booking</button>');
    const next = await follow(app, page, /The next one is on <a href="([^"]+)"/);
    expect(startsOn(next.html)[0]).toBe('2050-09-26T07:00:00Z');
    const never = await started({ ...accepting({ bookingWindow: { type: 'rolling', days: 10 } }) });
    const alone = await booked(never, introBody());
    const last = await never.get(`/bookings/${alone}/move?from=2050-09-11&zone=Europe/Oslo`);
    expect(textOf(last.text)).toContain('No time is free in this period, nor later until Sunday, 11 September 2050.');
  });

  test('names the zone with each time, and shows another one that is asked for', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody({ attendee: { ...runa, timeZone: 'Europe/London' } }));
    const own = await app.get(`/bookings/${uid}/move?token=a%22b&from=2050-09-02`);
    expect(textOf(own.text)).toContain('All times are in Europe/London.');
    expect(own.text).toContain('<option value="Europe/London" selected>');
    expect(own.text).toContain('<input type="hidden" name="token" value="a&quot;b">');
    expect(textOf(own.text)).toMatch(
      /Friday, 2 September 2050 \d+ free times Friday, 2 September 2050, 08:00 \(UTC\+01:00\)/,
    );
    const other = await app.get(`/bookings/${uid}/move?zone=America/New_York&from=2050-09-02`);
    expect(textOf(other.text)).toContain('All times are in America/New York.');
    expect(textOf(other.text)).toContain('Friday, 2 September 2050, 03:00 (UTC-04:00)');
    expect(startsOn(other.text)).toEqual(startsOn(own.text));
  });

  test.each([
    'from=2050-02-31',
    'from=x',
    'from=1999-01-01',
    'from=9999-12-31',
    'zone=Mars/Olympus',
    'zone=<script>',
    'from[]=2050-09-09',
    'zone=UTC&zone=Asia/Tokyo',
    `zone=${'x'.repeat(5_000)}`,
  ])('an address that somebody made up shows a page all the same: %s', async (query) => {
    const app = await started(accepting());
    const uid = await booked(app, introBody());
    const { status, text } = await app.get(`/bookings/${uid}/move?${query}`);
    expect(status).toBe(200);
    expect(textOf(text)).toContain('All times are in Asia/Tokyo.');
    expect(text).not.toContain('<script>');
    expect(app.logged.filter(({ type }) => type === 'fault')).toEqual([]);
  });

  test('across a change of the clocks each time has the offset of its own day', async () => {
    const app = await started(accepting({ bookingWindow: { type: 'unlimited' } }));
    const uid = await booked(app, introBody());
    const { text } = await app.get(`/bookings/${uid}/move?zone=Europe/Oslo&from=2050-10-25`);
    expect(textOf(text)).toContain('Friday, 28 October 2050, 09:00 (UTC+02:00)');
    expect(textOf(text)).toContain('Monday, 31 October 2050, 09:00 (UTC+01:00)');
  });

  test('a form without a time says so, and leads back to the times', async () => {
    const app = await started(accepting());
    const uid = await booked(app, introBody());
    const sent = await app.post(`/bookings/${uid}/move`);
    expect(sent.status).toBe(400);
    expect(textOf(sent.text)).toContain('The booking was not moved No time was chosen. Choose another time');
    expect(sent.text).toContain(`<a href="../${uid}/move">Choose another time</a>`);
  });
});
