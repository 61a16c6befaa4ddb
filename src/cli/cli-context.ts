import type { ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** What a command works with besides its options. `end`: how the program ends; a command calls it once. */
export type CliContext = {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly end: (code: ExitCode) => void;
};
