import { describe } from 'vitest';
import type { EventStoreDbStandIn, StandInOptions } from '../support/eventstoredb/stand-in.ts';
import { startEventStoreDbStandIn } from '../support/eventstoredb/stand-in.ts';
import { describeWith } from '../support/install/describe-with.ts';

/**
 * The connection string of a server that takes the stand-in's place. Its database has to be empty, and the files have to run
 * one by one (`vitest run --no-file-parallelism test/several-nodes`): consumer groups are the database's.
 */
export const REAL_SERVER = process.env.HOLDFAST_TEST_EVENTSTOREDB;
/** A real server remembers the hosts and the nodes of every run, so theirs bear the number of this one. */
export const RUN = REAL_SERVER === undefined ? '' : String(Temporal.Now.instant().epochMilliseconds);
/** What a suite says it ran against. */
export const ON = REAL_SERVER === undefined ? 'on an EventStoreDB stand-in' : 'on a real EventStoreDB';

type Place = { readonly standIn: EventStoreDbStandIn | undefined; readonly connectionString: string };

/** A stand-in that was started for the test, or the real server. */
export const placeOfLog = async (options: StandInOptions | undefined): Promise<Place> => {
  if (REAL_SERVER !== undefined) return { standIn: undefined, connectionString: REAL_SERVER };
  const standIn = await startEventStoreDbStandIn(options);
  return { standIn, connectionString: standIn.connectionString };
};

/** Cases that need the stand-in's levers: skipped, with the reason, when a real server is asked. */
export const describeWithLevers = (name: string, cases: () => void): void => {
  if (REAL_SERVER === undefined) {
    describeWith('radicale', `${name} ${ON}`, cases);
    return;
  }
  console.warn(`skipped: ${name}: only the stand-in can be told to do that`);
  describe.skip(`${name}: skipped, only the stand-in can be told to do that`, cases);
};
