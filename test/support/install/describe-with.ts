import { describe } from 'vitest';
import type { Command } from './commands.ts';
import { environmentFor, type PythonModule } from './python-module.ts';

const describeIf = (isHere: boolean, what: string, name: string, cases: () => void): void => {
  if (isHere) return void describe(name, cases);
  const reason = `${what} is not installed (node test/support/install/install.ts says why)`;
  if (process.env.CI === 'true') throw new Error(reason);
  console.warn(`skipped: ${name}: ${reason}`);
  describe.skip(`${name}: skipped, ${reason}`, cases);
};

/** A suite that needs a real server: skipped, with the reason in its name, where that could not be installed. */
export const describeWith = (module: PythonModule, name: string, cases: () => void): void =>
  describeIf(environmentFor(module) !== null, module, name, cases);

/** The same for a suite that needs a program; `cases` get it. */
export const describeWithCommand = (
  what: string,
  command: Command | null,
  name: string,
  cases: (command: Command) => void,
): void =>
  describeIf(command !== null, what, name, () => {
    if (command !== null) cases(command);
  });
