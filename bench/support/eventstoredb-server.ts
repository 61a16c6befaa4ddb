import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type BenchServer = {
  readonly connectionString: string;
  /** What every table says it ran against. */
  readonly name: string;
  /** CPU time of the stand-in since its start, microseconds; of a real server, which is not ours to ask: 0. */
  readonly cpuUs: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/**
 * The server that `HOLDFAST_BENCH_EVENTSTOREDB` names by its connection string, whose log nobody else may use meanwhile; otherwise
 * the protocol stand-in, in a process of its own, so that its CPU is in nobody's figures.
 */
export const startBenchServer = async (): Promise<BenchServer> => {
  const real = process.env.HOLDFAST_BENCH_EVENTSTOREDB;
  if (real !== undefined)
    return { connectionString: real, name: 'a real server', cpuUs: async () => 0, stop: async () => undefined };
  const child = fork(fileURLToPath(new URL('eventstoredb-stand-in.ts', import.meta.url)), { execArgv: [] });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([
    once(child, 'message'),
    ended.then(() => {
      throw new Error('the protocol stand-in ended before it listened');
    }),
  ]);
  return {
    connectionString: String(said),
    name: 'protocol stand-in',
    cpuUs: async () => {
      const answer = once(child, 'message');
      child.send('usage');
      return Number((await answer)[0]);
    },
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
};
