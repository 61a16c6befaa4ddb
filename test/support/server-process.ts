import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 5_000;
const POLL_EVERY_MS = 25;

/** Below the range from which the kernel gives ports to others (Linux: 32768 and up, /proc/sys/net/ipv4/ip_local_port_range). */
const OWN_PORTS = { first: 15_000, count: 17_000 };

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/**
 * A port for a server that cannot say which one it was given. It is let go of before that server has it, so it is none
 * that the kernel could give to a server of another test in between.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = OWN_PORTS.first + Math.floor(Math.random() * OWN_PORTS.count);
    if (await isFree(port)) return port;
  }
};

export type ServerProcess = { readonly stop: () => Promise<void> };

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(killer);
};

/** Starts a server and waits until `isReady` answers true. Fails, with what the server said, where it never does. */
export const startServer = async (
  command: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  isReady: () => Promise<boolean>,
): Promise<ServerProcess> => {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk.toString('utf8')}`.slice(-4_000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isReady())) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await stop(child);
      throw new Error(`${command} ${args.slice(0, 2).join(' ')} did not start: ${said}`);
    }
    await pause(POLL_EVERY_MS);
  }
  return { stop: () => stop(child) };
};
