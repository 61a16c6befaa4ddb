/** A stream's number in the tables and the revision of its last event; changed in place by each append. */
export type StreamHead = { readonly id: number; revision: number };

/** Heads held in memory, about 200 bytes each; more of them cost new streams more than they save old ones. */
const MAX_HEADS = 4_000;

/** The streams used last. Two generations: cheaper than moving an entry on every look, and bounded just as well. */
export const makeStreamHeads = (
  max = MAX_HEADS,
): {
  readonly get: (stream: string) => StreamHead | undefined;
  readonly set: (stream: string, head: StreamHead) => void;
  readonly clear: () => void;
} => {
  let young = new Map<string, StreamHead>();
  let old = new Map<string, StreamHead>();
  /** An append asks for its stream several times in a row: the same string, so this costs no hash. */
  let lastStream: string | undefined;
  let lastHead: StreamHead | undefined;
  const set = (stream: string, head: StreamHead): void => {
    if (young.size >= max / 2) {
      old = young;
      young = new Map();
    }
    young.set(stream, head);
    lastStream = stream;
    lastHead = head;
  };
  return {
    get: (stream) => {
      if (stream === lastStream) return lastHead;
      const head = young.get(stream);
      if (head !== undefined) return head;
      const kept = old.get(stream);
      if (kept !== undefined) set(stream, kept);
      return kept;
    },
    set,
    clear: () => {
      lastStream = undefined;
      lastHead = undefined;
      young.clear();
      old.clear();
    },
  };
};
