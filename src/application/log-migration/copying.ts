import * as E from 'fp-ts/lib/Either.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import type { EventStore, StoreError } from '../ports/event-store.ts';

/** `comparing`: what the target holds already; `copying`: what it lacks; `verifying`: all that it holds then. */
export type CopyPhase = 'comparing' | 'copying' | 'verifying';

/** Positions while comparing and copying (in bytes for some engines), streams while verifying. Good for a share only. */
export type CopyProgress = { readonly phase: CopyPhase; readonly done: number; readonly total: number };

export type Copying = {
  readonly from: Pick<EventStore, 'readAll' | 'readStream' | 'head'>;
  readonly to: Pick<EventStore, 'append' | 'readAll' | 'readStream' | 'head'>;
  readonly sha256: Sha256;
  readonly onProgress: (progress: CopyProgress) => void;
  readonly signal: AbortSignal;
};

/** `events` and `streams` of the source that the target now holds; `alreadyThere`: events that it held before. */
export type CopyReport = { readonly events: number; readonly streams: number; readonly alreadyThere: number };

export type CopyError =
  /** Called off. What was copied stays; the next copy goes on after it. */
  | { readonly type: 'Aborted' }
  | { readonly type: 'SourceFailed'; readonly error: StoreError }
  /** What was copied stays; the next copy goes on after it. */
  | { readonly type: 'TargetFailed'; readonly error: StoreError }
  /** From this revision on the target's stream is not the source's. */
  | { readonly type: 'OtherContent'; readonly stream: string; readonly revision: number; readonly reason: string }
  /** The source lacks this revision. */
  | { readonly type: 'Gap'; readonly stream: string; readonly revision: number }
  /** Both logs hold the same, but the hash of this event does not follow from its content and the events before it. */
  | { readonly type: 'BrokenChain'; readonly stream: string; readonly revision: number };

/** Where a stream of the target ends. The hash stands for everything before it. */
export type StreamEnd = Pick<RecordedEvent, 'id' | 'revision' | 'hash'>;

/** Events read at once from a log. */
export const COPY_PAGE_EVENTS = 1000;

/** Streams that are written or read at once. */
export const STREAMS_IN_FLIGHT = 16;

type Walk = {
  readonly log: Pick<EventStore, 'readAll'>;
  /** Position of the last event that counts: what comes later is left for the next time. */
  readonly upTo: number;
  readonly failed: (error: StoreError) => CopyError;
  readonly signal: AbortSignal;
};

/** Gives a log page by page, in order; the next page waits for `use`. */
export const eachPage = async (
  { log, upTo, failed, signal }: Walk,
  use: (page: ReadonlyArray<RecordedEvent>, position: number) => Promise<E.Either<CopyError, void>>,
): Promise<E.Either<CopyError, void>> => {
  let position = 0;
  while (position < upTo) {
    if (signal.aborted) return E.left({ type: 'Aborted' });
    const page = await log.readAll(position, COPY_PAGE_EVENTS)();
    if (E.isLeft(page)) return E.left(failed(page.left));
    const last = page.right.at(-1);
    if (last === undefined) break;
    position = last.position;
    const used = await use(
      page.right.filter((event) => event.position <= upTo),
      Math.min(position, upTo),
    );
    if (E.isLeft(used)) return used;
  }
  return E.right(undefined);
};

/** Does the work for every item, at most `limit` at once. After the first failure no other is begun; it resolves when all have ended. */
export const forEachConcurrently = async <A, L>(
  limit: number,
  items: ReadonlyArray<A>,
  work: (item: A) => Promise<E.Either<L, void>>,
): Promise<E.Either<L, void>> => {
  let outcome: E.Either<L, void> = E.right(undefined);
  const waiting = items.values();
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      const done = await work(item);
      if (E.isLeft(done) && E.isRight(outcome)) outcome = done;
      if (E.isLeft(outcome)) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return outcome;
};
