import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { EventStore, StoreError, SnapshotHeader, Snapshots } from '../ports/event-store.ts';
import type { Aggregate, Packing } from './aggregate.ts';
import { foldOn, type Loaded, nextRevision, type StreamCache, type StreamFold, unloaded } from './loaded-stream.ts';
import { messageOf } from '../../domain/unknown.ts';

/** Events that are read and folded in one turn of the event loop: a few milliseconds of work. */
export const FOLD_PAGE_EVENTS = 250;
/** A fold that read at least so many events is kept for the next start: folding fewer takes no longer than finding it. */
export const SNAPSHOT_EVERY = 2_000;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export type StreamLoaderDeps<State> = {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly cache: StreamCache<State>;
  readonly snapshots?: Snapshots | undefined;
  /** Told of a snapshot that could not be read or kept; the stream was folded all the same. */
  readonly onSnapshotFault?: ((reason: string) => void) | undefined;
};

type Answer<State> = Promise<E.Either<StoreError, Loaded<State>>>;

/** The kept fold, part by part in turns; null: none, or one that this program did not make. */
const restore = async <State>(
  { version, beginUnpacking }: Packing<State>,
  snapshots: Snapshots,
  stream: string,
): Promise<(Loaded<State> & { readonly header: SnapshotHeader }) | null> => {
  const header = await snapshots.find(stream);
  if (header === null || header.fold !== version) return null;
  const unpacking = beginUnpacking();
  for (let index = 0; index < header.parts; index += 1) {
    const part = await snapshots.part(header, index);
    if (part === null) return null;
    unpacking.add(part);
    await nextTurn();
  }
  const { revision, lastHash, lastId, position } = header;
  return { state: unpacking.state(), revision, lastHash, lastId, position, earlier: [], header };
};

/**
 * Loads streams: reads on from what is known, page by page, each in a turn of its own. Of a stream that is not known the kept
 * fold is taken first, where its event is in the stream as it was. Whoever comes while a long stream is folded waits for
 * that and reads on from it: it is folded once, not once for each.
 */
export const makeStreamLoader =
  <State, Command, Event, Rejection>(aggregate: Aggregate<State, Command, Event, Rejection>) =>
  (deps: StreamLoaderDeps<State>): ((stream: string) => Answer<State>) => {
    const folding = new Map<string, Answer<State>>();
    const { packing } = aggregate;
    const { snapshots, onSnapshotFault = () => undefined } = deps;

    const readPage = (stream: string, from: number): Promise<E.Either<StoreError, ReadonlyArray<RecordedEvent>>> =>
      deps.store.readStream(stream, from, FOLD_PAGE_EVENTS)();
    /** Whether the page that was read and folded ends the stream, as far as is known. */
    const addPage = async (stream: string, fold: StreamFold<State>): Promise<E.Either<StoreError, boolean>> => {
      const page = await readPage(stream, fold.next());
      if (E.isLeft(page)) return page;
      return pipe(
        fold.add(page.right),
        E.map(() => page.right.length < FOLD_PAGE_EVENTS),
      );
    };
    const keep = (stream: string, fold: StreamFold<State>): E.Either<never, Loaded<State>> => {
      const loaded = fold.loaded();
      deps.cache.put(stream, loaded);
      return E.right(loaded);
    };
    const foldRest = async (stream: string, fold: StreamFold<State>): Answer<State> => {
      for (;;) {
        await nextTurn();
        const isEnd = await addPage(stream, fold);
        if (E.isLeft(isEnd)) return isEnd;
        if (isEnd.right) return keep(stream, fold);
      }
    };

    /** A kept fold counts only where its last event is in the stream: the log may be another one, or a restored one. */
    const restored = async (stream: string): Promise<Loaded<State> | null> => {
      if (packing === undefined || snapshots === undefined) return null;
      try {
        const kept = await restore(packing, snapshots, stream);
        if (kept === null) return null;
        const [event] = pipe(
          await deps.store.readStream(stream, kept.header.revision, 1)(),
          E.getOrElse((): ReadonlyArray<RecordedEvent> => []),
        );
        return event?.id === kept.lastId && event.hash === kept.lastHash ? kept : null;
      } catch (fault) {
        onSnapshotFault(`the kept fold of ${stream} cannot be used: ${messageOf(fault)}`);
        return null;
      }
    };
    const save = (stream: string, { state, revision, lastHash, lastId, position }: Loaded<State>): void => {
      if (packing === undefined || snapshots === undefined || revision === 'no-stream' || lastId === null) return;
      const header = { stream, fold: packing.version, revision, lastHash, lastId, position };
      snapshots.save(header, packing.pack(state)).catch((fault: unknown) => {
        onSnapshotFault(`the fold of ${stream} cannot be kept: ${messageOf(fault)}`);
      });
    };
    const loadCold = async (stream: string): Answer<State> => {
      const from = (await restored(stream)) ?? unloaded(aggregate.initial);
      const loaded = await foldRest(stream, foldOn(aggregate)(from));
      if (E.isRight(loaded) && nextRevision(loaded.right.revision) - nextRevision(from.revision) >= SNAPSHOT_EVERY)
        save(stream, loaded.right);
      return loaded;
    };
    const once = (stream: string, work: Answer<State>): Answer<State> => {
      const mine = work.finally(() => folding.delete(stream));
      folding.set(stream, mine);
      return mine;
    };

    return async (stream) => {
      for (;;) {
        await folding.get(stream);
        if (folding.has(stream)) continue;
        const known = deps.cache.get(stream);
        if (known === undefined && packing !== undefined) return once(stream, loadCold(stream));
        const fold = foldOn(aggregate)(known ?? unloaded(aggregate.initial));
        const isEnd = await addPage(stream, fold);
        if (E.isLeft(isEnd)) return isEnd;
        if (isEnd.right) return keep(stream, fold);
        if (!folding.has(stream)) return once(stream, foldRest(stream, fold));
      }
    };
  };
