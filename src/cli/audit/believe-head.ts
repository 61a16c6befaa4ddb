import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { readFile } from 'node:fs/promises';
import { type HeadKeyRotation, readRotations, rotationsBetween } from '../../adapters/identity/head-key-rotation.ts';
import { isSignedBy, parseVerifier, readHeadKey } from '../../adapters/identity/head-key.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import { changesStream } from '../../application/commands/aggregate.ts';
import type { SignedHead } from '../../domain/audit/log-head.ts';
import { rotationsIn } from '../../application/audit/hash-log.ts';
import { messageOf } from '../../domain/unknown.ts';
import { dataFolder, withLog } from '../local/installation-commands.ts';

/** A text that is given, or that of the file of that name. */
const textOrFile = async (given: string): Promise<E.Either<string, string>> => {
  if (given.includes('+')) return E.right(given);
  try {
    return E.right(await readFile(given, 'utf8'));
  } catch (thrown) {
    return E.left(`${given} cannot be read: ${messageOf(thrown)} [file_unreadable]`);
  }
};

/** The verifier key that somebody believes: the one that is given, else the data folder's own. */
const believedKey = async (
  env: NodeJS.ProcessEnv,
  origin: string,
  given: string | undefined,
): Promise<E.Either<string, string>> => {
  if (given !== undefined)
    return pipe(
      await textOrFile(given),
      E.map((text) => text.trim()),
    );
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  return pipe(
    await readHeadKey(data.right.folder, origin),
    E.bimap(
      // The code stays at the end.
      (reason) => reason.replace(/( \[\w+\])?$/, ': say with --key whose head it is$1'),
      ({ verifier }) => verifier,
    ),
  );
};

/** From the data folder, and from the log, which has them also where the folder is another one. */
export const knownRotations = async (
  env: NodeJS.ProcessEnv,
): Promise<E.Either<string, ReadonlyArray<HeadKeyRotation>>> => {
  const data = dataFolder(env);
  const inFolder = E.isLeft(data) ? data : await readRotations(data.right.folder);
  if (E.isLeft(inFolder)) return inFolder;
  return withLog(env, async (log) =>
    pipe(
      await log.readStream(changesStream)(),
      E.bimap(
        (error) => `the log cannot be read: ${describeStoreError(error)}`,
        (events) => [...inFolder.right, ...rotationsIn(events)],
      ),
    ),
  );
};

const isSignedWith = (key: string, head: SignedHead): boolean => {
  const verifier = parseVerifier(key);
  return E.isRight(verifier) && isSignedBy(verifier.right, head);
};

/**
 * Whether a signed head is of the key that is believed (`given`: it, or a file with it; else the data folder's own), or of one
 * to which signed rotations lead from it, or from which they lead to it. Left: why that key cannot be used.
 */
export const isBelieved = async (
  env: NodeJS.ProcessEnv,
  head: SignedHead,
  given: string | undefined,
): Promise<E.Either<string, boolean>> => {
  const key = await believedKey(env, head.head.origin, given);
  if (E.isLeft(key)) return key;
  const parsed = parseVerifier(key.right);
  if (E.isLeft(parsed)) return parsed;
  if (isSignedBy(parsed.right, head)) return E.right(true);
  return pipe(
    await knownRotations(env),
    E.map((rotations) => {
      const keys = new Set(rotations.flatMap((rotation) => [rotation.previous ?? rotation.key, rotation.key]));
      const isRelated = (other: string): boolean =>
        rotationsBetween(rotations, key.right, other) !== null ||
        rotationsBetween(rotations, other, key.right, 'later') !== null;
      return [...keys].some((other) => isSignedWith(other, head) && isRelated(other));
    }),
  );
};
