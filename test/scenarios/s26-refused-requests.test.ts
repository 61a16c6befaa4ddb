import { describe, expect, it } from 'vitest';
import type { Wanted } from '../support/scenario-people.ts';
import { world } from '../support/scenario-world.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

type Case = {
  readonly what: string;
  readonly wanted: Wanted;
  readonly http: number;
  readonly code: string;
  /** When it is asked, where it is not Thursday 2050-09-01 at two in Oslo. */
  readonly now?: string;
};

/** Odd works Monday to Friday, 09:00 to 17:00 in Oslo (07:00 to 15:00 UTC in September). */
const cases: ReadonlyArray<Case> = [
  { what: 'a past start', wanted: { start: '2050-08-31T08:00:00Z' }, http: 400, code: 'start_in_past' },
  {
    what: 'a start inside the minimum notice of an hour',
    wanted: { start: '2050-09-05T08:00:00Z' },
    now: '2050-09-05T07:00:00.001Z',
    http: 400,
    code: 'inside_minimum_notice',
  },
  {
    what: 'a start beyond the booking window of 60 days',
    wanted: { start: '2050-11-07T08:00:00Z' },
    http: 400,
    code: 'beyond_booking_window',
  },
  { what: 'a wrong duration', wanted: { lengthInMinutes: 45 }, http: 400, code: 'invalid_length' },
  { what: 'an off-grid start', wanted: { start: '2050-09-05T07:10:00Z' }, http: 400, code: 'off_grid' },
  { what: 'a start before the hours', wanted: { start: '2050-09-05T06:30:00Z' }, http: 409, code: 'outside_hours' },
  {
    what: 'a meeting that ends after the hours',
    wanted: { start: '2050-09-05T15:00:00Z' },
    http: 409,
    code: 'outside_hours',
  },
  { what: 'a Sunday', wanted: { start: '2050-09-04T08:00:00Z' }, http: 409, code: 'outside_hours' },
];

describe('S26 a request that cannot be had', () => {
  it.each(cases)('$what is $http $code, and leaves no stream', async ({ wanted, http, code, now }) => {
    const work = scriptedCalendar({ calendarId: 'work' });
    const scene = await world({ calendars: [work.calendar] });
    if (now !== undefined) await scene.becomes(now);
    await scene.settled();
    const before = await scene.records.head();

    const answer = await scene.runa.books(wanted, { key: 'the-same-key-for-both' });
    const again = await scene.runa.books(wanted, { key: 'the-same-key-for-both' });
    await scene.settled();

    expect([answer.http, answer.code]).toEqual([http, code]);
    expect([again.http, again.code]).toEqual([http, code]);
    expect(answer.body).toMatchObject({ status: 'error', statusCode: http, message: expect.stringMatching(/\w/) });
    expect(await scene.records.head()).toEqual(before);
    expect(await scene.records.list()).toEqual([]);
    expect(work.calls).toEqual([]);
    expect(await scene.mails.all()).toEqual([]);
    expect(scene.hooks()).toEqual([]);
  });

  it.each(['another booking', "an event in the host's calendar"])(
    'a time taken by %s is 409 slot_unavailable',
    async (by) => {
      const work = scriptedCalendar({ calendarId: 'work' });
      const { runa, settled, records, mails } = await world({ calendars: [work.calendar] });
      const taken = { start: '2050-09-05T08:00:00Z' };
      if (by === 'another booking') await runa.books(taken);
      else
        work.addForeign({
          start: Temporal.Instant.from('2050-09-05T08:10:00Z').epochMilliseconds,
          end: Temporal.Instant.from('2050-09-05T08:20:00Z').epochMilliseconds,
        });
      await settled();
      const before = await records.head();
      const told = (await mails.all()).length;

      const answer = await runa.books({ ...taken, name: 'Kari' });
      await settled();

      expect([answer.http, answer.code]).toEqual([409, 'slot_unavailable']);
      expect(await records.head()).toEqual(before);
      expect(await mails.all()).toHaveLength(told);
    },
  );
});
