import * as E from 'fp-ts/lib/Either.js';
import type { StoreError } from '../ports/event-store.ts';
import { type CopyError, type Copying, STREAMS_IN_FLIGHT, type StreamEnd } from './copying.ts';
import { eachPage } from './each-page.ts';
import { firstDifference, readBoth } from './first-difference.ts';
import { inFlight } from './in-flight.ts';

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
  return E.map(() => ends)(walked);
};

/** The whole stream is read only where its end is another one, to name the first event that differs. */
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
  const compared = await inFlight(STREAMS_IN_FLIGHT, [...ends.right], ([stream, end]) =>
    compareStream(copying, stream, end),
  );
  return E.map(() => ends.right)(compared);
};
