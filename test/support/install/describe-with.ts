import { describe } from 'vitest';
import { environmentFor, type PythonModule } from './python-module.ts';

/** A suite that needs a real server: skipped, with the reason in its name, where that could not be installed. */
export const describeWith = (module: PythonModule, name: string, cases: () => void): void => {
  if (environmentFor(module) !== null) return void describe(name, cases);
  const reason = `${module} is not installed (node test/support/install/install.ts says why)`;
  if (process.env.CI === 'true') throw new Error(reason);
  console.warn(`skipped: ${name}: ${reason}`);
  describe.skip(`${name}: skipped, ${reason}`, cases);
};
