import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

/** What getent(1) may be given: no option, no address, no white space. */
const HOST_NAME = /^[a-z0-9_](?:[a-z0-9_.-]{0,252})$/;
const MAX_AT_ONCE = 2;
const MAX_OUTPUT_BYTES = 64 * 1024;

const addressesIn = (output: string): ReadonlyArray<LookupAddress> => {
  const addresses = output.split('\n').map((line) => line.split(/\s/, 1)[0] ?? '');
  return [...new Set(addresses)].flatMap((address) => {
    const family = isIP(address);
    return family === 0 ? [] : [{ address, family }];
  });
};

/**
 * Names that neither the hosts file nor DNS knows, by whatever else nsswitch.conf(5) names: mDNS (`nas.local`), the
 * machine's own name. In a process of its own, two at once, which is killed at its limit: a thread could not be. Systems
 * without getent(1), as macOS, have hosts file and DNS alone.
 */
export const otherSources = (command = 'getent') => {
  let running = 0;
  return async (name: string, timeLimitMs: number): Promise<ReadonlyArray<LookupAddress>> => {
    if (!HOST_NAME.test(name) || running >= MAX_AT_ONCE) return [];
    running += 1;
    const { execFile } = await import('node:child_process');
    try {
      return await new Promise((resolve) => {
        const options = { timeout: timeLimitMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
        // It ends with 2 for a name that it does not know; one that cannot be started knows none.
        execFile(command, ['ahosts', name], options, (error, stdout) =>
          resolve(error === null ? addressesIn(stdout) : []),
        );
      });
    } finally {
      running -= 1;
    }
  };
};
