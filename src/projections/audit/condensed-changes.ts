import { isObject } from '../../domain/unknown.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import type { InstallationChange, InstallationChanges } from './installation-changes.ts';

/** One line for people. `by`: in words, also where no key did it. */
export type ChangeLine = Pick<InstallationChange, 'at' | 'what'> & { readonly by: string };

/** Told so much later, the log says when: a minute, which is more than a slow disk takes. */
const LATE_MS = 60_000;

const isKeyChange = ({ type }: InstallationChange): boolean => type === 'ApiKeyMade' || type === 'ApiKeyEnded';

const lineOf = (change: InstallationChange): ChangeLine => {
  const { at, recordedAt, what, byKey } = change;
  const nobody = isKeyChange(change) ? 'the data folder' : 'the server';
  // The key of the environment has no other id than its name.
  const isNamed = change.by !== byKey && byKey?.startsWith('key_') === true;
  const by = isNamed ? `${change.by} (${byKey})` : (change.by ?? nobody);
  const isLate = toEpochMs(recordedAt) - toEpochMs(at) >= LATE_MS;
  return { at, by, what: isLate ? `${what}; the log was told at ${recordedAt}` : what };
};

/** Heads that one node signs with one key, as a server does by itself: what tells them from others. */
const signedBy = ({ type, data }: InstallationChange): string | null =>
  type === 'HeadSigned' && isObject(data) ? JSON.stringify([data.node, data.key]) : null;

const runLine = (run: ReadonlyArray<InstallationChange>): ReadonlyArray<ChangeLine> => {
  const [first, last] = [run[0], run.at(-1)];
  if (first === undefined || last === undefined) return [];
  const line = lineOf(first);
  return [
    run.length === 1 ? line : { ...line, what: `${run.length} heads were signed until ${last.at}; last, ${last.what}` },
  ];
};

/** Changes as lines for people: heads that were signed one after the other are one line. */
export const condensedChanges = (changes: InstallationChanges['changes']): ReadonlyArray<ChangeLine> => {
  const runs: InstallationChange[][] = [];
  for (const change of changes) {
    const run = runs.at(-1);
    const [signer, before] = [signedBy(change), run?.[0] === undefined ? null : signedBy(run[0])];
    if (run !== undefined && signer !== null && signer === before) run.push(change);
    else runs.push([change]);
  }
  return runs.flatMap(runLine);
};
