import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endsWithTest } from './ends-with-test.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type Running = {
  readonly child: ChildProcess;
  /** Resolves with the first match in standard output; rejects when the process ends without. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
};

/** The environment of the test, without what would reach Holdfast by accident. */
const environment = (own: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^(HOLDFAST_.*|PORT|HOST|NO_COLOR|NODE_OPTIONS|VITEST.*)$/.test(name),
  );
  return { ...Object.fromEntries(others), ...own };
};

/** Starts the real command line as a process. `node`: which Node, this one by default; `launcher`: whose, ours by default. */
export const startHoldfast = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  node: string = process.execPath,
  launcher: string = LAUNCHER,
): Running => {
  const child = endsWithTest(
    spawn(node, [launcher, ...args], { env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  let [stdout, stderr] = ['', ''];
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(([code, signal]: ReadonlyArray<unknown>): Ended => ({
    code: typeof code === 'number' ? code : null,
    signal: child.signalCode === signal ? child.signalCode : null,
    stdout,
    stderr,
  }));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout);
        if (found === null) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${stdout}${stderr}`)), reject);
      look();
    });
  return { child, says, ended };
};

/** Runs the real command line to its end. */
export const holdfast = (
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  node?: string,
): Promise<Ended> => startHoldfast(args, env, node).ended;
