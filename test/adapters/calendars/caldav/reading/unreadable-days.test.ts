import { describe, expect, test } from 'vitest';
import {
  findUnreadableDays,
  makeKnownDays,
} from '../../../../../src/adapters/calendars/caldav/reading/unreadable-days.ts';

const day = (date: string): number => Temporal.Instant.from(`${date}T00:00:00Z`).epochMilliseconds;
const window = { start: day('2050-09-05'), end: day('2050-09-07') };

const multistatus = (hrefs: ReadonlyArray<string>): string =>
  `<multistatus xmlns="DAV:">${hrefs
    .map((href) => `<response><href>${href}</href><status>HTTP/1.1 200 OK</status></response>`)
    .join('')}</multistatus>`;

describe('the days of objects that cannot be read', () => {
  test('I10 more of them than are remembered: each one blocks its time, those remembered from before too', async () => {
    const doubts = Array.from({ length: 1_200 }, (_, index) => ({
      href: `/odd/${index}.ics`,
      version: `v${index}`,
      reason: 'cut short',
      blocked: null,
    }));
    const known = makeKnownDays();
    const ask = async () => multistatus(doubts.map(({ href }) => href));
    await findUnreadableDays(doubts.slice(1), window, 'UTC', ask, known);
    const found = await findUnreadableDays(doubts, window, 'UTC', ask, known);
    expect(found).toHaveLength(doubts.length);
    expect(found.filter(({ blocked }) => blocked.length === 0)).toEqual([]);
  });
});
