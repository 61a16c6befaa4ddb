import { beforeEach, describe, expect, it } from 'vitest';
import {
  makeRefusals,
  REFUSAL_LIMITS,
  type RefusalLimits,
  type Refusals,
} from '../../../src/application/refusals/record-refusals.ts';
import { readRefusals, refusalStream } from '../../../src/application/refusals/refusal-streams.ts';
import { systemIdentity } from '../../../src/composition/identity.ts';
import { makeTestClock, type TestClock } from '../../support/clock.ts';
import { memoryOwnStreams } from '../../support/memory-own-streams.ts';
import { mustRun } from '../../support/must.ts';

const { listedPerHour: MOST_LISTED_AN_HOUR, keptDays: REFUSALS_KEPT_DAYS } = REFUSAL_LIMITS;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('refusals', () => {
  let clock: TestClock;
  let streams: ReturnType<typeof memoryOwnStreams>;
  let problems: string[];
  let refusals: Refusals;
  beforeEach(() => {
    clock = makeTestClock();
    streams = memoryOwnStreams();
    problems = [];
    refusals = open();
  });
  const open = (limits: RefusalLimits = REFUSAL_LIMITS): Refusals => {
    const report = ({ reason }: { readonly reason: string }) => void problems.push(reason);
    return makeRefusals({
      streams,
      clock,
      identity: systemIdentity,
      hashOf: (email) => `hash of ${email}`,
      report,
      limits,
    });
  };
  const refuse = (hostId = 'odd'): void => {
    const what = { asked: 'booking', bookingUid: null, eventTypeId: 1, lengthInMinutes: 30 } as const;
    const start = clock.now() + DAY;
    refusals.note({ ...what, reason: 'slot_taken', detail: {}, hostId, start, email: 'runa@example.com' });
  };
  const known = async (hostId = 'odd') => {
    const read = await readRefusals(streams, hostId);
    if (read._tag === 'Left') throw new Error(read.left.type);
    return read.right.events;
  };

  it('given a refusal, when noted, then nothing is written before a second has gone, and never an address', async () => {
    refuse();
    expect(await known()).toEqual([]);
    clock.advance(1_000);
    await refusals.idle();
    const at = '2050-09-01T00:00:00Z';
    const data = { at, attendee: 'hash of runa@example.com', start: '2050-09-02T00:00:00Z', reason: 'slot_taken' };
    expect(await known()).toMatchObject([{ type: 'BookingRefused', data }]);
  });

  it('given a storm, then so many are listed, the rest is one event at the end of the hour', async () => {
    for (let count = 0; count < MOST_LISTED_AN_HOUR + 5_000; count += 1) refuse();
    refuse('siri');
    clock.advance(HOUR);
    await refusals.stop();
    const events = await known();
    expect(events.filter(({ type }) => type === 'BookingRefused')).toHaveLength(MOST_LISTED_AN_HOUR);
    const counted = { from: '2050-09-01T00:00:00Z', count: 5_000, reasons: { slot_taken: 5_000 } };
    expect(events.filter(({ type }) => type !== 'BookingRefused')).toMatchObject([{ data: counted }]);
    expect(await known('siri')).toHaveLength(1);
  });

  it('given a storm, when the server stops in the middle of the hour, then the count is written', async () => {
    for (let count = 0; count < MOST_LISTED_AN_HOUR + 3; count += 1) refuse();
    await refusals.stop();
    expect((await known()).at(-1)).toMatchObject({ type: 'RefusalsCounted', data: { count: 3 } });
  });

  it('given a log that is away, then they wait, are told of once, and are written when it is back', async () => {
    streams.away = true;
    refuse();
    for (let second = 0; second < 3; second += 1) {
      clock.advance(1_000);
      await refusals.idle();
    }
    expect(problems).toEqual(['they cannot be written down: Unavailable']);
    streams.away = false;
    await refusals.idle();
    expect(await known()).toHaveLength(1);
  });

  it('given a log that is away, when too many wait for it, then the rest is counted', async () => {
    streams.away = true;
    for (let host = 0; host < 21; host += 1)
      for (let count = 0; count < MOST_LISTED_AN_HOUR; count += 1) refuse(`host${host}`);
    streams.away = false;
    await refusals.stop();
    const first = (await known('host0')).length;
    expect(first).toBe(MOST_LISTED_AN_HOUR);
    expect(await known('host20')).toMatchObject([{ type: 'RefusalsCounted', data: { count: MOST_LISTED_AN_HOUR } }]);
  });

  it('given limits of the configuration, then so many are listed, and kept for so long', async () => {
    await refusals.stop();
    refusals = open({ listedPerHour: 2, keptDays: 1 });
    for (let count = 0; count < 5; count += 1) refuse();
    clock.advance(HOUR);
    await refusals.idle();
    expect((await known()).map(({ type }) => type)).toEqual(['BookingRefused', 'BookingRefused', 'RefusalsCounted']);
    clock.advance(2 * DAY);
    await refusals.stop();
    expect(await known()).toEqual([]);
  });

  it('given old refusals, when another day has come, then they are forgotten, also of a host that is gone', async () => {
    refuse('gone');
    refuse();
    await refusals.stop();
    clock.advance((REFUSALS_KEPT_DAYS - 1) * DAY);
    refusals = open();
    refuse();
    await refusals.idle();
    clock.advance(2 * DAY);
    await refusals.stop();
    refusals = open();
    await refusals.stop();
    expect(await known()).toHaveLength(1);
    expect(await known('gone')).toEqual([]);
    expect(await mustRun(streams.read(refusalStream('gone')))).toMatchObject([
      { type: 'RefusalsTrimmed', revision: 1 },
    ]);
    refusals = open();
    refuse('gone');
    await refusals.stop();
    expect(await known('gone')).toHaveLength(1);
  });
});
