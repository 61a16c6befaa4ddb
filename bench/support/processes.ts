import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './temporary-folder.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** CPU time of all threads since the start in microseconds, memory in bytes. */
export type Usage = { readonly cpuUs: number; readonly residentBytes: number };

export type MeasuredServer = {
  readonly url: string;
  /** Milliseconds from the start of the process until it said that it listens. */
  readonly startMs: number;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
};

/** Key of the servers that are measured: asking for their consumers needs one. */
export const API_KEY = 'bench-0123456789abcdef';

/** How long a server may take to start and to answer, milliseconds. */
const PATIENCE_MS = 60_000;

const listeningUrl = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('the server has no output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const url = /^listening on (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error('the server ended before it listened');
};

const isUsage = (message: unknown): message is Usage =>
  typeof message === 'object' && message !== null && 'cpuUs' in message && 'residentBytes' in message;

/** `--profile`: each server leaves a CPU profile in the working folder when it stops. */
const profiling = process.argv.includes('--profile') ? ['--cpu-prof'] : [];

/** Starts `script` in a process of its own, and waits until it listens. */
export const startServer = async (
  script: string,
  args: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> => {
  const begun = performance.now();
  const child = spawn(process.execPath, [...profiling, '--import', here('usage.ts'), script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const url = await listeningUrl(child);
  const startMs = performance.now() - begun;
  return {
    url,
    startMs,
    usage: async () => {
      const answer = once(child, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
      child.send('usage');
      const [message] = await answer;
      if (!isUsage(message)) throw new Error('the server did not say what it used');
      return message;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
};

export const startBareEndpoint = (): Promise<MeasuredServer> => startServer(here('bare-endpoint.ts'));

type Folder = ReturnType<typeof temporaryFolder>;

const environmentOf = (folder: Folder): Readonly<Record<string, string>> => ({
  PORT: '0',
  HOLDFAST_DATA: join(folder.path, 'data'),
  HOLDFAST_API_KEY: API_KEY,
});

/** `holdfast serve` with this configuration, `more` in its environment, and an empty data folder, which goes when it stops. */
export const startHoldfast = async (
  configuration: object,
  args: ReadonlyArray<string> = [],
  more: Readonly<Record<string, string>> = {},
): Promise<MeasuredServer> => {
  const folder = temporaryFolder();
  const file = join(folder.path, 'holdfast.json');
  writeFileSync(file, JSON.stringify(configuration));
  const env = { ...environmentOf(folder), HOLDFAST_CONFIG: file, ...more };
  const server = await startServer(here('serve.ts'), args, env);
  const stop = async (): Promise<void> => {
    await server.stop();
    folder.remove();
  };
  return { ...server, stop };
};

/** The same as users start it, launcher and all, without a configuration, over the data that lies in `folder`. */
export const startAsUsersDo = (folder: Folder): Promise<MeasuredServer> =>
  startServer(here('../../bin/holdfast.js'), ['serve'], environmentOf(folder));

/** Imports and does nothing: milliseconds from the start of the process until they are there. */
export const bareImportsMs = async (): Promise<number> => {
  const server = await startServer(here('bare-imports.ts'));
  await server.stop();
  return server.startMs;
};
