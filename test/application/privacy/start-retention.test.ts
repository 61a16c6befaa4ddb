import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { ForgottenByAge } from '../../../src/application/privacy/forget-by-age.ts';
import { startRetention } from '../../../src/application/privacy/start-retention.ts';
import { makeTestClock } from '../../support/clock.ts';

const DAY_MS = 86_400_000;
const DONE: ForgottenByAge = { forgotten: 2, left: 1, isFull: false, failed: 0, reasons: [], inClear: 0 };

describe('rounds of forgetting by age', () => {
  const given = (days: number | null, done: ReadonlyArray<ForgottenByAge> = [], waits: ReadonlyArray<number> = []) => {
    const clock = makeTestClock();
    const asked: number[] = [];
    const said: string[] = [];
    let claims = 0;
    const retention = startRetention({
      forget: async (after) => {
        asked.push(after);
        return E.right(done[asked.length - 1] ?? DONE);
      },
      claim: async () => {
        claims += 1;
        return E.right(waits[claims - 1] ?? 0);
      },
      days: () => days,
      clock,
      info: (message, details) => said.push(`${message} ${JSON.stringify(details)}`),
      report: ({ reason }) => said.push(reason),
    });
    return { clock, asked, said, retention };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('come a minute after the start and then each day, and say what they did', async () => {
    const { clock, asked, said, retention } = given(90, [{ ...DONE, inClear: 3 }]);
    clock.advance(59_999);
    expect(asked).toEqual([]);
    clock.advance(1);
    await settled();
    clock.advance(DAY_MS);
    await settled();
    expect(asked).toEqual([90, 90]);
    expect(said[0]).toBe('forgot 2 people {"where":"forgetting by age","forgetAfterDays":90,"left":1,"failed":0}');
    expect(said[1]).toMatch(/^3 people have events in the clear/);
    await retention.stop();
    expect(clock.pending()).toBe(0);
  });

  it('forget nobody where the configuration says nothing', async () => {
    const { clock, asked, said, retention } = given(null);
    clock.advance(3 * DAY_MS);
    await settled();
    expect([asked, said]).toEqual([[], []]);
    await retention.stop();
  });

  it('tell how many could not be forgotten, and why, and come sooner where there were more than places', async () => {
    const first = { ...DONE, isFull: true, failed: 3, reasons: ['EACCES', 'Unavailable'] };
    const { clock, asked, said, retention } = given(90, [first]);
    clock.advance(60_000);
    await settled();
    expect(said).toEqual([
      'forgot 2 people {"where":"forgetting by age","forgetAfterDays":90,"left":1,"failed":3}',
      '3 people could not be forgotten, and are tried again: EACCES, Unavailable',
    ]);
    clock.advance(3_600_000);
    await settled();
    expect(asked).toHaveLength(2);
    clock.advance(3_600_000);
    await settled();
    expect(asked).toHaveLength(2);
    await retention.stop();
  });

  it('wait while another node does them', async () => {
    const { clock, asked, said, retention } = given(90, [], [5_000]);
    clock.advance(60_000);
    await settled();
    expect([asked, said]).toEqual([[], []]);
    clock.advance(5_000);
    await settled();
    expect(asked).toEqual([90]);
    await retention.stop();
  });
});
