import * as E from 'fp-ts/lib/Either.js';
import { leafText, type LogHead } from '../../domain/audit/log-head.ts';
import { makeMerkleTree, type MerkleTree, type Sha256Bytes } from '../../domain/audit/merkle-tree.ts';
import type { ChangeEventData } from '../../domain/installation/change-events.ts';
import { decodeChangeEvent } from '../../domain/log/decode.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import type { EventStore, OwnStreams, StoreError } from '../ports/event-store.ts';
import type { SubjectKeyReader } from '../ports/subject-keys.ts';
import type { RefusalLimits } from '../refusals/record-refusals.ts';
import type { IsSigned } from './check-heads.ts';
import { type AuditLog, auditPages } from './read-for-audit.ts';
import type { CompareReadModel } from './read-model-report.ts';
import type { VerifyLog } from './verify-log.ts';

/** All that audits need, whoever asks: the reading half of the log, keys by name, and a signature under a head. */
export type AuditSources = {
  readonly log: AuditLog & Pick<EventStore, 'subscribe'>;
  /** What the installation keeps beside the log: refusals. */
  readonly own: Pick<OwnStreams, 'read'>;
  readonly refusalLimits: RefusalLimits;
  /** Keyed hash of a mail address, as refusals have it. */
  readonly attendeeHash: (email: string) => string;
  /** Before personal data is given to a key. Left: it could not be written down. */
  readonly noteReading: (keyId: string, what: string) => Promise<E.Either<StoreError, void>>;
  /** After the keys of people were wrapped with a new key. */
  readonly noteWrappingKey: (keyId: string, keys: number) => Promise<E.Either<StoreError, void>>;
  /** The log as it is stored, personal data sealed: what hashes cover, and what leaves as an export or a proof. */
  readonly stored: AuditLog;
  readonly keyNames: () => Promise<E.Either<StoreError, ReadonlyMap<string, string>>>;
  readonly hashes: {
    readonly sha256: Sha256;
    readonly sha256Bytes: Sha256Bytes;
    readonly isSigned: IsSigned;
    /** They open what is sealed, for judging; null: nothing is. */
    readonly keys: SubjectKeyReader | null;
  };
  /** Verifies the log off the event loop; null: it is walked, page by page. */
  readonly verify: VerifyLog | null;
  /** Compares the read model of this node with the log; null: it keeps none in a file. */
  readonly compareReadModel: CompareReadModel | null;
  /** Left: why it cannot be signed. `verifier`: the public key. */
  readonly signHead: (head: LogHead) => Promise<E.Either<string, { readonly note: string; readonly verifier: string }>>;
  /** What leads from an earlier key to this one, signed each by the one before it; null: nothing does. Left: it cannot be read. */
  readonly rotations: (
    from: string,
    to: string,
  ) => Promise<E.Either<string, ReadonlyArray<ChangeEventData<'HeadKeyChanged'>> | null>>;
  /** All rotations that were written beside the key, also those that the log does not tell of yet. Left: they cannot be read. */
  readonly writtenRotations: () => Promise<E.Either<string, ReadonlyArray<ChangeEventData<'HeadKeyChanged'>>>>;
};

/** The keys of heads that the stream of the installation tells of, in order. */
export const rotationsIn = (events: ReadonlyArray<RecordedEvent>): ReadonlyArray<ChangeEventData<'HeadKeyChanged'>> =>
  events.flatMap((event) => {
    const decoded = decodeChangeEvent(event);
    return E.isRight(decoded) && decoded.right.type === 'HeadKeyChanged' ? [decoded.right.data] : [];
  });

type Indexed = { readonly index: number; readonly event: RecordedEvent };
/** `first`: hash of the first event, by which the log is known; null: it has none. `wanted`: the events of one stream. */
export type HashedLog = {
  readonly tree: MerkleTree;
  readonly first: string | null;
  readonly wanted: ReadonlyArray<Indexed>;
};

/** The log of a data folder is known by its first event; the name is in each of its signed heads. */
export const originOf = (firstHash: string | null): string => `holdfast/${(firstHash ?? 'empty').slice(0, 16)}`;

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The tree over the whole log as it is now, and the events of one stream with their places in it. */
export const hashLog = async (
  log: Pick<AuditLog, 'readAll' | 'head'>,
  sha256Bytes: Sha256Bytes,
  onProgress: (position: number, head: number) => void,
  stream: string | null,
): Promise<E.Either<StoreError, HashedLog>> => {
  const head = await log.head()();
  if (E.isLeft(head)) return head;
  const tree = makeMerkleTree(sha256Bytes);
  const wanted: Indexed[] = [];
  let first: string | null = null;
  for await (const page of auditPages(log, { after: 0, upTo: head.right })) {
    if (E.isLeft(page)) return page;
    for (const event of page.right) {
      first ??= event.hash;
      if (event.stream === stream) wanted.push({ index: tree.size(), event });
      tree.add(leafText(event));
    }
    onProgress(page.right.at(-1)?.position ?? head.right, head.right);
  }
  return E.right({ tree, first, wanted });
};

/** The folder of the key and the log may tell of the same one. */
const signedOnce = (rotations: ReadonlyArray<ChangeEventData<'HeadKeyChanged'>>) => [
  ...new Map(
    rotations
      .filter(({ signature }) => signature !== null)
      .map((one) => [JSON.stringify([one.previous, one.key, one.signature, one.countersignature]), one]),
  ).values(),
];

/**
 * What somebody needs to check the events of one stream without us: each with its place in the log and the hashes from there up
 * to the signed head (RFC 9162, section 2.1.3). `note`: the signed head. `rotations`: by which who has another key of the log
 * believes the one of the note.
 */
export const proofOf = (
  stream: string,
  note: string,
  rotations: ReadonlyArray<ChangeEventData<'HeadKeyChanged'>>,
  { tree, wanted }: HashedLog,
) => ({
  format: 'holdfast-proof/1',
  note,
  rotations: signedOnce(rotations),
  stream,
  events: wanted.map(({ index, event: { position: _, ...event } }) => ({
    index,
    inclusion: tree.inclusion(index).map(base64),
    event,
  })),
});
