import { chmodSync, closeSync, fchmodSync, fstatSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Rights of the data folder and of each file in it: its owner's alone. They hold personal data and the server's secret. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/** On Windows rights of other users have no meaning; elsewhere only the owner can change them. */
const isMine = (uid: number): boolean => process.geteuid?.() === uid;

/**
 * Creates the folder, and removes the rights of others from it and from its files whose names begin with `prefix`. New
 * files get the right mode when they are created: call `makePrivateFile` first.
 */
export const makePrivateFolder = (folder: string, prefix: string): void => {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  for (const name of readdirSync(folder).filter((one) => one.startsWith(prefix))) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found?.isFile() === true && (found.mode & OTHERS) !== 0 && isMine(found.uid))
      chmodSync(join(folder, name), FILE_MODE);
  }
};

/**
 * Creates an empty file where there is none. SQLite treats it as a new database and gives its journal files the same
 * mode; SQLite itself would follow the umask.
 */
export const makePrivateFile = (path: string): void => {
  const file = openSync(path, 'a', FILE_MODE);
  try {
    const { mode, uid } = fstatSync(file);
    if ((mode & OTHERS) !== 0 && isMine(uid)) fchmodSync(file, FILE_MODE);
  } finally {
    closeSync(file);
  }
};

/** Paths that are named; further ones are counted. */
const MOST_NAMED = 5;

/** One line for the operator: what of the folder other users of the machine may read, write or enter; null: nothing. */
export const openToOthers = (folder: string): string | null => {
  if (process.geteuid === undefined) return null;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const paths = [folder, ...names.map((name) => join(folder, name))].filter((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & OTHERS) !== 0;
  });
  if (paths.length === 0) return null;
  const more = paths.length > MOST_NAMED ? ` and ${paths.length - MOST_NAMED} more` : '';
  return `other users of this machine can reach ${paths.slice(0, MOST_NAMED).join(', ')}${more}; "chmod -R go= ${folder}" prevents that`;
};
