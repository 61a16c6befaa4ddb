const AWAKE_MS = 1_000;

/**
 * Waits in a process that lives until then. The clock's timers keep none alive: where nothing but one is waited for, Node ends
 * the process with exit code 13.
 */
export const stayAwake = async <A>(task: Promise<A>): Promise<A> => {
  const timer = setInterval(() => undefined, AWAKE_MS);
  try {
    return await task;
  } finally {
    clearInterval(timer);
  }
};
