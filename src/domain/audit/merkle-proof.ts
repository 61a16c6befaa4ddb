import { nodeHash, type Sha256Bytes } from './merkle-tree.ts';

export const sameHash = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

/** The root that a leaf and its proof make (RFC 9162, section 2.1.3.2); null: the proof has not the length that it must have. */
export const rootFromInclusion = (
  sha256: Sha256Bytes,
  { index, size, leaf }: { readonly index: number; readonly size: number; readonly leaf: Uint8Array },
  proof: ReadonlyArray<Uint8Array>,
): Uint8Array | null => {
  if (index >= size) return null;
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sha256, hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else root = nodeHash(sha256, root, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
};

type Heads = {
  readonly from: number;
  readonly fromRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
};

/** Whether the tree of `size` leaves has the leaves of the tree of `from`, by the proof (RFC 9162, section 2.1.4.2). */
export const isConsistent = (
  sha256: Sha256Bytes,
  { from, fromRoot, size, root }: Heads,
  proof: ReadonlyArray<Uint8Array>,
): boolean => {
  if (from > size) return false;
  if (from === size) return proof.length === 0 && sameHash(fromRoot, root);
  if (from === 0) return proof.length === 0;
  const [first, ...rest] = Number.isInteger(Math.log2(from)) ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [at, last] = [from - 1, size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  let [older, newer] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      older = nodeHash(sha256, hash, older);
      newer = nodeHash(sha256, hash, newer);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else newer = nodeHash(sha256, newer, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(older, fromRoot) && sameHash(newer, root);
};
