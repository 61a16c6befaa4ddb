import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from './http-client.ts';
import { httpClient } from './http-client.ts';

/** A key with all roles in every server that is started here. */
export const ALL_ROLES_KEY = 'cal_killable_0123456789';
const STARTS_WITHIN_MS = 30_000;
const BIN = fileURLToPath(new URL('../../bin/holdfast.js', import.meta.url));

/** `config`: written to a file beside the data; absent, the demo host runs. */
export type Setup = {
  readonly folder: string;
  readonly config?: unknown;
  readonly env?: Readonly<Record<string, string>>;
};

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly printed: string;
  readonly logged: string;
};

/** A process of its own that runs `holdfast`. `logged`: all of its standard error so far. */
export type Launched = {
  readonly pid: number;
  readonly printed: () => string;
  readonly logged: () => string;
  readonly ended: Promise<Ended>;
  readonly signal: (signal: NodeJS.Signals) => void;
};

export type KillableServer = Launched & {
  readonly url: string;
  readonly client: Client;
  /** `kill -9`; resolves when the process is gone. */
  readonly kill: () => Promise<Ended>;
  /** SIGTERM; resolves when the process is gone. */
  readonly terminate: () => Promise<Ended>;
};

const environment = async ({ folder, config, env = {} }: Setup): Promise<NodeJS.ProcessEnv> => {
  const file = join(folder, 'holdfast.json');
  await mkdir(folder, { recursive: true });
  if (config !== undefined) await writeFile(file, JSON.stringify(config));
  return {
    PATH: process.env.PATH,
    HOLDFAST_NODE_TRIED: '1',
    PORT: '0',
    HOLDFAST_DATA: join(folder, 'data'),
    HOLDFAST_API_KEY: ALL_ROLES_KEY,
    HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1',
    ...(config === undefined ? {} : { HOLDFAST_CONFIG: file }),
    ...env,
  };
};

/** Runs a command of `holdfast`, `serve` unless told otherwise. It does not outlive this process. */
export const launch = async (setup: Setup, args: ReadonlyArray<string> = ['serve']): Promise<Launched> => {
  const env = await environment(setup);
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let [printed, logged] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    logged += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode,
    signal: child.signalCode,
    printed,
    logged,
  }));
  return {
    pid: child.pid ?? 0,
    printed: () => printed,
    logged: () => logged,
    ended,
    signal: (signal) => void child.kill(signal),
  };
};

const POLL_EVERY_MS = 10;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, POLL_EVERY_MS));

/** A server that is on the air; throws with what it said where it does not get there. */
export const startKillable = async (setup: Setup): Promise<KillableServer> => {
  const launched = await launch(setup);
  const deadline = performance.now() + STARTS_WITHIN_MS;
  let gone = false;
  const markGone = (): void => {
    gone = true;
  };
  launched.ended.then(markGone, markGone);
  const address = (): string | undefined => /^listening on (\S+)$/m.exec(launched.printed())?.[1];
  while (address() === undefined) {
    if (gone || performance.now() > deadline) {
      launched.signal('SIGKILL');
      throw new Error(`the server did not start: ${launched.printed()}\n${launched.logged()}`);
    }
    await pause();
  }
  const url = address() ?? '';
  const end = (signal: NodeJS.Signals) => async () => {
    launched.signal(signal);
    return launched.ended;
  };
  return { ...launched, url, client: httpClient(url), kill: end('SIGKILL'), terminate: end('SIGTERM') };
};
