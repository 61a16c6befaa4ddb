import { printable } from '../output/printable.ts';
import type { Terminal } from '../terminal.ts';
import { brokenPromise } from './broken-promise.ts';
import { type Outcome, type Patience, until } from './until.ts';

const FRAMES = ['-', '\\', '|', '/'];
const CLEAR_LINE = '\r\u001b[K';

/** Tells the story, and stops it where it does not come true. */
export type Narrator = {
  readonly act: (title: string) => void;
  readonly say: (line: string) => void;
  /** Quoted text of the server: mails, history. */
  readonly quote: (line: string) => void;
  /** Throws a broken promise unless it `holds`; `seen` is what there is instead. */
  readonly promise: (promise: string, holds: boolean, seen: string) => void;
  /** Waits for what is promised, and throws a broken promise when it does not come. */
  readonly await: <A>(promise: string, look: () => Promise<Outcome<A>>) => Promise<A>;
};

const spinner = ({ live }: Terminal, what: string): { readonly turn: () => void; readonly end: () => void } => {
  let turns = 0;
  return {
    turn: () => {
      turns += 1;
      live?.write(`${CLEAR_LINE}   ${FRAMES[turns % FRAMES.length] ?? ''} waiting: ${what}`);
    },
    end: () => {
      if (turns > 0) live?.write(CLEAR_LINE);
    },
  };
};

export const createNarrator = (terminal: Terminal, patience: Patience): Narrator => {
  const { out, paint } = terminal;
  let acts = 0;
  const kept = (promise: string): void => out(`   ${paint('green', 'ok')} ${promise}`);
  return {
    act: (title) => {
      acts += 1;
      out('');
      out(paint('bold', `${acts}. ${title}`));
    },
    say: (line) => out(`   ${line}`),
    quote: (line) => out(`   ${paint('dim', '|')} ${printable(line)}`),
    promise: (promise, holds, seen) => {
      if (!holds) throw brokenPromise(promise, seen);
      kept(promise);
    },
    await: async (promise, look) => {
      const { turn, end } = spinner(terminal, promise);
      const outcome = await until(look, { ...patience, onPoll: turn }).finally(end);
      if (!outcome.found) throw brokenPromise(promise, outcome.seen);
      kept(promise);
      return outcome.value;
    },
  };
};
