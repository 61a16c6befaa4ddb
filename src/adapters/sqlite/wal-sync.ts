import { closeSync, fdatasync, openSync } from 'node:fs';

/**
 * Makes what SQLite has committed to the write-ahead log durable, on a thread of its own: what `synchronous = FULL` does
 * at the end of each COMMIT, on the thread that called it (https://www.sqlite.org/pragma.html#pragma_synchronous). The
 * log is one file from the first write until the last connection closes, and SQLite keeps no locks on it.
 */
export const walSync = (path: string): { readonly sync: () => Promise<void>; readonly close: () => void } => {
  let file: number | undefined;
  return {
    sync: () =>
      new Promise((resolve, reject) => {
        file ??= openSync(`${path}-wal`, 'r+');
        fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
      }),
    close: () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
};
