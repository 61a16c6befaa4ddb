import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';
import * as E from 'fp-ts/lib/Either.js';
import { isMissing } from '../identity/head-key.ts';
import { keyIdsIn, putFile, readKeyFile, syncFolder, WRAPPING_FILE } from './key-files.ts';

/** AES-256-GCM (NIST SP 800-38D): 256-bit keys, 96-bit nonces that are drawn anew each time, 128-bit tags. */
const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export const makeKey = (): Buffer => randomBytes(KEY_BYTES);

/** Nonce, ciphertext and tag as base64. `context` is authenticated with it. */
export const sealWith = (key: Uint8Array, context: string, plain: string | Uint8Array): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
  const start = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  return Buffer.concat([nonce, start, cipher.final(), cipher.getAuthTag()]).toString('base64');
};

/** What was sealed with this key in this context; null where it was not. */
const openWith = (key: Uint8Array, context: string, sealed: string): Buffer | null => {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString('base64') !== sealed) return null;
  const cipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
  } catch {
    // The tag does not fit: another key, another place, or changed.
    return null;
  }
};

/** `hashing`: the key of the hashes that name keys. `keys`: by id; `current` wraps what is new, the others are being replaced. */
export type WrappingKeys = {
  readonly hashing: Buffer;
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
};

const fileCodec = t.type({
  version: t.literal(1),
  hashing: t.string,
  current: t.string,
  keys: t.record(t.string, t.string),
});

const SUBJECT_LENGTH = 32;

/** A keyed hash of a mailbox: no wrapping key that is new changes it. */
export const subjectIn = ({ hashing }: Pick<WrappingKeys, 'hashing'>, mailbox: string): string =>
  createHmac('sha256', hashing).update(mailbox).digest('hex').slice(0, SUBJECT_LENGTH);

export const subjectOfKey = (key: string): string => key.slice(0, SUBJECT_LENGTH);

const newId = (): string => randomBytes(4).toString('hex');

export const makeWrappingKeys = (): WrappingKeys => {
  const current = newId();
  return { hashing: makeKey(), current, keys: new Map([[current, makeKey()]]) };
};

/** The same with another current key. */
export const withNewCurrent = ({ hashing, keys }: WrappingKeys): WrappingKeys => {
  const current = newId();
  return { hashing, current, keys: new Map([...keys, [current, makeKey()]]) };
};

export const onlyCurrent = ({ hashing, keys, current }: WrappingKeys): WrappingKeys => ({
  hashing,
  current,
  keys: new Map([...keys].filter(([id]) => id === current)),
});

/** `path`: what an error names. Throws where the text is not one of ours. */
export const parseWrappingKeys = (text: string, path: string): WrappingKeys => {
  const parsed = E.tryCatch((): unknown => JSON.parse(text), String);
  const decoded = fileCodec.decode(E.isLeft(parsed) ? null : parsed.right);
  if (E.isLeft(decoded)) throw new Error(`${path} is not a file of wrapping keys`);
  const { hashing, current, keys } = decoded.right;
  const known = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const isWhole = [Buffer.from(hashing, 'base64'), ...known.values()].every(({ length }) => length === KEY_BYTES);
  if (!isWhole || !known.has(current)) throw new Error(`${path} lacks a key, or has one of another length`);
  return { hashing: Buffer.from(hashing, 'base64'), current, keys: known };
};

/** Null where there is no such file. Throws where it is not one of ours. */
export const readWrappingKeys = (folder: string): WrappingKeys | null => {
  const path = join(folder, WRAPPING_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
  return parseWrappingKeys(text, path);
};

/** Durable when it resolves. */
export const saveWrappingKeys = async (folder: string, { hashing, current, keys }: WrappingKeys): Promise<void> => {
  const texts = Object.fromEntries([...keys].map(([id, key]) => [id, key.toString('base64')]));
  const file = { version: 1, hashing: hashing.toString('base64'), current, keys: texts };
  await putFile(join(folder, WRAPPING_FILE), `${JSON.stringify(file, null, 2)}\n`);
  await syncFolder(folder);
};

/** A key of a person as it is stored, wrapped with the current key. `id`: of the key itself. */
export const wrapped = ({ current, keys }: WrappingKeys, id: string, key: Uint8Array): string => {
  const wrapping = keys.get(current);
  if (wrapping === undefined) throw new Error('there is no wrapping key');
  return `1 ${current} ${sealWith(wrapping, id, key)}\n`;
};

/** Null: it is of another folder, or was changed, so that it opens nothing. */
export const unwrapped = ({ keys }: WrappingKeys, id: string, text: string): Buffer | null => {
  const [version, by = '', sealed = ''] = text.trim().split(' ');
  const wrapping = keys.get(by);
  return version !== '1' || wrapping === undefined ? null : openWith(wrapping, id, sealed);
};

/** The id of the key that wraps it. */
export const wrappedBy = (text: string): string => text.split(' ')[1] ?? '';

/** Keys that are tried at the start. */
const TRIED_KEYS = 8;

/** Whether the keys and the file of wrapping keys do not belong together. One that is damaged says nothing about the others. */
export const isOfAnother = (folder: string): boolean => {
  const ids = keyIdsIn(folder).slice(0, TRIED_KEYS);
  const texts = ids.map((id) => [id, readKeyFile(folder, id)] as const);
  // Read after them: another node may be wrapping them anew.
  const wrapping = readWrappingKeys(folder);
  return (
    ids.length > 0 &&
    texts.every(([id, text]) => text !== null && wrapping !== null && unwrapped(wrapping, id, text) === null)
  );
};

/** What a key opens; null where there is none. */
export const opened = (key: Uint8Array | null, id: string, context: string, sealed: string) =>
  key === null
    ? null
    : (openWith(key, context, sealed)?.toString('utf8') ?? ({ type: 'Unsealable', key: id } as const));
