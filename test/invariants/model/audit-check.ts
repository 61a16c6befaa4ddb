import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { makeLogVerifier } from '../../../src/application/audit/log-verifier.ts';
import { mustRun } from '../../support/must.ts';
import type { World } from './world.ts';

/** `audit verify` finds nothing in what the program itself has written. */
export const checkAudit = async ({ store }: Pick<World, 'store'>): Promise<void> => {
  const verifier = makeLogVerifier(sha256Hex);
  const found = [...(await mustRun(store.readAll(0, 100_000))).flatMap(verifier.add), ...verifier.end()];
  if (found.length > 0) throw new Error(`audit verify finds ${JSON.stringify(found.slice(0, 3))}`);
};
