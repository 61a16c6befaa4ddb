import { hash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isConsistent, rootFromInclusion, sameHash } from '../../../src/domain/audit/merkle-proof.ts';
import {
  blocksOf,
  bytesOfLevels,
  hashAboveBlocks,
  hashBlock,
  levelsIn,
} from '../../../src/domain/audit/merkle-levels.ts';
import { HASH_BYTES, leafHash, makeMerkleTree } from '../../../src/domain/audit/merkle-tree.ts';

const sha256 = (content: Uint8Array | string): Uint8Array => new Uint8Array(hash('sha256', content, 'buffer'));
const sha256Into = (content: Uint8Array | string, target: Uint8Array, at: number): void =>
  target.set(sha256(content), at);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const treeOf = (contents: ReadonlyArray<Uint8Array>) => {
  const tree = makeMerkleTree(sha256);
  for (const content of contents) tree.add(content);
  return tree;
};
const counted = (count: number) =>
  Array.from({ length: count }, (_, index) => new TextEncoder().encode(`leaf ${index}`));

/** The leaves and roots that implementations of RFC 6962 and RFC 9162 test themselves with (Certificate Transparency). */
const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

describe('the Merkle tree of a log', () => {
  it('takes a text as its UTF-8 bytes, and a leaf that was hashed elsewhere as that leaf', () => {
    const texts = ['booking-ivar 0 ab', 'Åse \u{1F600}', ''];
    const trees = [makeMerkleTree(sha256), makeMerkleTree(sha256), treeOf(texts.map((text) => Buffer.from(text)))];
    for (const text of texts) {
      trees[0]?.add(text);
      trees[1]?.addHash(leafHash(sha256, text));
    }
    expect(new Set(trees.map((tree) => hex(tree.root()))).size).toBe(1);
    expect(trees[0]?.size()).toBe(3);
  });

  it.each([1, 2, 3, 4095, 4096, 4097, 12_289])('is the same where blocks of %i leaves are hashed apart', (size) => {
    const whole = treeOf(counted(size));
    const levels = levelsIn(new ArrayBuffer(bytesOfLevels(size)), size);
    counted(size).forEach((content, index) => levels[0]?.set(leafHash(sha256, content), index * HASH_BYTES));
    for (let block = blocksOf(size) - 1; block >= 0; block -= 1) hashBlock(sha256Into, levels, block);
    hashAboveBlocks(sha256Into, levels);
    const tree = makeMerkleTree(sha256, levels);
    const seen = (one: typeof tree) => [
      one.size(),
      ...[one.root(), ...one.inclusion(size - 1), ...one.consistency(size >> 1)].map(hex),
    ];
    expect(seen(tree)).toEqual(seen(whole));
    for (const one of [tree, whole]) for (const content of counted(5)) one.add(content);
    expect(seen(tree)).toEqual(seen(whole));
  });

  it('has the roots that others compute of the same leaves', () => {
    const tree = treeOf(known.map(bytes));
    expect(roots.map((_, size) => hex(tree.root(size)))).toEqual(roots);
  });

  it('proves each leaf under each root, and no other leaf, place or root', () => {
    const contents = counted(40);
    const tree = treeOf(contents);
    for (let size = 1; size <= contents.length; size += 1)
      for (let index = 0; index < size; index += 1) {
        const proof = tree.inclusion(index, size);
        const leaf = leafHash(sha256, contents[index] ?? new Uint8Array(0));
        const root = rootFromInclusion(sha256, { index, size, leaf }, proof);
        expect(root !== null && sameHash(root, tree.root(size))).toBe(true);
        const moved = rootFromInclusion(sha256, { index: (index + 1) % size, size, leaf }, proof);
        if (size > 1) expect(moved !== null && sameHash(moved, tree.root(size))).toBe(false);
        expect(rootFromInclusion(sha256, { index, size, leaf }, [...proof, leaf])).toBeNull();
      }
  });

  it('proves that a root extends each earlier one, and never a root of other leaves', () => {
    const tree = treeOf(counted(33));
    const other = treeOf([...counted(33)].with(3, new Uint8Array(1)));
    for (let size = 0; size <= 33; size += 1)
      for (let from = 0; from <= size; from += 1) {
        const proof = tree.consistency(from, size);
        const heads = { from, size, fromRoot: tree.root(from), root: tree.root(size) };
        expect(isConsistent(sha256, heads, proof)).toBe(true);
        if (from > 3) expect(isConsistent(sha256, { ...heads, fromRoot: other.root(from) }, proof)).toBe(false);
        if (size > 3 && from > 0) expect(isConsistent(sha256, { ...heads, root: other.root(size) }, proof)).toBe(false);
      }
  });

  it('given any byte of a proof changed, then it proves nothing', () => {
    const tree = treeOf(counted(29));
    fc.assert(
      fc.property(fc.nat(28), fc.nat(4), fc.nat(31), fc.integer({ min: 1, max: 255 }), (index, part, byte, change) => {
        const leaf = leafHash(sha256, counted(29)[index] ?? new Uint8Array(0));
        const proof = tree.inclusion(index).map((one) => new Uint8Array(one));
        const changed = proof[part % proof.length];
        if (changed !== undefined) changed[byte] = (changed[byte] ?? 0) ^ change;
        const root = rootFromInclusion(sha256, { index, size: 29, leaf }, proof);
        expect(root !== null && sameHash(root, tree.root())).toBe(false);
      }),
    );
  });
});
