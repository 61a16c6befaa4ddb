import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { rotateHeadKey } from '../../adapters/identity/head-key-rotation.ts';
import { openHeadKey, sha256Bytes } from '../../adapters/identity/head-key.ts';
import { describeStoreError } from '../../application/ports/event-store.ts';
import { base64, hashLog, originOf, proofOf } from '../../application/audit/hash-log.ts';
import { findUid } from '../../application/audit/read-for-audit.ts';
import { bookingStream } from '../../application/commands/aggregate.ts';
import { inWordsOf } from './answering.ts';
import { knownRotations } from './believe-head.ts';
import { dataFolder, withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';

/** Hashes the log and signs its head with the key of the data folder. */
const signedHead = async ({ env, terminal }: CliContext, stream: string | null) => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const hashed = await withLog(env, async (_, __, { log }) => {
    const progress = await startProgress(terminal, 'hashing');
    const result = await hashLog(log, sha256Bytes, progress.at, stream);
    progress.end();
    return E.isLeft(result) ? E.left(`the log cannot be read: ${describeStoreError(result.left)}`) : result;
  });
  if (E.isLeft(hashed)) return hashed;
  const { tree, first } = hashed.right;
  const origin = originOf(first);
  const key = await openHeadKey(data.right.folder, origin);
  if (E.isLeft(key)) return key;
  const head = { origin, size: tree.size(), root: base64(tree.root()) };
  return E.right({ note: key.right.sign(head), head, verifier: key.right.verifier, hashed: hashed.right });
};

/** Prints a signed head of the log as it is now, or the key that signed heads are verified with. */
export const printHead = async (
  context: CliContext,
  options: { readonly key?: true; readonly json?: true },
): Promise<ExitCode> => {
  const { terminal } = context;
  const signed = await signedHead(context, null);
  if (E.isLeft(signed)) {
    terminal.err(`holdfast: ${signed.left}`);
    return exitCode.failed;
  }
  const { note, head, verifier } = signed.right;
  if (options.json) terminal.out(JSON.stringify({ ...head, note, key: verifier }, null, 2));
  // A note ends with its own line end.
  else terminal.out(options.key ? verifier : note.slice(0, -1));
  return exitCode.fine;
};

/**
 * Makes a new key for heads, signed for by the one before it, and prints its verifier key. A server that runs signs with
 * it from its next head on, and writes the rotation into the log.
 */
export const rotateKey = async (context: CliContext, options: { readonly json?: true }): Promise<ExitCode> => {
  const { env, terminal } = context;
  const data = dataFolder(env);
  const first = await withLog(env, async (log) =>
    pipe(
      await log.readAll(0, 1)(),
      E.bimap(
        (error) => `the log cannot be read: ${describeStoreError(error)}`,
        ([event]) => event?.hash ?? null,
      ),
    ),
  );
  const rotated = E.isLeft(data)
    ? data
    : E.isLeft(first)
      ? first
      : first.right === null
        ? E.left('an empty log has no name yet, and no key: start a server on it first [log_empty]')
        : await rotateHeadKey(data.right.folder, originOf(first.right));
  if (E.isLeft(rotated)) {
    terminal.err(`holdfast: ${rotated.left}`);
    return exitCode.failed;
  }
  terminal.out(options.json ? JSON.stringify(rotated.right, null, 2) : rotated.right.key);
  return exitCode.fine;
};

/**
 * Prints a proof of one booking for somebody who has no Holdfast: its events as they are stored, personal data sealed,
 * each with its
 * place in the log and the hashes from there to the signed head.
 */
export const proveBooking = async (context: CliContext, prefix: string): Promise<ExitCode> => {
  const { terminal } = context;
  const failed = (reason: string): ExitCode => {
    terminal.err(`holdfast: ${reason}`);
    return exitCode.failed;
  };
  const uid = await withLog(context.env, async (log) => inWordsOf(await findUid(log, prefix)));
  if (E.isLeft(uid)) return failed(uid.left);
  const stream = bookingStream(uid.right);
  const signed = await signedHead(context, stream);
  if (E.isLeft(signed)) return failed(signed.left);
  const { note, hashed } = signed.right;
  const rotations = await knownRotations(context.env);
  if (E.isLeft(rotations)) return failed(rotations.left);
  terminal.out(JSON.stringify(proofOf(stream, note, rotations.right, hashed), null, 2));
  return exitCode.fine;
};
