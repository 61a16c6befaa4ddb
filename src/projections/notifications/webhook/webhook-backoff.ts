/** Attempts of one delivery before it is parked. With the waits below the last one comes about a day after the first. */
export const WEBHOOK_MAX_ATTEMPTS = 12;

const FIRST_WAIT_MS = 10_000;
const FACTOR = 3;
/** 5 hours. */
const LONGEST_WAIT_MS = 18_000_000;
/** Waits are stretched or shortened by at most this share, so that a receiver that comes back is not met by all at once. */
const SPREAD = 0.2;

/**
 * Milliseconds to wait after attempt `attempt` (from 1) failed: 10 s, 30 s, 90 s, ... up to 5 h, 23 hours in all.
 * `jitter`: a random number in [0, 1), brought by the caller.
 */
export const webhookBackoffMs = (attempt: number, jitter: number): number => {
  const wait = Math.min(FIRST_WAIT_MS * FACTOR ** (attempt - 1), LONGEST_WAIT_MS);
  return Math.round(wait * (1 - SPREAD + 2 * SPREAD * jitter));
};
