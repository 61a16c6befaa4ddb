import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes. `out` is its result, and all that a pipe sees; `err` is everything else. */
export type Terminal = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Coloured where standard output is a terminal and NO_COLOR is not set. */
  readonly paint: (style: Style, text: string) => string;
  /** Standard error where somebody watches it: for what overwrites itself. Null where it is a file or a pipe. */
  readonly live: NodeJS.WritableStream | null;
};

type Streams = { readonly stdout: WriteStream; readonly stderr: WriteStream };

/** `NO_COLOR` by the rule of no-color.org: set and not empty. */
export const processTerminal = ({ stdout, stderr }: Streams, env: NodeJS.ProcessEnv): Terminal => {
  const coloured = stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
    live: stderr.isTTY === true && env.TERM !== 'dumb' ? stderr : null,
  };
};

/** What every command ends with. `failed`: it was understood and could not be done. `usage`: it was not understood. */
export const exitCode = { fine: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** What a command works with besides its options. `end`: how the program ends; a command calls it once. */
export type CliContext = {
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  readonly end: (code: ExitCode) => void;
};
