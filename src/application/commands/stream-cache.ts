import type { Loaded } from './loaded.ts';
import { nextRevision } from './loaded.ts';

/** Folded streams kept in memory; a hint only: appends check the revision, and a conflict reads on from here. */
export type StreamCache<State> = {
  readonly get: (stream: string) => Loaded<State> | undefined;
  /** What is behind the copy that is kept, or of no stream at all, is not kept. */
  readonly put: (stream: string, loaded: Loaded<State>) => void;
};

/** Keeps the `capacity` streams used last. */
export const makeStreamCache = <State>(capacity: number): StreamCache<State> => {
  const kept = new Map<string, Loaded<State>>();
  return {
    get: (stream) => {
      const loaded = kept.get(stream);
      if (loaded === undefined) return undefined;
      kept.delete(stream);
      kept.set(stream, loaded);
      return loaded;
    },
    put: (stream, loaded) => {
      const present = kept.get(stream);
      if (nextRevision(loaded.revision) <= (present === undefined ? 0 : nextRevision(present.revision))) return;
      kept.delete(stream);
      kept.set(stream, loaded);
      if (kept.size <= capacity) return;
      for (const oldest of kept.keys()) {
        kept.delete(oldest);
        return;
      }
    },
  };
};
