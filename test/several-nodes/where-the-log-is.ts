import { describe } from 'vitest';
import { REAL_SERVER } from '../support/eventstoredb/place-of-log.ts';
import { describeWith } from '../support/install/describe-with.ts';

/** What a suite says it ran against. */
export const ON = REAL_SERVER === undefined ? 'on an EventStoreDB stand-in' : 'on a real EventStoreDB';

/** Cases that need the stand-in's levers: skipped, with the reason, when a real server is asked. */
export const describeWithLevers = (name: string, cases: () => void): void => {
  if (REAL_SERVER === undefined) {
    describeWith('radicale', `${name} ${ON}`, cases);
    return;
  }
  console.warn(`skipped: ${name}: only the stand-in can be told to do that`);
  describe.skip(`${name}: skipped, only the stand-in can be told to do that`, cases);
};
