import * as E from 'fp-ts/lib/Either.js';
import { firstBrokenLink, GENESIS_HASH } from '../../domain/log/hash-chain.ts';
import { type CopyError, type Copying, STREAMS_IN_FLIGHT } from './copying.ts';
import { firstDifference, readBoth } from './first-difference.ts';
import { inFlight } from './in-flight.ts';

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
  return inFlight(STREAMS_IN_FLIGHT, [...counts], async ([stream, count]) => {
    if (signal.aborted) return E.left({ type: 'Aborted' });
    const verified = await verifyStream(copying, stream, count);
    done += 1;
    if (E.isRight(verified)) onProgress({ phase: 'verifying', done, total: counts.size });
    return verified;
  });
};
