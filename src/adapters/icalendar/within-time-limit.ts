import { createContext, Script } from 'node:vm';

const script = new Script('run()');

/**
 * Runs what may never come to an end by itself, and ends it: a recurrence rule in an invitation from a stranger can keep
 * ical.js looking for ever for a date that does not exist. Throws ERR_SCRIPT_EXECUTION_TIMEOUT at the limit.
 */
export const withinTimeLimit = <A>(limitMs: number, compute: () => A): A => {
  const results: A[] = [];
  script.runInContext(createContext({ run: () => void results.push(compute()) }), { timeout: limitMs });
  const [result] = results;
  if (results.length === 0) throw new Error('no result');
  return result as A; // one was pushed, and it may be undefined itself
};
