/** When to try again: `baseMs` doubles with each attempt up to `capMs`; jitter takes up to half of it away. */
export type RetryPolicy = { readonly baseMs: number; readonly capMs: number };

/**
 * Whole milliseconds to wait after attempt `attempt` (from 1). A wait that the provider asked for is the least.
 * `jitter` in [0, 1) spreads many bookings that failed together.
 */
export const retryDelayMs = (policy: RetryPolicy, attempt: number, jitter: number, retryAfterMs = 0): number => {
  const full = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.ceil(Math.max(full * (1 - jitter / 2), retryAfterMs));
};

/**
 * How many attempts fit into `withinMs`, the first one at 0, with the full waits: after
 * so many nobody tries again. At least 1, at most 1000.
 */
export const attemptsWithin = (policy: RetryPolicy, withinMs: number): number => {
  let attempts = 1;
  for (let elapsed = retryDelayMs(policy, 1, 0); elapsed <= withinMs && attempts < 1000; attempts += 1)
    elapsed += retryDelayMs(policy, attempts + 1, 0);
  return attempts;
};
