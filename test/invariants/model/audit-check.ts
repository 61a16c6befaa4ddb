import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { Finding } from '../../../src/application/audit/finding.ts';
import { makeLogVerifier } from '../../../src/application/audit/log-verifier.ts';
import { mustRun } from '../../support/must.ts';
import type { World } from './world.ts';

/** Rules of hosts are written by a server at its start, which a model has none of. */
const isOfRules = ({ kind }: Pick<Finding, 'kind'>): boolean => kind === 'no-rules';

/** `audit verify` finds nothing in what the program itself has written. */
export const checkAudit = async ({ store }: Pick<World, 'store'>): Promise<void> => {
  const verifier = makeLogVerifier(sha256Hex);
  const all = [...(await mustRun(store.readAll(0, 100_000))).flatMap(verifier.add), ...verifier.end()];
  const found = all.filter((finding) => !isOfRules(finding));
  if (found.length > 0) throw new Error(`audit verify finds ${JSON.stringify(found.slice(0, 3))}`);
};
