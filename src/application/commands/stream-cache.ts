import QuickLRU from 'quick-lru';
import type { Loaded } from './loaded.ts';
import { nextRevision } from './loaded.ts';

/** Folded streams kept in memory; a hint only: appends check the revision, and a conflict reads on from here. */
export type StreamCache<State> = {
  readonly get: (stream: string) => Loaded<State> | undefined;
  /** What is behind the copy that is kept, or of no stream at all, is not kept. */
  readonly put: (stream: string, loaded: Loaded<State>) => void;
};

/** Keeps the streams used last: at least half of `capacity`, at most all of it. */
export const makeStreamCache = <State>(capacity: number): StreamCache<State> => {
  const kept = new QuickLRU<string, Loaded<State>>({ maxSize: Math.ceil(capacity / 2) });
  return {
    get: (stream) => kept.get(stream),
    put: (stream, loaded) => {
      const present = kept.get(stream);
      if (nextRevision(loaded.revision) <= (present === undefined ? 0 : nextRevision(present.revision))) return;
      kept.set(stream, loaded);
    },
  };
};
