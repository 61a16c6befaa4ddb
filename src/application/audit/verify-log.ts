import * as E from 'fp-ts/lib/Either.js';
import { leafText } from '../../domain/audit/log-head.ts';
import { makeMerkleTree, type MerkleTree, type Sha256Bytes } from '../../domain/audit/merkle-tree.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';
import { findWrongHeads, type IsSigned } from './check-heads.ts';
import { type Finding, type Findings, gapBefore, makeFindingList } from './finding.ts';
import { makeLogVerifier } from './log-verifier.ts';
import type { SubjectKeyReader } from '../ports/subject-keys.ts';

type Log = Pick<EventStore, 'readAll' | 'head'>;
type Page = E.Either<StoreError, ReadonlyArray<RecordedEvent>>;

/** Events in a page. */
const PAGE = 1000;
/** `from`, `to`: positions; what lies outside is read and not reported. */
export type AuditRange = { readonly from: number; readonly to: number };

/** `tree`: over all events that could be parsed, in the order of the log. `more`: findings beyond those that are listed. */
export type AuditReport = {
  readonly events: number;
  readonly streams: number;
  readonly erased: number;
  readonly position: number;
  readonly tree: MerkleTree;
} & Findings;

/**
 * Verifies a whole log, wherever it is. `onProgress`: positions that are done, and all. `signal`: nobody waits any more.
 * `coresTaken`: by what the caller does meanwhile.
 */
export type VerifyLog = (
  onProgress: (done: number, all: number) => void,
  range?: AuditRange,
  signal?: AbortSignal,
  coresTaken?: number,
) => Promise<E.Either<StoreError, AuditReport>>;

/** The report as data: its tree by size and root. */
export const reportData = ({ tree, findings, more, ...counts }: AuditReport) => ({
  ...counts,
  head: { size: tree.size(), root: Buffer.from(tree.root()).toString('base64') },
  findings,
  more,
});

/** A page with an event that cannot be parsed is read again one by one, so that what lies around it is checked too. */
const readPage = async (log: Log, after: number): Promise<Page> => {
  const page = await log.readAll(after, PAGE)();
  return E.isLeft(page) && page.left.type === 'Corrupt' ? log.readAll(after, 1)() : page;
};

/** `keys` open what is sealed, for judging; null: nothing is. */
type VerifyDeps = {
  readonly sha256: Sha256;
  readonly sha256Bytes: Sha256Bytes;
  readonly isSigned: IsSigned;
  readonly keys: SubjectKeyReader | null;
  readonly isGapless?: boolean;
};

/** Where a walk is. `isGapless`: `goTo` finds what is missing on its way. */
const makePlace = (isGapless: boolean) => {
  // A row that was put in may have any place; the server gives none below 1.
  let at = isGapless ? Number.MIN_SAFE_INTEGER : 0;
  const reached = (): number => Math.max(0, at);
  return {
    at: () => at,
    reached,
    goTo: (next: number): ReadonlyArray<Finding> => {
      const gap = isGapless ? gapBefore(next, reached()) : [];
      at = next;
      return gap;
    },
  };
};

/**
 * Walks the whole log as it is now, in pages, and lists what is wrong with it, in the order of the log. The log is read as it is
 * stored; `keys` open what is sealed in it, for judging alone. `isGapless`: its positions are counted, as the embedded engine
 * does. Left only where the log cannot be read at all: a break is a
 * finding, not an error.
 */
export const verifyEvents = async (
  log: Log,
  { sha256, sha256Bytes, isSigned, keys, isGapless = false }: VerifyDeps,
  onProgress: (position: number, head: number) => void,
  { from, to }: AuditRange = { from: 0, to: Number.MAX_SAFE_INTEGER },
): Promise<E.Either<StoreError, AuditReport>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const last = Math.min(head.right, to);
  const verifier = makeLogVerifier(sha256, keys);
  const tree = makeMerkleTree(sha256Bytes);
  const list = makeFindingList(from);
  const place = makePlace(isGapless);
  while (place.at() < last) {
    const page = await readPage(log, place.at());
    if (E.isLeft(page)) {
      if (page.left.type !== 'Corrupt') return page;
      const { reason, position = place.reached() } = page.left;
      list.add([{ kind: 'unreadable', stream: '', revision: -1, position, reason }]);
      // Of a file that is damaged as a whole nothing says where to go on.
      if (page.left.position === undefined || position <= place.at()) break;
      list.add(place.goTo(position));
      continue;
    }
    if (page.right.length === 0) break;
    for (const event of page.right) {
      const gap = place.goTo(event.position);
      if (event.position > last) break;
      list.add(gap);
      tree.add(leafText(event));
      list.add(verifier.add(event));
    }
    onProgress(Math.min(place.reached(), last), last);
  }
  list.add([...verifier.end(), ...findWrongHeads(verifier.heads(), tree, isSigned)]);
  return E.right({ ...verifier.counts(), position: Math.min(place.reached(), last), ...list.all(), tree });
};
