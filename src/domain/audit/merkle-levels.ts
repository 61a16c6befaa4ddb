import { HASH_BYTES, pairHashInto, type Sha256Into } from './merkle-tree.ts';

/** Leaves of a part of a tree whose whole subtrees are hashed by themselves, 2^12. */
const BLOCK_HEIGHT = 12;
/** Bytes that all levels of a tree of `size` leaves take. */
export const bytesOfLevels = (size: number): number => {
  let bytes = 0;
  for (let width = size; width >= 1; width = Math.floor(width / 2)) bytes += width * HASH_BYTES;
  return bytes;
};

/** Where the levels of a tree of `size` leaves lie in memory that several threads share: the leaves first, the root last. */
export const levelsIn = (memory: ArrayBufferLike, size: number): ReadonlyArray<Uint8Array> => {
  const levels: Uint8Array[] = [];
  let offset = 0;
  for (let width = size; width >= 1; width = Math.floor(width / 2)) {
    levels.push(new Uint8Array(memory, offset, width * HASH_BYTES));
    offset += width * HASH_BYTES;
  }
  return levels;
};

/** How many blocks a tree has: each may be hashed by another thread, once all leaves are there. */
export const blocksOf = (size: number): number => Math.ceil(size / 2 ** BLOCK_HEIGHT);
/** Indexes of a block's leaves: from, and up to but without. */
export const leavesOfBlock = (block: number, size: number): readonly [number, number] => [
  block * 2 ** BLOCK_HEIGHT,
  Math.min(size, (block + 1) * 2 ** BLOCK_HEIGHT),
];

/** Hashes `levels[height]` between two places from the level below. */
const hashLevel = (
  sha256: Sha256Into,
  levels: ReadonlyArray<Uint8Array>,
  height: number,
  [from, to]: readonly [number, number],
): void => {
  const [below, level] = [levels[height - 1], levels[height]];
  if (below === undefined || level === undefined) return;
  for (let at = from; at < Math.min(to, level.length / HASH_BYTES); at += 1)
    pairHashInto(sha256, below, 2 * at * HASH_BYTES, level, at * HASH_BYTES);
};

/** Hashes what stands on the leaves of one block, up to the block's own root. */
export const hashBlock = (sha256: Sha256Into, levels: ReadonlyArray<Uint8Array>, block: number): void => {
  for (let height = 1; height <= BLOCK_HEIGHT; height += 1) {
    const width = 2 ** (BLOCK_HEIGHT - height);
    hashLevel(sha256, levels, height, [block * width, (block + 1) * width]);
  }
};

/** Hashes what stands on the roots of the blocks: a four-thousandth of the tree. */
export const hashAboveBlocks = (sha256: Sha256Into, levels: ReadonlyArray<Uint8Array>): void => {
  for (let height = BLOCK_HEIGHT + 1; height < levels.length; height += 1)
    hashLevel(sha256, levels, height, [0, Number.POSITIVE_INFINITY]);
};
