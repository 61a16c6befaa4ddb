import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { type Append, MAX_APPEND_BYTES, type StoreError } from '../ports/event-store.ts';
import { compareTarget, type TargetEnds, verifyCopy } from './compare-logs.ts';
import {
  type CopyError,
  type Copying,
  type CopyReport,
  eachPage,
  forEachConcurrently,
  STREAMS_IN_FLIGHT,
} from './copying.ts';

/** Stream and position are counted too, so this is slightly more than an engine counts. */
const bytesOf = (event: RecordedEvent): number => Buffer.byteLength(JSON.stringify(event));

const appendOf = (stream: string, events: ReadonlyArray<RecordedEvent>): Append => {
  const first = events[0]?.revision ?? 0;
  return { stream, expected: first === 0 ? 'no-stream' : first - 1, events };
};

/** Events of one stream, without gaps, as appends that an engine takes. One event that is too big stands alone. */
const splitAppends = (stream: string, events: ReadonlyArray<RecordedEvent>): ReadonlyArray<Append> => {
  const parts: Array<Array<RecordedEvent>> = [];
  let room = 0;
  for (const event of events) {
    const bytes = bytesOf(event);
    const part = parts.at(-1);
    if (part === undefined || bytes > room) {
      parts.push([event]);
      room = MAX_APPEND_BYTES - bytes;
    } else {
      part.push(event);
      room -= bytes;
    }
  }
  return parts.map((part) => appendOf(stream, part));
};

/** Events of each stream of the source, also of those that the target had. */
type Copied = { readonly counts: ReadonlyMap<string, number>; readonly alreadyThere: number };

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
const copyEvents = async (copying: Copying, upTo: number, ends: TargetEnds): Promise<E.Either<CopyError, Copied>> => {
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
    const appended = await forEachConcurrently(STREAMS_IN_FLIGHT, [...missing], (part) => appendAll(copying, part));
    if (E.isRight(appended)) onProgress({ phase: 'copying', done, total: upTo });
    return appended;
  });
  return pipe(
    walked,
    E.map(() => ({ counts, alreadyThere })),
  );
};

/**
 * Copies a log, as it is when it begins, into another one: the same ids, the same order within each stream, the same
 * hash chains. Before it writes, it checks that the target holds only beginnings of the source's streams. So logs are
 * never mixed, and an interrupted copy can go on. At the end every stream is read back. Both
 * logs may be of any engine; nobody else may write to the target meanwhile.
 */
export const copyLog =
  (copying: Copying): TaskEither<CopyError, CopyReport> =>
  async () => {
    const head = await copying.from.head()();
    if (E.isLeft(head)) return E.left({ type: 'SourceFailed', error: head.left });
    const ends = await compareTarget(copying);
    if (E.isLeft(ends)) return ends;
    const copied = await copyEvents(copying, head.right, ends.right);
    if (E.isLeft(copied)) return copied;
    const { counts, alreadyThere } = copied.right;
    const events = counts.values().reduce((sum, count) => sum + count, 0);
    const report = { events, streams: counts.size, alreadyThere };
    return pipe(
      await verifyCopy(copying, counts),
      E.map(() => report),
    );
  };
