import * as E from 'fp-ts/lib/Either.js';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  headText,
  isNoteName,
  type LogHead,
  type NoteSignature,
  parseSignedHead,
  type SignedHead,
  signedNote,
} from '../../domain/audit/log-head.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';

/** Signs the heads of this log (Ed25519, RFC 8032). `verifier`: its public half, in the form that others read. */
export type HeadKey = { readonly sign: (head: LogHead) => string; readonly verifier: string };

/** The public half of a key: by it a signed head is believed. */
export type HeadVerifier = { readonly name: string; readonly keyHash: Buffer; readonly key: KeyObject };

/** Beside the data file: whoever has a signed head verifies it with the public half. */
export const HEAD_KEY_FILE = 'head-key.pem';

/** Kinds of keys in a signed note (C2SP signed-note). */
const ED25519 = 0x01;
const KEY_HASH_BYTES = 4;
const ED25519_BYTES = 32;
/** What precedes the 32 bytes of an Ed25519 key in SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** As a text with a character for each byte: asked for a buffer, Node takes almost three times as long. */
const sha256Latin1 = (content: Uint8Array | string): string => hash('sha256', content, 'latin1');
/** SHA-256 of bytes, or of a text's UTF-8 bytes, written into `target` from `at` on, byte by byte. */
export const sha256Into = (content: Uint8Array | string, target: Uint8Array, at: number): void => {
  const bytes = sha256Latin1(content);
  for (let index = 0; index < bytes.length; index += 1) target[at + index] = bytes.charCodeAt(index);
};
/** SHA-256 of bytes, or of a text's UTF-8 bytes. */
export const sha256Bytes = (content: Uint8Array | string): Uint8Array => Buffer.from(sha256Latin1(content), 'latin1');

const publicBytes = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length);

/** The first four bytes of SHA-256 over the name, a line end, the kind and the public key. */
const keyHashOf = (name: string, bytes: Uint8Array): Buffer =>
  createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(ED25519))
    .update(bytes)
    .digest()
    .subarray(0, KEY_HASH_BYTES);

/** `name+keyhash+base64(kind, key)`: the verifier key of a signed note. */
const verifierText = (name: string, bytes: Uint8Array): string =>
  `${name}+${keyHashOf(name, bytes).toString('hex')}+${Buffer.concat([Uint8Array.of(ED25519), bytes]).toString('base64')}`;

/** Reads a verifier key as `audit head --key` prints it. Left: what is wrong with it. */
export const parseVerifier = (text: string): E.Either<string, HeadVerifier> => {
  const [name = '', keyHash = '', ...rest] = text.trim().split('+');
  const blob = Buffer.from(rest.join('+'), 'base64');
  const bytes = blob.subarray(1);
  if (!isNoteName(name) || blob[0] !== ED25519 || bytes.length !== ED25519_BYTES)
    return E.left('it is not an Ed25519 verifier key of the form name+hash+key');
  const expected = keyHashOf(name, bytes);
  if (expected.toString('hex') !== keyHash) return E.left('its key hash is not that of its name and key');
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes]), format: 'der', type: 'spki' });
  return E.right({ name, keyHash: expected, key });
};

/** Whether one of the signatures is the key's own, over exactly this text. */
export const isSignedBy = (
  { name, keyHash, key }: HeadVerifier,
  { text, signatures }: Pick<SignedHead, 'text' | 'signatures'>,
): boolean =>
  signatures.some((signature: NoteSignature) => {
    const blob = Buffer.from(signature.blob, 'base64');
    return (
      signature.name === name &&
      blob.subarray(0, KEY_HASH_BYTES).equals(keyHash) &&
      verify(null, Buffer.from(text), key, blob.subarray(KEY_HASH_BYTES))
    );
  });

/** Whether a text is a signed head, signed by the key of this verifier. */
export const isNoteSignedBy = (verifier: string, note: string): boolean => {
  const [key, head] = [parseVerifier(verifier), parseSignedHead(note)];
  return E.isRight(key) && E.isRight(head) && isSignedBy(key.right, head.right);
};

/** A key whose signatures carry `name`, which is also the origin of the log. */
export const makeHeadKey = (name: string, key: KeyObject): HeadKey => {
  const bytes = publicBytes(key);
  return {
    verifier: verifierText(name, bytes),
    sign: (head) => {
      const text = headText(head);
      const blob = Buffer.concat([keyHashOf(name, bytes), sign(null, Buffer.from(text), key)]);
      return signedNote(text, [{ name, blob: blob.toString('base64') }]);
    },
  };
};

/** Whether an error of the file system says that there is no such file. */
export const isMissing = (error: unknown): boolean => isObject(error) && error.code === 'ENOENT';

const keyOf = (pem: string, path: string, name: string): E.Either<string, HeadKey> => {
  const key = createPrivateKey(pem);
  return key.asymmetricKeyType === 'ed25519'
    ? E.right(makeHeadKey(name, key))
    : E.left(`${path} is not an Ed25519 key [head_key_unusable]`);
};

const unusable = (path: string, thrown: unknown): E.Either<string, never> =>
  E.left(`the key of heads ${path} cannot be used: ${messageOf(thrown)} [head_key_unusable]`);

/** The key of a data folder as it is, for what only reads. Left: there is none, or why it cannot be read. */
export const readHeadKey = async (folder: string, name: string): Promise<E.Either<string, HeadKey>> => {
  const path = join(folder, HEAD_KEY_FILE);
  try {
    return keyOf(await readFile(path, 'utf8'), path, name);
  } catch (thrown) {
    return isMissing(thrown) ? E.left(`there is no ${path} [head_key_missing]`) : unusable(path, thrown);
  }
};

/**
 * The key of a data folder, made at its first use and readable by its owner alone. Whoever can write the folder can sign with
 * it: so signed heads and verifier are to be kept elsewhere. Left: why it cannot be read or made.
 */
export const openHeadKey = async (folder: string, name: string): Promise<E.Either<string, HeadKey>> => {
  const path = join(folder, HEAD_KEY_FILE);
  try {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = await readFile(path, 'utf8').catch(async (error: unknown) => {
      if (!isMissing(error)) throw error;
      const made = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      // `wx`: of two that make it at once, one fails and is run again.
      await writeFile(path, made, { mode: 0o600, flag: 'wx' });
      return made;
    });
    return keyOf(pem, path, name);
  } catch (thrown) {
    return unusable(path, thrown);
  }
};
