import { describe, expect, test } from 'vitest';
import { refusalStream } from '../../../src/application/refusals/refusal-streams.ts';
import { refusalReport } from '../../../src/projections/audit/refusals.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { must, mustRun } from '../../support/must.ts';

const LIMITS = { listedPerHour: 2, keptDays: 30 };
const EVERYTHING = { at: null, from: null, to: null, attendee: null };
const ms = (time: string): number => Temporal.Instant.from(`2050-09-05T${time}Z`).epochMilliseconds;

const refused = (time: string) => ({
  type: 'BookingRefused',
  data: {
    at: `2050-09-05T${time}Z`,
    asked: 'booking',
    bookingUid: null,
    eventTypeId: 1,
    start: '2050-09-06T09:00:00Z',
    lengthInMinutes: 30,
    reason: 'slot_taken',
    detail: {},
    attendee: null,
  },
});
const counted = (from: string, at: string) => ({
  type: 'RefusalsCounted',
  data: { from: `2050-09-05T${from}Z`, at: `2050-09-05T${at}Z`, count: 812, reasons: { slot_taken: 812 } },
});

const reportOf = async (
  events: ReadonlyArray<ReturnType<typeof refused> | ReturnType<typeof counted>>,
  query: Partial<typeof EVERYTHING> | { readonly from: number; readonly to: number } = {},
) => {
  const streams = memoryOwnStreams();
  const named = events.map((event, index) => ({ ...event, id: `event ${index}` }));
  await mustRun(streams.append(refusalStream('odd'), 'no-stream', named));
  return must(await refusalReport(streams, 'odd', { ...EVERYTHING, ...query }, LIMITS));
};

describe('who was refused what', () => {
  test('given a period within the hour of a count, then the count is told: nobody knows when in it they came', async () => {
    const storm = [refused('10:00:01'), refused('10:00:02'), counted('10:00:00', '11:00:00')];
    const early = await reportOf(storm, { from: ms('10:00:00'), to: ms('10:30:00') });
    expect([early.listed.length, early.counted.length]).toEqual([2, 1]);
    expect((await reportOf(storm, { from: ms('10:59:00'), to: ms('12:00:00') })).counted).toHaveLength(1);
    expect((await reportOf(storm, { from: ms('11:00:00'), to: ms('12:00:00') })).counted).toEqual([]);
  });

  test('given an hour in which as many are listed as may be, and no count yet, then that more may have been', async () => {
    const storm = [refused('09:59:59'), refused('10:00:01'), refused('10:00:02')];
    expect((await reportOf(storm)).notCountedYet).toEqual(['2050-09-05T10:00:00Z']);
    expect((await reportOf(storm, { from: ms('10:00:02'), to: ms('10:01:00') })).notCountedYet).toHaveLength(1);
    expect((await reportOf(storm, { from: ms('11:00:00'), to: ms('12:00:00') })).notCountedYet).toEqual([]);
    expect((await reportOf([...storm, counted('10:00:00', '11:00:00')])).notCountedYet).toEqual([]);
    const again = [...storm, counted('10:00:00', '10:10:00'), refused('10:11:00'), refused('10:12:00')];
    expect((await reportOf(again)).notCountedYet).toEqual(['2050-09-05T10:00:00Z']);
  });
});
