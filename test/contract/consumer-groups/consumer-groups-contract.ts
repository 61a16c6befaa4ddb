import { describe } from 'vitest';
import { checkpoints } from './checkpoints.ts';
import { delivering } from './delivering.ts';
import type { Engine } from './harness.ts';
import { keepingPositions } from './keeping-positions.ts';
import { parking } from './parking.ts';
import { retrying } from './retrying.ts';
import { standingBy } from './standing-by.ts';

/** What consumer groups must do, whatever store and state they stand on. */
export const consumerGroupsContract = (engine: Engine) =>
  describe(`consumer groups contract: ${engine.name}`, () => {
    delivering(engine);
    retrying(engine);
    parking(engine);
    checkpoints(engine);
    standingBy(engine);
    keepingPositions(engine);
  });
