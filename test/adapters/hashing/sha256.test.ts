import { expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';

it('gives the value of FIPS 180-4 for "abc"', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('hashes text as UTF-8', () => {
  expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
});
