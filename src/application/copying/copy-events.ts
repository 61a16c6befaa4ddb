import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { StoreError } from '../ports/event-store.ts';
import type { TargetEnds } from './compare-target.ts';
import { type CopyError, type Copying, STREAMS_IN_FLIGHT } from './copying.ts';
import { eachPage } from './each-page.ts';
import { inFlight } from './in-flight.ts';
import { splitAppends } from './split-appends.ts';

/** Events of each stream of the source, also of those that the target had. */
export type Copied = { readonly counts: ReadonlyMap<string, number>; readonly alreadyThere: number };

const sourceFailed = (error: StoreError): CopyError => ({ type: 'SourceFailed', error });

const targetFailed = (error: StoreError): CopyError =>
  error.type === 'RevisionConflict'
    ? {
        type: 'OtherContent',
        stream: error.stream,
        revision: error.expected === 'no-stream' ? 0 : error.expected + 1,
        reason: 'somebody else writes to this stream of the target',
      }
    : { type: 'TargetFailed', error };

const appendAll = async (
  { to, signal }: Copying,
  [stream, events]: readonly [string, ReadonlyArray<RecordedEvent>],
): Promise<E.Either<CopyError, void>> => {
  for (const append of splitAppends(stream, events)) {
    if (signal.aborted) return E.left({ type: 'Aborted' });
    const appended = await to.append(append)();
    if (E.isLeft(appended)) return E.left(targetFailed(appended.left));
  }
  return E.right(undefined);
};

/**
 * Appends what the target lacks, with ids, hashes and revisions as they are. Several streams are written at once, so the
 * order between streams is kept page by page only. `upTo`: position of the last event of the source that counts.
 */
export const copyEvents = async (
  copying: Copying,
  upTo: number,
  ends: TargetEnds,
): Promise<E.Either<CopyError, Copied>> => {
  const { from, onProgress, signal } = copying;
  const counts = new Map<string, number>();
  let alreadyThere = 0;
  const walked = await eachPage({ log: from, upTo, failed: sourceFailed, signal }, async (page, done) => {
    const missing = new Map<string, Array<RecordedEvent>>();
    for (const event of page) {
      const { stream, revision } = event;
      const expected = counts.get(stream) ?? 0;
      if (revision !== expected) return E.left({ type: 'Gap', stream, revision: expected });
      counts.set(stream, revision + 1);
      if (revision <= (ends.get(stream)?.revision ?? -1)) alreadyThere += 1;
      else missing.getOrInsert(stream, []).push(event);
    }
    const appended = await inFlight(STREAMS_IN_FLIGHT, [...missing], (part) => appendAll(copying, part));
    if (E.isRight(appended)) onProgress({ phase: 'copying', done, total: upTo });
    return appended;
  });
  return E.map(() => ({ counts, alreadyThere }))(walked);
};
