/** Waits for `work` until `signal` aborts; rejects with an AbortError then. The work itself goes on. */
export const abandonable = async <A>(work: Promise<A>, signal: AbortSignal): Promise<A> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(new DOMException('no longer waited for', 'AbortError'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
