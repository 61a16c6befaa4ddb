import { describe, expect, it } from 'vitest';
import { type Loaded, unloaded, makeStreamCache } from '../../../src/application/commands/loaded-stream.ts';

const at = (revision: number): Loaded<string> => ({ ...unloaded(`state ${revision}`), revision });

describe('the cache of folded streams', () => {
  it('keeps those that were used last, and no more than its capacity', () => {
    const cache = makeStreamCache<string>(4);
    cache.put('used', at(0));
    for (let n = 0; n < 100; n += 1) {
      cache.put(`other ${n}`, at(0));
      expect(cache.get('used')).toEqual(at(0));
    }
    const kept = Array.from({ length: 100 }, (_, n) => cache.get(`other ${n}`)).filter((one) => one !== undefined);
    expect(kept.length).toBeGreaterThanOrEqual(1);
    expect(kept.length).toBeLessThanOrEqual(3);
    expect(cache.get('other 99')).toEqual(at(0));
  });

  it('never goes back', () => {
    const cache = makeStreamCache<string>(2);
    cache.put('a', at(3));
    cache.put('a', at(2));
    expect(cache.get('a')).toEqual(at(3));
    cache.put('a', at(4));
    expect(cache.get('a')).toEqual(at(4));
  });

  it('forgets what may be behind without anything showing it', () => {
    const cache = makeStreamCache<string>(2);
    cache.put('a', at(3));
    cache.forget('a');
    expect(cache.get('a')).toBeUndefined();
    cache.put('a', at(2));
    expect(cache.get('a')).toEqual(at(2));
  });

  it('gives no room to streams that are not there', () => {
    const cache = makeStreamCache<string>(1);
    cache.put('a', at(0));
    cache.put('stranger', unloaded('nothing'));
    expect(cache.get('stranger')).toBeUndefined();
    expect(cache.get('a')).toEqual(at(0));
  });
});
