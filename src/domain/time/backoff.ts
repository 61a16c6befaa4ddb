/** Doublings that are counted: 2^30 times any wait of a millisecond is twelve days, and beyond every cap in use. */
const MOST_DOUBLINGS = 30;

/** Milliseconds to wait after attempt `attempt` (from 1): the first wait, doubled for each further attempt, up to the cap. */
export const backoffMs = (firstMs: number, capMs: number, attempt: number): number =>
  Math.min(capMs, firstMs * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS));
