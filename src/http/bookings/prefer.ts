import type { Headers } from '../transport/endpoint.ts';

/** Longest wait that a client can ask for, in seconds. */
const MAX_WAIT_S = 30;

/** How long to wait for a decision, in milliseconds, and what `Preference-Applied` says; null: nothing was preferred. */
export type Waiting = { readonly waitMs: number; readonly applied: string | null };

/**
 * `Prefer: wait=n` and `respond-async` (RFC 7240). With both, the answer waits n seconds and then goes out as things
 * stand, which is what it does anyway. What is not understood is ignored, as the RFC wants.
 */
export const waitingOf = (prefer: string | undefined, answerWaitMs: number): Waiting => {
  if (prefer === undefined) return { waitMs: answerWaitMs, applied: null };
  const preferences = prefer.split(',').map((one) => (one.split(';')[0] ?? '').trim().toLowerCase());
  const seconds = preferences
    .map((one) => /^wait\s*=\s*"?(\d{1,9})"?$/.exec(one)?.[1])
    .find((one) => one !== undefined);
  if (seconds !== undefined) {
    const wait = Math.min(Number(seconds), MAX_WAIT_S);
    return { waitMs: wait * 1000, applied: `wait=${wait}` };
  }
  return preferences.includes('respond-async')
    ? { waitMs: 0, applied: 'respond-async' }
    : { waitMs: answerWaitMs, applied: null };
};

export const appliedHeader = ({ applied }: Waiting): Headers =>
  applied === null ? {} : { 'Preference-Applied': applied };
