/** The leader's memory of ids that it wrote itself. Server `IndexWriter._committedEvents`. */
export type WeakCache = {
  readonly find: (stream: string, id: string) => bigint | undefined;
  readonly remember: (stream: string, id: string, revision: bigint) => void;
  readonly clear: () => void;
};

/** Bytes; server `ESConsts.CommitedEventsMemCacheLimit`. */
const WEAK_CACHE_BYTES = 8 * 1024 * 1024;
/** What the server counts for one entry: an id, a number, a pointer and the stream's name in UTF-16. */
const costOf = (stream: string): number => 16 + 4 + 8 + 2 * stream.length;

type Entry = { readonly stream: string; readonly revision: bigint };

/** One entry per id, whatever the stream: the same id written to another stream takes its place. */
export const createWeakCache = (capacity: number = WEAK_CACHE_BYTES): WeakCache => {
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const forget = (id: string): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    bytes -= costOf(entry.stream);
  };
  return {
    find: (stream, id) => {
      const entry = entries.get(id);
      return entry?.stream === stream ? entry.revision : undefined;
    },
    remember: (stream, id, revision) => {
      forget(id);
      entries.set(id, { stream, revision });
      bytes += costOf(stream);
      for (const oldest of entries.keys()) {
        if (bytes <= capacity) break;
        forget(oldest);
      }
    },
    clear: () => {
      entries.clear();
      bytes = 0;
    },
  };
};
