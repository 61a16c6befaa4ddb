import { existsSync, readdirSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FORGOTTEN_FILE,
  forgottenIn,
  KEY_FOLDER,
  syncFolder,
  WRAPPING_FILE,
} from '../../adapters/privacy/key-files.ts';
import type { Enclosed } from '../../adapters/sqlite/backup-file.ts';
import { isObject } from '../../domain/unknown.ts';

/** Keys of people go into a backup under this name, so that they are told from what else is enclosed. */
const PREFIX = `${KEY_FOLDER}/`;

/** Files of the folder of keys that belong in a copy: nothing half written. */
const isKept = (name: string): boolean =>
  name === WRAPPING_FILE || name === FORGOTTEN_FILE || /^[0-9a-f]{32}-[0-9a-f]{8}\.key$/.test(name);

/** A key that is destroyed meanwhile is left out. */
const contentOf = async (path: string): Promise<Uint8Array | null> => {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (isObject(thrown) && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
};

/** The keys of people, to be enclosed. Read after the log was copied, so that none of its keys is missing. */
export const keysIn = async (folder: string): Promise<Enclosed> => {
  const names = existsSync(folder) ? readdirSync(folder).filter(isKept) : [];
  const files: Array<readonly [string, Uint8Array]> = [];
  for (const name of names) {
    const content = await contentOf(join(folder, name));
    if (content !== null) files.push([`${PREFIX}${name}`, content]);
  }
  return new Map(files);
};

const FORMAT = 'holdfast-privacy-keys-1';

/** Writes them into a file of their own, durably, for a place apart from the backup. Throws where the file is there already. */
export const writeKeysFile = async (path: string, keys: Enclosed): Promise<void> => {
  const files = Object.fromEntries([...keys].map(([name, content]) => [name, Buffer.from(content).toString('base64')]));
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, files })}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Reads what `writeKeysFile` wrote. Throws where it cannot be read, or is something else. */
export const readKeysFile = async (path: string): Promise<Enclosed> => {
  const file: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isObject(file) || file.format !== FORMAT || !isObject(file.files))
    throw new Error(`${path} is no file of keys of personal data`);
  return new Map(Object.entries(file.files).map(([name, content]) => [name, Buffer.from(String(content), 'base64')]));
};

const linesOf = (content: Uint8Array | undefined): ReadonlyArray<string> =>
  content === undefined ? [] : new TextDecoder().decode(content).split('\n');

/** What became of the keys of a backup. `forgotten`: left out, since they were destroyed after the backup was made. */
export type RestoredKeys = { readonly restored: number; readonly forgotten: number };

/**
 * Puts the keys of people back. Where the folder of keys is still there, it knows who was forgotten since the backup: their
 * keys stay destroyed. Wrapping keys of another folder than that of the backup are not mixed: throws.
 */
export const restoreKeys = async (folder: string, enclosed: Enclosed): Promise<RestoredKeys> => {
  const files = [...enclosed].flatMap(([name, content]) =>
    name.startsWith(PREFIX) && isKept(name.slice(PREFIX.length)) ? [[name.slice(PREFIX.length), content] as const] : [],
  );
  if (files.length === 0) return { restored: 0, forgotten: 0 };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const gone = new Set([...forgottenIn(folder), ...linesOf(enclosed.get(`${PREFIX}${FORGOTTEN_FILE}`))]);
  const present = await contentOf(join(folder, WRAPPING_FILE));
  const wrapping = enclosed.get(`${PREFIX}${WRAPPING_FILE}`);
  if (present !== null && wrapping !== undefined && !Buffer.from(present).equals(Buffer.from(wrapping)))
    throw new Error(`${folder} has other wrapping keys than the backup: move it elsewhere first`);
  let [restored, forgotten] = [0, 0];
  for (const [name, content] of files) {
    if (name === FORGOTTEN_FILE) continue;
    if (gone.has(name.replace('.key', ''))) forgotten += 1;
    else if (!existsSync(join(folder, name))) {
      await writeFile(join(folder, name), content, { mode: 0o600, flag: 'wx' });
      if (name !== WRAPPING_FILE) restored += 1;
    }
  }
  const ids = [...gone].filter((id) => id !== '');
  if (ids.length > 0)
    await writeFile(join(folder, FORGOTTEN_FILE), ids.map((id) => `${id}\n`).join(''), { mode: 0o600 });
  await syncFolder(folder);
  return { restored, forgotten };
};
