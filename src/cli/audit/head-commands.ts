import * as E from 'fp-ts/lib/Either.js';
import { openHeadKey, sha256Bytes } from '../../adapters/identity/head-key.ts';
import type { EventStore } from '../../application/ports/event-store.ts';
import { leafText } from '../../domain/audit/log-head.ts';
import { makeMerkleTree, type MerkleTree } from '../../domain/audit/merkle-tree.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { dataFolder, withLog } from '../local/installation-commands.ts';
import { type CliContext, type ExitCode, exitCode, startProgress } from '../terminal.ts';
import { originOf } from './audit-commands.ts';

/** Events in a page. */
const PAGE = 1000;

type Indexed = { readonly index: number; readonly event: RecordedEvent };
/** `first`: hash of the first event, by which the log is known; null: it has none. */
type Hashed = { readonly tree: MerkleTree; readonly first: string | null; readonly wanted: ReadonlyArray<Indexed> };

const encoder = new TextEncoder();

/** The tree over the whole log as it is now, and the events of one stream with their places in it. */
const hashLog = async (
  log: Pick<EventStore, 'readAll' | 'head'>,
  onProgress: (position: number, head: number) => void,
  stream: string | null,
): Promise<E.Either<string, Hashed>> => {
  const unreadable = (error: unknown) => E.left(`the log cannot be read: ${JSON.stringify(error)}`);
  const head = await log.head()();
  if (E.isLeft(head)) return unreadable(head.left);
  const tree = makeMerkleTree(sha256Bytes);
  const wanted: Indexed[] = [];
  let [position, first]: [number, string | null] = [0, null];
  while (position < head.right) {
    const page = await log.readAll(position, PAGE)();
    if (E.isLeft(page)) return unreadable(page.left);
    if (page.right.length === 0) break;
    for (const event of page.right) {
      if (event.position > head.right) break;
      first ??= event.hash;
      if (event.stream === stream) wanted.push({ index: tree.size(), event });
      tree.add(encoder.encode(leafText(event)));
    }
    position = page.right.at(-1)?.position ?? head.right;
    onProgress(Math.min(position, head.right), head.right);
  }
  return E.right({ tree, first, wanted });
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Hashes the log and signs its head with the key of the data folder. */
const signedHead = async ({ env, terminal }: CliContext, stream: string | null) => {
  const data = dataFolder(env);
  if (E.isLeft(data)) return data;
  const hashed = await withLog(env, async (log) => {
    const progress = await startProgress(terminal, 'hashing');
    const result = await hashLog(log, progress.at, stream);
    progress.end();
    return result;
  });
  if (E.isLeft(hashed)) return hashed;
  const { tree, first, wanted } = hashed.right;
  const origin = originOf(first);
  const key = await openHeadKey(data.right.folder, origin);
  if (E.isLeft(key)) return key;
  const note = key.right.sign({ origin, size: tree.size(), root: base64(tree.root()) });
  return E.right({ note, verifier: key.right.verifier, tree, wanted });
};

/** Prints a signed head of the log as it is now, or the key that signed heads are verified with. */
export const printHead = async (context: CliContext, options: { readonly key?: true }): Promise<ExitCode> => {
  const { terminal } = context;
  const signed = await signedHead(context, null);
  if (E.isLeft(signed)) {
    terminal.err(`holdfast: ${signed.left}`);
    return exitCode.failed;
  }
  // A note ends with its own line end.
  terminal.out(options.key ? signed.right.verifier : signed.right.note.slice(0, -1));
  return exitCode.fine;
};

/**
 * Prints a proof of one booking for somebody who has no Holdfast: its events, personal data included, each with its
 * place in the log and the hashes from there to the signed head.
 */
export const proveBooking = async (context: CliContext, uid: string): Promise<ExitCode> => {
  const { terminal } = context;
  const stream = `booking-${uid}`;
  const signed = await signedHead(context, stream);
  const failure = E.isLeft(signed)
    ? signed.left
    : signed.right.wanted.length === 0
      ? `the log has no booking ${uid}; a whole uid is needed`
      : null;
  if (E.isLeft(signed) || failure !== null) {
    terminal.err(`holdfast: ${failure}`);
    return exitCode.failed;
  }
  const { tree, wanted, note } = signed.right;
  const events = wanted.map(({ index, event: { position: _, ...event } }) => ({
    index,
    inclusion: tree.inclusion(index).map(base64),
    event,
  }));
  terminal.out(JSON.stringify({ format: 'holdfast-proof/1', note, stream, events }, null, 2));
  return exitCode.fine;
};
