import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FORGOTTEN_FILE,
  forgottenIn,
  isKeyId,
  KEY_FOLDER,
  keyFile,
  keyIdsIn,
  putFile,
  syncFolder,
  WRAPPING_FILE,
} from '../../adapters/privacy/key-files.ts';
import { parseWrappingKeys, readWrappingKeys, unwrapped, wrapped } from '../../adapters/privacy/wrapping-keys.ts';
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

/** What a folder has, file by file. `read`: as `contentOf`. */
const filesIn = async (folder: string, read: typeof contentOf): Promise<Enclosed> => {
  const names = existsSync(folder) ? readdirSync(folder).filter(isKept) : [];
  const files: Array<readonly [string, Uint8Array]> = [];
  for (const name of names) {
    const content = await read(join(folder, name));
    if (content !== null) files.push([`${PREFIX}${name}`, content]);
  }
  return new Map(files);
};

/** Of new wrapping keys, that come while a backup reads. One takes longer than a reading; more in a row are made by nobody. */
const MOST_READINGS = 10;

const isSame = (one: Uint8Array | null | undefined, other: Uint8Array | null): boolean =>
  one === undefined || one === null ? other === null : other !== null && Buffer.compare(one, other) === 0;

/**
 * The keys of people, to be enclosed. Read after the log was copied, so that none of its keys is missing; and again where
 * they were wrapped anew meanwhile, since the wrapping keys that were read would not open what was read after them.
 */
export const keysIn = async (folder: string, read = contentOf): Promise<Enclosed> => {
  const wrapping = join(folder, WRAPPING_FILE);
  for (let count = 1; ; count += 1) {
    const before = await contentOf(wrapping);
    const files = await filesIn(folder, read);
    const unchanged =
      isSame(files.get(`${PREFIX}${WRAPPING_FILE}`), before) && isSame(before, await contentOf(wrapping));
    if (unchanged) return files;
    if (count === MOST_READINGS) throw new Error(`the keys in ${folder} are being wrapped anew: try again later`);
  }
};

const FORMAT = 'holdfast-privacy-keys-1';

/** Writes them into a file of their own, durably, for a place apart from the backup. Throws where the file is there already. */
export const writeKeysFile = async (path: string, keys: Enclosed): Promise<void> => {
  const files = Object.fromEntries([...keys].map(([name, content]) => [name, Buffer.from(content).toString('base64')]));
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ format: FORMAT, files })}\n`);
    await file.sync();
  } catch (thrown) {
    // Half of it is in the way of the next one.
    await rm(path, { force: true });
    throw thrown;
  } finally {
    await file.close();
  }
};

/** Reads what `writeKeysFile` wrote. Throws where it cannot be read, or is something else. */
const readKeysFile = async (path: string): Promise<Enclosed> => {
  const file: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isObject(file) || file.format !== FORMAT || !isObject(file.files))
    throw new Error(`${path} is no file of keys of personal data`);
  return new Map(Object.entries(file.files).map(([name, content]) => [name, Buffer.from(String(content), 'base64')]));
};

/** Keys that were brought from elsewhere: the file of them, or the folder itself. Throws where it is neither. */
export const readKeysAt = async (path: string): Promise<Enclosed> => {
  if (!statSync(path).isDirectory()) return readKeysFile(path);
  if (!existsSync(join(path, WRAPPING_FILE))) throw new Error(`${path} is no folder of keys of personal data`);
  return keysIn(path);
};

const linesOf = (content: Uint8Array | undefined): ReadonlyArray<string> =>
  content === undefined ? [] : new TextDecoder().decode(content).split('\n').filter(isKeyId);

/** What became of the keys of a backup. `forgotten`: left out, since they were destroyed after the backup was made. */
export type RestoredKeys = { readonly restored: number; readonly forgotten: number };

/** How keys of elsewhere get into a folder: as they are, with their wrapping keys or under those that are there already. */
type Wrapping = { readonly file: Uint8Array | null; readonly rewrap: (id: string, text: string) => string | null };

const asTheyAre = (_: string, text: string): string => text;

/** Throws where the folder is another one: hashes that name people would not be found under the other key of hashes. */
const wrappingFor = (folder: string, enclosed: Uint8Array | undefined): Wrapping => {
  const present = existsSync(folder) ? readWrappingKeys(folder) : null;
  if (enclosed === undefined) {
    if (present === null) throw new Error(`the keys that wrap them (${WRAPPING_FILE}) are missing`);
    return { file: null, rewrap: asTheyAre };
  }
  const theirs = parseWrappingKeys(new TextDecoder().decode(enclosed), WRAPPING_FILE);
  // Made by a start without its keys, and never used.
  const isUnused = present !== null && keyIdsIn(folder).length === 0 && forgottenIn(folder).size === 0;
  if (present === null || isUnused) return { file: enclosed, rewrap: asTheyAre };
  if (!present.hashing.equals(theirs.hashing))
    throw new Error(`${folder} has keys of another folder: move it elsewhere first`);
  return {
    file: null,
    rewrap: (id, text) => {
      const key = unwrapped(theirs, id, text);
      return key === null ? null : wrapped(present, id, key);
    },
  };
};

/** Changes nothing until `write` is called. */
export type RestorePlan = { readonly write: () => Promise<RestoredKeys> };

/**
 * How keys of people are put back into a folder. Where the folder is still there, it knows who was forgotten since they were
 * copied: their keys stay destroyed. Throws where they do not belong there.
 */
export const planRestoredKeys = (folder: string, enclosed: Enclosed): RestorePlan => {
  const files = new Map(
    [...enclosed].flatMap(([name, content]) => {
      const own = name.slice(PREFIX.length);
      return name.startsWith(PREFIX) && isKept(own) ? [[own, content] as const] : [];
    }),
  );
  if (files.size === 0) return { write: async () => ({ restored: 0, forgotten: 0 }) };
  const gone = new Set([...(existsSync(folder) ? forgottenIn(folder) : []), ...linesOf(files.get(FORGOTTEN_FILE))]);
  const { file, rewrap } = wrappingFor(folder, files.get(WRAPPING_FILE));
  const keys = [...files]
    .filter(([name]) => name.endsWith('.key'))
    .map(([name, content]) => [name.replace('.key', ''), new TextDecoder().decode(content)] as const);
  const missing = keys
    .filter(([id]) => !gone.has(id) && !existsSync(keyFile(folder, id)))
    // One that is damaged opens nothing, and keeps no other one from coming back.
    .flatMap(([id, text]) => {
      const again = rewrap(id, text);
      return again === null ? [] : [[id, again] as const];
    });
  const write = async (): Promise<RestoredKeys> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (file !== null) await putFile(join(folder, WRAPPING_FILE), new TextDecoder().decode(file));
    for (const [id, text] of missing) await putFile(keyFile(folder, id), text);
    const ids = [...gone];
    if (ids.length > 0) await putFile(join(folder, FORGOTTEN_FILE), ids.map((id) => `${id}\n`).join(''));
    await syncFolder(folder);
    return { restored: missing.length, forgotten: keys.filter(([id]) => gone.has(id)).length };
  };
  return { write };
};
