import type { ChildProcess } from 'node:child_process';
import { expect, onTestFinished } from 'vitest';

/**
 * A process that a test starts does not outlive the test, also where that fails before it could stop it: one that is left, and
 * has inherited a stream, keeps the whole run from ending. What a hook starts, a hook has to stop.
 */
export const endsWithTest = <C extends ChildProcess>(child: C): C => {
  if (expect.getState().currentTestName === undefined) return child;
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
};
