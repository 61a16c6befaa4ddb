import {
  type CopyError,
  type Copying,
  eachPage,
  forEachConcurrently,
  type StreamEnd,
  STREAMS_IN_FLIGHT,
} from './copying.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { canonicalJson, firstBrokenLink, GENESIS_HASH } from '../../domain/log/hash-chain.ts';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { StoreError } from '../ports/event-store.ts';

type Difference = { readonly revision: number; readonly reason: string };

/** Compares personal data too: hashes are the same before and after its erasure. */
const textOf = ({ id, type, version, data, occurredAt, actor, correlationId, causationId, hash }: RecordedEvent) =>
  canonicalJson({ id, type, version, data, occurredAt, actor: { ...actor }, correlationId, causationId, hash });

const differenceOf = (source: RecordedEvent | undefined, target: RecordedEvent | undefined): string | null => {
  if (source === undefined) return 'the source has no such event';
  if (target === undefined) return 'the target lacks it';
  if (source.id !== target.id || source.revision !== target.revision) return 'it is another event';
  if (source.hash !== target.hash) return 'its hash is another one';
  if (textOf(source) === textOf(target)) return null;
  return 'it says something else, such as personal data that only one of the logs has erased';
};

/** The first place at which two readings of a stream, both from revision 0 on, are not the same; no content is repeated. */
const firstDifference = (
  source: ReadonlyArray<RecordedEvent>,
  target: ReadonlyArray<RecordedEvent>,
): Difference | null => {
  for (let revision = 0; revision < Math.max(source.length, target.length); revision += 1) {
    const reason = differenceOf(source[revision], target[revision]);
    if (reason !== null) return { revision, reason };
  }
  return null;
};

type Both = { readonly source: ReadonlyArray<RecordedEvent>; readonly target: ReadonlyArray<RecordedEvent> };

/** One stream as both logs have it. */
const readBoth = async (
  { from, to }: Pick<Copying, 'from' | 'to'>,
  stream: string,
): Promise<E.Either<CopyError, Both>> => {
  const [source, target] = await Promise.all([from.readStream(stream)(), to.readStream(stream)()]);
  if (E.isLeft(source)) return E.left({ type: 'SourceFailed', error: source.left });
  if (E.isLeft(target)) return E.left({ type: 'TargetFailed', error: target.left });
  return E.right({ source: source.right, target: target.right });
};

export type TargetEnds = ReadonlyMap<string, StreamEnd>;

const endsOf = async ({ to, onProgress, signal }: Copying): Promise<E.Either<CopyError, TargetEnds>> => {
  const failed = (error: StoreError): CopyError => ({ type: 'TargetFailed', error });
  const head = await to.head()();
  if (E.isLeft(head)) return E.left(failed(head.left));
  const ends = new Map<string, StreamEnd>();
  const walked = await eachPage({ log: to, upTo: head.right, failed, signal }, async (page, done) => {
    for (const { stream, id, revision, hash } of page) ends.set(stream, { id, revision, hash });
    onProgress({ phase: 'comparing', done, total: head.right });
    return E.right(undefined);
  });
  return pipe(
    walked,
    E.map(() => ends),
  );
};

/** The whole stream is read only when the ends differ, to name the first event that differs. */
const compareStream = async (copying: Copying, stream: string, end: StreamEnd): Promise<E.Either<CopyError, void>> => {
  if (copying.signal.aborted) return E.left({ type: 'Aborted' });
  const found = await copying.from.readStream(stream, end.revision)();
  if (E.isLeft(found)) return E.left({ type: 'SourceFailed', error: found.left });
  const same = found.right[0];
  if (same?.id === end.id && same.hash === end.hash) return E.right(undefined);
  const both = await readBoth(copying, stream);
  if (E.isLeft(both)) return both;
  const { source, target } = both.right;
  const difference = firstDifference(source.slice(0, target.length), target);
  const { revision, reason } = difference ?? { revision: end.revision, reason: 'somebody else writes it' };
  return E.left({ type: 'OtherContent', stream, revision, reason });
};

/**
 * Where the target's streams end, once each is known to be the beginning of the source's stream of that name. It writes
 * nothing. Keeps one entry per stream in memory.
 */
export const compareTarget = async (copying: Copying): Promise<E.Either<CopyError, TargetEnds>> => {
  const ends = await endsOf(copying);
  if (E.isLeft(ends)) return ends;
  const compared = await forEachConcurrently(STREAMS_IN_FLIGHT, [...ends.right], ([stream, end]) =>
    compareStream(copying, stream, end),
  );
  return pipe(
    compared,
    E.map(() => ends.right),
  );
};

const verifyStream = async (copying: Copying, stream: string, count: number): Promise<E.Either<CopyError, void>> => {
  const both = await readBoth(copying, stream);
  if (E.isLeft(both)) return both;
  const { source, target } = both.right;
  // The source may have grown since.
  const difference = firstDifference(source.slice(0, count), target);
  if (difference !== null) return E.left({ type: 'OtherContent', stream, ...difference });
  const revision = firstBrokenLink(copying.sha256)(GENESIS_HASH, target);
  return revision === null ? E.right(undefined) : E.left({ type: 'BrokenChain', stream, revision });
};

/** Reads every stream back from the target: the same events as in the source, and a chain that holds. */
export const verifyCopy = async (
  copying: Copying,
  counts: ReadonlyMap<string, number>,
): Promise<E.Either<CopyError, void>> => {
  const { signal, onProgress } = copying;
  let done = 0;
  return forEachConcurrently(STREAMS_IN_FLIGHT, [...counts], async ([stream, count]) => {
    if (signal.aborted) return E.left({ type: 'Aborted' });
    const verified = await verifyStream(copying, stream, count);
    done += 1;
    if (E.isRight(verified)) onProgress({ phase: 'verifying', done, total: counts.size });
    return verified;
  });
};
