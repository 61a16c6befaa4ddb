import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEnd, checkRebuild, checkReplay, nothingSeen } from './checks.ts';
import { carryOut } from './carry-out.ts';
import { type Story, stepKinds } from './steps.ts';
import { makeWorld } from './world.ts';

/** Steps to be taken; `npm run proof:model` takes more. */
const WANTED = Number(process.env.MODEL_STEPS ?? 10_000);
/** Each run begins with a new log, and takes up to so many. */
const STEPS_A_RUN = 120;
const SEED = process.env.MODEL_SEED === 'random' ? Date.now() : Number(process.env.MODEL_SEED ?? 20_501_126);

describe('I1 to I9, whatever happens', () => {
  it(`hold after each of ${WANTED} steps`, { timeout: 100_000 + WANTED * 20 }, async () => {
    let taken = 0;
    const oneRun = fc.asyncProperty(
      fc.commands(stepKinds, { maxCommands: STEPS_A_RUN, size: 'max' }),
      async (steps) => {
        const story: Story = { world: makeWorld(), seen: nothingSeen(), asked: [], count: 0 };
        await fc.asyncModelRun(() => ({ model: {}, real: story }), steps);
        await carryOut(story.world, story.seen);
        checkReplay(story.seen);
        await checkRebuild(story.world, story.seen);
        checkEnd(story.world, story.seen);
        taken += story.count;
      },
    );
    for (let batch = 0; taken < WANTED; batch += 1) await fc.assert(oneRun, { numRuns: 50, seed: SEED + batch });
    expect(taken).toBeGreaterThanOrEqual(WANTED);
  });
});
