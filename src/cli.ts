import { CommanderError } from 'commander';
import { replaceLookup } from './adapters/network/replace-lookup.ts';
import { type ExitCode, exitCode, processTerminal } from './cli/terminal.ts';
import type { LoadDemo } from './cli/commands/without-server.ts';
import { makeProgram } from './cli/program.ts';

const parseEnd = (error: CommanderError): ExitCode => (error.exitCode === 0 ? exitCode.fine : exitCode.usage);

/** The command line: `args` without program and script. Answers the exit code; 2 for what was not understood. */
export const main = async (args: ReadonlyArray<string>, loadDemo: LoadDemo): Promise<number> => {
  replaceLookup();
  let code: ExitCode = exitCode.fine;
  const program = makeProgram(
    {
      terminal: processTerminal(process, process.env),
      env: process.env,
      end: (ended) => {
        code = ended;
      },
    },
    loadDemo,
  );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return parseEnd(thrown);
    throw thrown;
  }
};
