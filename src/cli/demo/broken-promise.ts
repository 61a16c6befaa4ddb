type BrokenPromise = Error & { readonly brokenPromise: true };

/** Ends the demo: what Holdfast promises, and what was seen instead. */
export const brokenPromise = (promise: string, seen: string): BrokenPromise =>
  Object.assign(new Error(`"${promise}" did not come true. Seen: ${seen}`), { brokenPromise: true as const });

export const isBrokenPromise = (thrown: unknown): thrown is BrokenPromise =>
  thrown instanceof Error && 'brokenPromise' in thrown;
