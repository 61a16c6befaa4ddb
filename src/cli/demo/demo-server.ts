import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretOf } from '../../application/secret.ts';
import { mailFolder } from '../../composition/connect-mail.ts';
import type { Server } from '../api/client.ts';
import { brokenPromise } from './broken-promise.ts';
import { demoConfigurationFile, PASSWORD_VARIABLE } from './demo-configuration.ts';
import type { StandInCalendar } from './stand-in-calendar.ts';
import { type Patience, until } from './until.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/holdfast.js', import.meta.url));
/** A server that was asked to stop has so long, then it is killed. */
const STOP_WITHIN_MS = 10_000;
/** Characters of the server's output that are kept for a failure. */
const KEPT_OUTPUT = 4_000;

export type DemoServer = {
  readonly server: Server;
  readonly mails: string;
  readonly stop: () => Promise<void>;
};

/** Nothing of the caller's own Holdfast may reach the demo's. */
const environment = (own: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('HOLDFAST_'));
  return { ...Object.fromEntries(others), PORT: '0', HOST: '127.0.0.1', ...own };
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const stop = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(kill);
};

/** `holdfast serve` as a process of its own in `folder`, up and listening. It ends when this process does, however that comes. */
export const startDemoServer = async (
  folder: string,
  calendar: StandInCalendar,
  patience: Patience,
): Promise<DemoServer> => {
  const config = join(folder, 'holdfast.json');
  const data = join(folder, 'data');
  const apiKey = `demo_${crypto.randomUUID()}`;
  await writeFile(config, demoConfigurationFile(calendar), { mode: 0o600 });
  const child = spawn(process.execPath, [LAUNCHER, 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: environment({
      HOLDFAST_DATA: data,
      HOLDFAST_CONFIG: config,
      HOLDFAST_API_KEY: apiKey,
      HOLDFAST_ALLOW_PRIVATE_ADDRESSES: '1',
      [PASSWORD_VARIABLE]: calendar.password,
    }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString('utf8')}`.slice(-KEPT_OUTPUT);
    });
  try {
    const listening = await until(async () => {
      const [, url] = /^listening on (http:\S+)$/m.exec(output) ?? [];
      if (url !== undefined) return { found: true, value: url };
      if (hasEnded(child)) throw brokenPromise('the server starts', `it ended: ${output.trim()}`);
      return { found: false, seen: output.trim() };
    }, patience);
    if (!listening.found) throw brokenPromise('the server starts', listening.seen);
    const server = { url: listening.value, apiKey: secretOf(apiKey) };
    return { server, mails: mailFolder(data), stop: () => stop(child) };
  } catch (thrown) {
    await stop(child);
    throw thrown;
  }
};
