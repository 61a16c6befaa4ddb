import { setTimeout as pause } from 'node:timers/promises';
import { type Terminal, printable } from '../src/cli/terminal.ts';

const POLL_EVERY_MS = 40;

/** What was looked for, or what was seen in the end when the deadline passed. */
export type WaitOutcome<A> =
  { readonly found: true; readonly value: A } | { readonly found: false; readonly seen: string };

export type Patience = { readonly deadlineMs: number; readonly signal: AbortSignal; readonly onPoll?: () => void };

/** Looks again and again until it is there. Rejects when the signal aborts. */
export const until = async <A>(look: () => Promise<WaitOutcome<A>>, patience: Patience): Promise<WaitOutcome<A>> => {
  const deadline = performance.now() + patience.deadlineMs;
  for (;;) {
    const outcome = await look();
    if (outcome.found || performance.now() > deadline) return outcome;
    patience.onPoll?.();
    await pause(POLL_EVERY_MS, undefined, { signal: patience.signal });
  }
};

type BrokenPromise = Error & { readonly brokenPromise: true };

/** Ends the demo: what Holdfast promises, and what was seen instead. */
export const brokenPromise = (promise: string, seen: string): BrokenPromise =>
  Object.assign(new Error(`"${promise}" did not come true. Seen: ${seen}`), { brokenPromise: true as const });

export const isBrokenPromise = (thrown: unknown): thrown is BrokenPromise =>
  thrown instanceof Error && 'brokenPromise' in thrown;

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
  readonly await: <A>(promise: string, look: () => Promise<WaitOutcome<A>>) => Promise<A>;
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

export const makeNarrator = (terminal: Terminal, patience: Patience): Narrator => {
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
