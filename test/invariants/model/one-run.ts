import * as fc from 'fast-check';
import { checkAudit } from './audit-check.ts';
import { carryOut } from './carry-out.ts';
import { checkEnd, checkRebuild, checkReplay } from './end-checks.ts';
import { nothingSeen } from './event-checks.ts';
import type { Story } from './step.ts';
import { stepKinds } from './steps.ts';
import type { Planted } from './surroundings.ts';
import { makeWorld } from './world.ts';

/** Each run begins with a new log, and takes up to so many steps. */
const STEPS_A_RUN = 120;

/** Random steps, everything carried out, and what must hold then. `took`: is told the steps of each run that held. */
export const oneRun = (planted?: Planted, took: (steps: number) => void = () => undefined) =>
  fc.asyncProperty(fc.commands(stepKinds, { maxCommands: STEPS_A_RUN, size: 'max' }), async (steps) => {
    const story: Story = { world: makeWorld(planted), seen: nothingSeen(), asked: [], moves: [], count: 0 };
    await fc.asyncModelRun(() => ({ model: {}, real: story }), steps);
    await carryOut(story.world, story.seen);
    checkReplay(story.seen);
    await checkRebuild(story.world, story.seen);
    checkEnd(story.world, story.seen);
    await checkAudit(story.world);
    took(story.count);
  });
