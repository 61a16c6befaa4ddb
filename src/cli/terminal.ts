import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { withHiddenShown } from '../domain/visible-text.ts';
import { exactText } from '../domain/time/instant-text.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes. `out` is its result, and all that a pipe sees; `err` is everything else. */
export type Terminal = {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Resolves when `out` may be given more: a slow reader must not make us keep it all. */
  readonly drained: () => Promise<void>;
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
    drained: () =>
      stdout.writableNeedDrain
        ? new Promise((resolve) => void stdout.once('drain', resolve).once('close', resolve))
        : Promise.resolve(),
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

/** Written by a guest, they could rewrite the terminal. */
const CONTROLS = /\p{Cc}/gu;

const escaped = (character: string): string => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** Untrusted text as one line that a terminal shows and does not obey. */
export const printable = (text: string): string =>
  withHiddenShown(text.replaceAll(/[\r\n\t\u2028\u2029]+/gu, ' ').replaceAll(CONTROLS, escaped), escaped);

/** As terminals count, near enough for names: one column for each code point. */
const widthOf = (text: string): number => Array.from(text).length;

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** Plain text columns under their names, two spaces apart, so that `awk` and people can both read them. Cells are made printable. */
export const table = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<string> => {
  const lines = [header, ...rows.map((row) => row.map((cell) => (cell === '' ? '-' : printable(cell))))];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** `name  value` lines; what has no value is left out. */
export const pairs = (entries: ReadonlyArray<readonly [name: string, value: string]>): ReadonlyArray<string> => {
  const shown = entries.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name)));
  return shown.map(([name, value]) => `${pad(name, width)}  ${printable(value)}`);
};

/** `2050-09-05T09:00:00.000Z` as `2050-09-05 09:00 UTC`. */
export const minute = (instant: string): string => exactText(instant, 'UTC', 'minute');

/** `2050-09-05T09:00:00.123Z` as `2050-09-05 09:00:00 UTC`. */
export const second = (instant: string): string => exactText(instant, 'UTC');

/** Time-ordered uids begin alike; fewer characters would be taken again by tomorrow's bookings. */
export const MIN_PREFIX_LENGTH = 8;

const sharedLength = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
};

/** For each uid the shortest beginning that no other one of the list has, of the same length for all, so that columns line up. */
export const shortUids = (uids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sorted = [...new Set(uids)].sort();
  const shared = sorted.map((uid, index) => sharedLength(uid, sorted[index + 1] ?? ''));
  const length = Math.max(MIN_PREFIX_LENGTH, ...shared.map((count) => count + 1));
  return uids.map((uid) => uid.slice(0, length));
};

/** `what` in the singular. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `done` of `total`, both in events. Call it as often as you like. */
export type ProgressBar = { readonly at: (done: number, total: number) => void; readonly end: () => void };

/** Lines where nobody watches: one each time another tenth is done. */
const lines = (terminal: Terminal, what: string): ProgressBar => {
  let tenths = 0;
  return {
    at: (done, total) => {
      const reached = total === 0 ? 10 : Math.floor((done * 10) / total);
      if (reached <= tenths) return;
      tenths = reached;
      terminal.err(`${what}: ${reached * 10} % (${done} of ${total})`);
    },
    end: () => undefined,
  };
};

/** For one thing after another: end one before the next is begun. A bar on a terminal, lines otherwise. */
export const progressMaker = async (terminal: Terminal): Promise<(what: string) => ProgressBar> => {
  const { live } = terminal;
  if (live === null) return (what) => lines(terminal, what);
  const { SingleBar } = (await import('cli-progress')).default;
  return (what) => {
    const bar = new SingleBar({
      stream: live,
      format: `${what} [{bar}] {percentage} % ({value} of {total}, {eta_formatted} left)`,
      hideCursor: true,
      clearOnComplete: true,
    });
    bar.start(1, 0);
    return {
      at: (done, total) => {
        bar.setTotal(Math.max(1, total));
        bar.update(done);
      },
      end: () => bar.stop(),
    };
  };
};

/** On standard error, so that results can be piped. */
export const startProgress = async (terminal: Terminal, what: string): Promise<ProgressBar> =>
  (await progressMaker(terminal))(what);
