import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneRun } from './one-run.ts';

/** Steps to be taken; `npm run proof:model` takes more. */
const WANTED = Number(process.env.MODEL_STEPS ?? 10_000);
const SEED = process.env.MODEL_SEED === 'random' ? Date.now() : Number(process.env.MODEL_SEED ?? 20_501_126);

describe('I1 to I9, whatever happens', () => {
  it(`hold after each of ${WANTED} steps`, { timeout: 100_000 + WANTED * 20 }, async () => {
    let taken = 0;
    const run = oneRun(undefined, (steps) => {
      taken += steps;
    });
    for (let batch = 0; taken < WANTED; batch += 1) await fc.assert(run, { numRuns: 50, seed: SEED + batch });
    expect(taken).toBeGreaterThanOrEqual(WANTED);
  });
});
