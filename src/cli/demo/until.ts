import { setTimeout as pause } from 'node:timers/promises';

const POLL_EVERY_MS = 40;

/** What was looked for, or what was seen in the end when the deadline passed. */
export type Outcome<A> = { readonly found: true; readonly value: A } | { readonly found: false; readonly seen: string };

export type Patience = { readonly deadlineMs: number; readonly signal: AbortSignal; readonly onPoll?: () => void };

/** Looks again and again until it is there. Rejects when the signal aborts. */
export const until = async <A>(look: () => Promise<Outcome<A>>, patience: Patience): Promise<Outcome<A>> => {
  const deadline = performance.now() + patience.deadlineMs;
  for (;;) {
    const outcome = await look();
    if (outcome.found || performance.now() > deadline) return outcome;
    patience.onPoll?.();
    await pause(POLL_EVERY_MS, undefined, { signal: patience.signal });
  }
};
