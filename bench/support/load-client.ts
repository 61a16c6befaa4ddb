import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MeasuredServer } from './processes.ts';

export type Load = {
  readonly url: string;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One request each, handed out in order to whichever connection is free. */
  readonly bodies: ReadonlyArray<string>;
  /** No request is begun after so many milliseconds; without it every body is sent. */
  readonly forMs?: number;
};

/** `statuses`: how many answers had which HTTP status. `accepted`: how many said that the booking is. */
export type LoadResult = {
  readonly seconds: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** Longest run, milliseconds. */
const LOAD_LIMIT_MS = 120_000;
const script = fileURLToPath(new URL('load.ts', import.meta.url));

/** Sends the requests from a process of its own. */
export const sendLoad = async (load: Load): Promise<LoadResult> => {
  const child = fork(script);
  const ended = once(child, 'exit');
  try {
    const told = once(child, 'message', { signal: AbortSignal.timeout(LOAD_LIMIT_MS) });
    child.send(load);
    // What the load generator says is of our own making.
    const [result] = (await Promise.race([told, ended.then(() => told)])) as [LoadResult];
    await ended;
    return result;
  } finally {
    child.kill();
  }
};

/** The same, and what the server used meanwhile: microseconds of CPU per request. */
export const measureLoad = async (
  server: MeasuredServer,
  load: Omit<Load, 'url'>,
): Promise<LoadResult & { readonly rate: number; readonly cpuUs: number }> => {
  const before = await server.usage();
  const result = await sendLoad({ ...load, url: server.url });
  const after = await server.usage();
  const requests = Object.values(result.statuses).reduce((sum, count) => sum + count, 0);
  return { ...result, rate: requests / result.seconds, cpuUs: (after.cpuUs - before.cpuUs) / requests };
};
