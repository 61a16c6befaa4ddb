import { createContext, Script } from 'node:vm';

// Made once: a context costs half a millisecond. What runs is our own code; the context only carries the limit.
const globals: { run: () => void } = { run: () => undefined };
const context = createContext(globals);
const script = new Script('run()');

/**
 * Runs what may never come to an end by itself, and ends it: a recurrence rule in an invitation from a stranger can keep
 * ical.js looking for ever for a date that does not exist. Throws ERR_SCRIPT_EXECUTION_TIMEOUT at the limit, and what
 * `compute` throws. Not to be nested.
 */
export const withinTimeLimit = <A extends object>(limitMs: number, compute: () => A): A => {
  const results: A[] = [];
  globals.run = () => void results.push(compute());
  try {
    script.runInContext(context, { timeout: limitMs });
  } finally {
    globals.run = () => undefined;
  }
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result;
};
