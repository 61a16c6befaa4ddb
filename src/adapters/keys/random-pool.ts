import { randomFillSync } from 'node:crypto';

/** Bytes drawn from the operating system at once: asking for ten at a time costs more than all else about a uid. */
const POOL_BYTES = 8_192;

/** Random bytes from a pool; each is given out once and then overwritten. `count`: at most the pool's size. */
export const createRandomPool = (): ((count: number) => Uint8Array) => {
  const pool = new Uint8Array(POOL_BYTES);
  let next = POOL_BYTES;
  return (count) => {
    if (next + count > POOL_BYTES) {
      randomFillSync(pool);
      next = 0;
    }
    const bytes = pool.slice(next, next + count);
    pool.fill(0, next, next + count);
    next += count;
    return bytes;
  };
};
