/** SHA-256 of bytes, or of a text's UTF-8 bytes. Handed in, so that the domain stays free of libraries. */
export type Sha256Bytes = (content: Uint8Array | string) => Uint8Array;

/** The same, written into `target` from `at` on: a tree has as many inner nodes as leaves, and each buffer costs as much as a hash. */
export type Sha256Into = (content: Uint8Array | string, target: Uint8Array, at: number) => void;

/** Bytes of a hash. */
export const HASH_BYTES = 32;

/** What is hashed begins with its kind, so that no inner node can pass for a leaf (RFC 9162, section 2.1.1). */
const LEAF = 0x00;
const NODE = 0x01;

const prefixed = (kind: number, content: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(1 + content.length);
  bytes[0] = kind;
  bytes.set(content, 1);
  return bytes;
};

/** What is hashed of a leaf that is a text: as such, which spares two copies of its bytes. */
export const leafContent = (content: string): string => `\u0000${content}`;
export const leafHash = (sha256: Sha256Bytes, content: Uint8Array | string): Uint8Array =>
  sha256(typeof content === 'string' ? leafContent(content) : prefixed(LEAF, content));

/** What a node is hashed from, overwritten each time: a log has as many nodes as events. */
const node = new Uint8Array(1 + 2 * HASH_BYTES).fill(NODE, 0, 1);
export const nodeHash = (sha256: Sha256Bytes, left: Uint8Array, right: Uint8Array): Uint8Array => {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
};
/** The same of two hashes that lie side by side. */
const pairHash = (sha256: Sha256Bytes, pair: Uint8Array): Uint8Array => {
  node.set(pair, 1);
  return sha256(node);
};
/** The same of two that lie in `below` from `from` on, written into `target` from `at` on. */
export const pairHashInto = (
  sha256: Sha256Into,
  below: Uint8Array,
  from: number,
  target: Uint8Array,
  at: number,
): void => {
  for (let index = 0; index < 2 * HASH_BYTES; index += 1) node[index + 1] = below[from + index] ?? 0;
  sha256(node, target, at);
};

/**
 * Hashes one after the other in one block of memory that doubles when it is full: 32 bytes a hash, nothing else. `given`:
 * those that it begins with, which are not copied before more are added.
 */
const makeHashList = (given?: Uint8Array) => {
  let bytes = given ?? new Uint8Array(1024 * HASH_BYTES);
  let count = (given?.length ?? 0) / HASH_BYTES;
  return {
    add: (hash: Uint8Array): void => {
      if ((count + 1) * HASH_BYTES > bytes.length) {
        const larger = new Uint8Array(Math.max(1024 * HASH_BYTES, bytes.length * 2));
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(hash, count * HASH_BYTES);
      count += 1;
    },
    at: (index: number): Uint8Array => bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
    lastTwo: (): Uint8Array => bytes.subarray((count - 2) * HASH_BYTES, count * HASH_BYTES),
    count: () => count,
  };
};

/**
 * An append-only Merkle tree over the events of a log, in order (RFC 9162, section 2.1). A root stands for all leaves up to
 * a size; a proof of inclusion shows one of them under a root, a proof of consistency shows that a later root has the
 * leaves of an earlier one, unchanged and in their places. Sizes and indexes count leaves from 0.
 */
export type MerkleTree = {
  readonly add: (content: Uint8Array | string) => void;
  /** A leaf that was hashed elsewhere (`leafHash`). */
  readonly addHash: (leaf: Uint8Array) => void;
  readonly size: () => number;
  readonly root: (size?: number) => Uint8Array;
  /** Hashes from the leaf's neighbour up to below the root (RFC 9162, section 2.1.3.1). */
  readonly inclusion: (index: number, size?: number) => ReadonlyArray<Uint8Array>;
  /** From the tree of `from` leaves to that of `size` (RFC 9162, section 2.1.4.1). */
  readonly consistency: (from: number, size?: number) => ReadonlyArray<Uint8Array>;
};

/** The largest power of two below `size`: how many leaves the left part of a tree has. */
const leftSize = (size: number): number => {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
};

/** `given`: levels that were hashed before (`levelsIn`), all of them, of as many leaves as the first has. */
export const makeMerkleTree = (sha256: Sha256Bytes, given: ReadonlyArray<Uint8Array> = []): MerkleTree => {
  /** By height: the roots of all whole trees of 2^height leaves, from left to right. */
  const levels = given.length === 0 ? [makeHashList()] : given.map(makeHashList);
  const leafCount = (): number => levels[0]?.count() ?? 0;
  const addAt = (height: number, hash: Uint8Array): void => {
    const level = levels[height] ?? makeHashList();
    levels[height] = level;
    level.add(hash);
    if (level.count() % 2 === 0) addAt(height + 1, pairHash(sha256, level.lastTwo()));
  };
  /** The root over `size` leaves from `start` on, which is a multiple of the next power of two. */
  const rootOf = (start: number, size: number): Uint8Array => {
    if (size === 0) return sha256(new Uint8Array(0));
    const height = Math.log2(size);
    if (Number.isInteger(height)) return levels[height]?.at(start / size) ?? new Uint8Array(0);
    const left = leftSize(size);
    return nodeHash(sha256, rootOf(start, left), rootOf(start + left, size - left));
  };
  const path = (index: number, start: number, size: number): ReadonlyArray<Uint8Array> => {
    if (size <= 1) return [];
    const left = leftSize(size);
    return index < left
      ? [...path(index, start, left), rootOf(start + left, size - left)]
      : [...path(index - left, start + left, size - left), rootOf(start, left)];
  };
  /** `whole`: whether the earlier tree is a part of its own here, whose root the verifier has already. */
  const subproof = (from: number, start: number, size: number, whole: boolean): ReadonlyArray<Uint8Array> => {
    if (from === size) return whole ? [] : [rootOf(start, size)];
    const left = leftSize(size);
    return from <= left
      ? [...subproof(from, start, left, whole), rootOf(start + left, size - left)]
      : [...subproof(from - left, start + left, size - left, false), rootOf(start, left)];
  };
  return {
    add: (content) => addAt(0, leafHash(sha256, content)),
    addHash: (leaf) => addAt(0, leaf),
    size: leafCount,
    root: (size = leafCount()) => rootOf(0, size),
    inclusion: (index, size = leafCount()) => path(index, 0, size),
    consistency: (from, size = leafCount()) => (from === 0 || from === size ? [] : subproof(from, 0, size, true)),
  };
};
