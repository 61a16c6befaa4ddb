import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from '../identity/head-key.ts';

/** Beside the data file: keys of the people whose data the log has sealed. */
export const KEY_FOLDER = 'privacy-keys';
/** The keys that wrap them, and the key of the hashes that name them. */
export const WRAPPING_FILE = 'wrapping-keys.json';
/** Keys that were destroyed, a line each: one that comes back with an older copy is destroyed again. */
export const FORGOTTEN_FILE = 'forgotten.txt';

const SUFFIX = '.key';
const MODE = 0o600;

/** Ids come from the log, which others may have written: nothing else becomes a path. */
const ID = /^[0-9a-f]{32}-[0-9a-f]{8}$/;
export const isKeyId = (text: string): boolean => ID.test(text);

export const keyFile = (folder: string, id: string): string => join(folder, `${id}${SUFFIX}`);

/** Ids of all keys in the folder. */
export const keyIdsIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .filter(isKeyId);

const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
};

/** The wrapped key as it is stored; null where there is none. */
export const readKeyFile = (folder: string, id: string): string | null =>
  isKeyId(id) ? textOf(keyFile(folder, id)) : null;

/** Ids of the keys that were destroyed. */
export const forgottenIn = (folder: string): ReadonlySet<string> =>
  new Set((textOf(join(folder, FORGOTTEN_FILE)) ?? '').split('\n').filter(isKeyId));

/** What names of files in it say is durable only when the folder itself is synced. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const written = async (path: string, flag: 'w' | 'a', text: string): Promise<void> => {
  const handle: FileHandle = await open(path, flag, MODE);
  try {
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
};

/** All of the file or none of it. Durable once the folder is synced. */
export const putFile = async (path: string, text: string): Promise<void> => {
  await written(`${path}.new`, 'w', text);
  await rename(`${path}.new`, path);
};

/** Notes keys as destroyed, durably: before they are. */
export const noteForgotten = async (folder: string, ids: ReadonlyArray<string>): Promise<void> => {
  const path = join(folder, FORGOTTEN_FILE);
  // A full disk, or a kill, may have left a line without its end.
  const start = /[^\n]$/.test(textOf(path) ?? '') ? '\n' : '';
  await written(path, 'a', start + ids.map((id) => `${id}\n`).join(''));
  await syncFolder(folder);
};

/** Removes the files of keys, durably; those that are gone are gone. */
export const removeKeyFiles = async (folder: string, ids: ReadonlyArray<string>): Promise<void> => {
  for (const id of ids)
    await unlink(keyFile(folder, id)).catch((thrown: unknown) => {
      if (!isMissing(thrown)) throw thrown;
    });
  await syncFolder(folder);
};

/** Work one after the other: whoever asked hears of a failure, and the next one goes on all the same. */
export const oneByOne = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <A>(work: () => Promise<A>): Promise<A> => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
};
