import { describe, expect, it } from 'vitest';
import type { Loaded } from '../../../src/application/commands/loaded.ts';
import { unloaded } from '../../../src/application/commands/loaded.ts';
import { makeStreamCache } from '../../../src/application/commands/stream-cache.ts';

const at = (revision: number): Loaded<string> => ({ ...unloaded(`state ${revision}`), revision });

describe('the cache of folded streams', () => {
  it('keeps those that were used last', () => {
    const cache = makeStreamCache<string>(2);
    cache.put('a', at(0));
    cache.put('b', at(0));
    expect(cache.get('a')).toEqual(at(0));
    cache.put('c', at(0));
    expect(['a', 'b', 'c'].map((stream) => cache.get(stream)?.revision)).toEqual([0, undefined, 0]);
  });

  it('never goes back', () => {
    const cache = makeStreamCache<string>(2);
    cache.put('a', at(3));
    cache.put('a', at(2));
    expect(cache.get('a')).toEqual(at(3));
    cache.put('a', at(4));
    expect(cache.get('a')).toEqual(at(4));
  });

  it('gives no room to streams that are not there', () => {
    const cache = makeStreamCache<string>(1);
    cache.put('a', at(0));
    cache.put('stranger', unloaded('nothing'));
    expect(cache.get('stranger')).toBeUndefined();
    expect(cache.get('a')).toEqual(at(0));
  });
});
