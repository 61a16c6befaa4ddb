import * as E from 'fp-ts/lib/Either.js';
import { headText, parseSignedHead } from '../../domain/audit/log-head.ts';
import type { MerkleTree } from '../../domain/audit/merkle-tree.ts';
import { decodeChangeEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Finding } from './finding.ts';
import type { EventPlace } from './held-times.ts';

/** A head that was signed at an interval, as the log tells of it. `root`: base64. `key`: verifier key. */
export type RecordedHead = EventPlace & {
  readonly size: number;
  readonly root: string;
  readonly note: string;
  readonly key: string;
};

/** Whether a note is a signed head, signed by the key of that verifier. Handed in: it is cryptography. */
export type IsSigned = (verifier: string, note: string) => boolean;

/** The head that an event of the installation's stream tells of, if it does. */
export const headsOf = (event: RecordedEvent): ReadonlyArray<RecordedHead> => {
  if (event.type !== 'HeadSigned') return [];
  const decoded = decodeChangeEvent(event);
  if (E.isLeft(decoded) || decoded.right.type !== 'HeadSigned') return [];
  const { size, root, note, key } = decoded.right.data;
  const { stream, revision, position } = event;
  return [{ stream, revision, position, size, root, note, key }];
};

const saysItself = ({ size, root, note }: RecordedHead): boolean => {
  const parsed = parseSignedHead(note);
  return E.isRight(parsed) && parsed.right.text.startsWith(headText({ ...parsed.right.head, size, root }));
};

const faultOf = (head: RecordedHead, tree: Pick<MerkleTree, 'size' | 'root'>, isSigned: IsSigned): string | null => {
  const { size, root, note, key } = head;
  if (!saysItself(head)) return 'its note says another head than it does';
  if (!isSigned(key, note)) return 'its note is not signed by the key that it names';
  if (size > tree.size()) return `it is the head of ${size} events, and the log has ${tree.size()}`;
  return Buffer.from(tree.root(size)).toString('base64') === root
    ? null
    : `the first ${size} events are not those that were signed: one was changed, taken out, put in or moved`;
};

/**
 * The heads in the log against the log itself: whoever writes it anew needs the key of heads as well, or has to take the
 * heads out. `tree`: over all events, or all that were read.
 */
export const findWrongHeads = (
  heads: ReadonlyArray<RecordedHead>,
  tree: Pick<MerkleTree, 'size' | 'root'>,
  isSigned: IsSigned,
): ReadonlyArray<Finding> =>
  heads.flatMap((head) => {
    const { stream, revision, position } = head;
    const reason = faultOf(head, tree, isSigned);
    return reason === null ? [] : [{ kind: 'head', stream, revision, position, reason } as const];
  });
