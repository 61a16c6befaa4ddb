import * as E from 'fp-ts/lib/Either.js';
import { createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { type ChangeEventData, changeEventCodecs } from '../../domain/installation/change-events.ts';
import { messageOf } from '../../domain/unknown.ts';
import { HEAD_KEY_FILE, isMissing, makeHeadKey, openHeadKey, parseVerifier } from './head-key.ts';

/** As it is in the log: heads are signed with `key` after `previous`, both verifier keys. */
export type HeadKeyRotation = ChangeEventData<'HeadKeyChanged'>;
const fileCodec = t.array(changeEventCodecs.HeadKeyChanged);

/** Beside the key: who follows whom, for whoever comes with a signed head of an earlier key. No secrets. */
const ROTATIONS_FILE = 'head-key-rotations.json';
/** What a backup has of them. */
export const HEAD_KEY_FILES = [HEAD_KEY_FILE, ROTATIONS_FILE] as const;

const statement = (previous: string, key: string): Buffer =>
  Buffer.from(`holdfast: heads are signed with another key\n${previous}\n${key}\n`);

const isSignedWithKey = (key: string, text: Buffer, signature: string): boolean => {
  const verifier = parseVerifier(key);
  return E.isRight(verifier) && verify(null, text, verifier.right.key, Buffer.from(signature, 'base64'));
};

/** Whether the earlier key has signed that the later one follows it (Ed25519, RFC 8032). */
const isRotationSigned = ({ previous, key, signature }: HeadKeyRotation): boolean =>
  previous !== null && signature !== null && isSignedWithKey(previous, statement(previous, key), signature);

/** Whether the later key has signed as well that it follows the earlier one: anybody's key can say that ours follows it. */
const isCountersigned = ({ previous, key, countersignature }: HeadKeyRotation): boolean =>
  previous !== null &&
  countersignature !== undefined &&
  isSignedWithKey(key, statement(previous, key), countersignature);

/**
 * The rotations that lead from one key to another, in their order; null: they do not. Only signed ones count: whoever can write
 * the log or the folder can write an unsigned one. `believed`: the key that whoever asks believes; from the later one to an
 * earlier one it also takes the signature of the later one.
 */
export const rotationsBetween = (
  rotations: ReadonlyArray<HeadKeyRotation>,
  from: string,
  to: string,
  believed: 'earlier' | 'later' = 'earlier',
): ReadonlyArray<HeadKeyRotation> | null => {
  const way: HeadKeyRotation[] = [];
  const seen = new Set<string>();
  for (let at = to; at !== from;) {
    const last = rotations.find(
      (rotation) =>
        rotation.key === at && isRotationSigned(rotation) && (believed === 'earlier' || isCountersigned(rotation)),
    );
    if (last === undefined || last.previous === null || seen.has(at)) return null;
    seen.add(at);
    way.unshift(last);
    at = last.previous;
  }
  return way;
};

/** Left: why the file cannot be read. Without a file there were none. */
export const readRotations = async (folder: string): Promise<E.Either<string, ReadonlyArray<HeadKeyRotation>>> => {
  const path = join(folder, ROTATIONS_FILE);
  try {
    const decoded = fileCodec.decode(JSON.parse(await readFile(path, 'utf8')));
    return E.isLeft(decoded) ? E.left(`${path} is no list of rotations [rotations_unreadable]`) : decoded;
  } catch (thrown) {
    return isMissing(thrown)
      ? E.right([])
      : E.left(`${path} cannot be read: ${messageOf(thrown)} [rotations_unreadable]`);
  }
};

const replaceFile = async (path: string, text: string, mode: number): Promise<void> => {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
};

/**
 * Makes a new key for the heads of the log of that name, signed for by the one that there is, which is gone afterwards. The
 * statement is on disk before the key is: a rotation that is interrupted between the two is done again. Left: why not.
 */
export const rotateHeadKey = async (folder: string, name: string): Promise<E.Either<string, HeadKeyRotation>> => {
  const current = await openHeadKey(folder, name);
  if (E.isLeft(current)) return current;
  const earlier = await readRotations(folder);
  if (E.isLeft(earlier)) return earlier;
  const path = join(folder, HEAD_KEY_FILE);
  try {
    const { privateKey } = generateKeyPairSync('ed25519');
    const [previous, key] = [current.right.verifier, makeHeadKey(name, privateKey).verifier];
    const text = statement(previous, key);
    const signature = sign(null, text, createPrivateKey(await readFile(path, 'utf8'))).toString('base64');
    const rotation = { previous, key, signature, countersignature: sign(null, text, privateKey).toString('base64') };
    const rotations = [...earlier.right, rotation];
    await replaceFile(join(folder, ROTATIONS_FILE), `${JSON.stringify(rotations, null, 2)}\n`, 0o600);
    await replaceFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
    return E.right(rotation);
  } catch (thrown) {
    return E.left(`the key of heads ${path} cannot be replaced: ${messageOf(thrown)} [head_key_unwritable]`);
  }
};
