import type { DatabaseSync } from 'node:sqlite';
import {
  blocksOf,
  hashAboveBlocks,
  hashBlock,
  leavesOfBlock,
  levelsIn,
} from '../../../../domain/audit/merkle-levels.ts';
import { makeMerkleTree, type MerkleTree } from '../../../../domain/audit/merkle-tree.ts';
import { sha256Bytes, sha256Into } from '../../../identity/head-key.ts';
import { integerColumn } from '../../../sqlite/sqlite-error.ts';
import { LEAF_BYTES, SHARE, type VerifyJob } from './verify-job.ts';

/** As many leaves as there are positions: fewer where one of them is of no event. */
const leavesOf = ({ first, last }: VerifyJob): number => last - first + 1;

/**
 * Waits until all threads have verified their streams, since a block of the tree has leaves of everybody. False: one of them
 * found something irregular. Blocks the thread, which has nothing else to do.
 */
export const waitForOthers = ({ shared, threads }: VerifyJob, isIrregular: boolean): boolean => {
  const counters = new Int32Array(shared);
  if (isIrregular) Atomics.store(counters, SHARE.irregular, 1);
  Atomics.add(counters, SHARE.finished, 1);
  Atomics.notify(counters, SHARE.finished);
  for (;;) {
    const finished = Atomics.load(counters, SHARE.finished);
    if (finished >= threads) return Atomics.load(counters, SHARE.irregular) === 0;
    Atomics.wait(counters, SHARE.finished, finished);
  }
};

/**
 * Hashes blocks of the tree as long as there are some that nobody has taken. Answers how many rows the table itself has there: a
 * row that the index of streams does not have is read by no thread. Where each position has an event there can be none.
 */
export const hashTree = (db: DatabaseSync, job: VerifyJob): number => {
  const counters = new Int32Array(job.shared);
  const size = leavesOf(job);
  const levels = levelsIn(job.levels, size);
  const count = db.prepare('SELECT count(*) AS rows FROM events NOT INDEXED WHERE position BETWEEN ? AND ?');
  const places = new Uint8Array(job.present);
  let rows = 0;
  for (;;) {
    const block = Atomics.add(counters, SHARE.block, 1);
    if (block >= blocksOf(size)) return rows;
    const [from, end] = leavesOfBlock(block, size);
    rows += places.subarray(from, end).includes(0)
      ? integerColumn(count.get(job.first + from, job.first + end - 1)?.rows)
      : end - from;
    hashBlock(sha256Into, levels, block);
  }
};

/** The tree that the threads have hashed, or, where a position has no event, one of the leaves that there are. */
export const treeOf = (job: VerifyJob, events: number): MerkleTree => {
  const size = leavesOf(job);
  if (events === size) {
    const levels = levelsIn(job.levels, size);
    hashAboveBlocks(sha256Into, levels);
    return makeMerkleTree(sha256Bytes, levels);
  }
  const tree = makeMerkleTree(sha256Bytes);
  const leaves = new Uint8Array(job.levels, 0, size * LEAF_BYTES);
  new Uint8Array(job.present).forEach((isThere, index) => {
    if (isThere === 1) tree.addHash(leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES));
  });
  return tree;
};
