import { describe, expect, it } from 'vitest';
import { createWeakCache } from '../../support/eventstoredb/weak-cache.ts';

describe('EventStoreDB stand-in: the memory of ids [server BoundedCache.cs, IndexWriter.cs]', () => {
  it('knows an id in its own stream only; a later stream takes it over', () => {
    const cache = createWeakCache();
    cache.remember('here', 'one', 4n);
    expect([cache.find('here', 'one'), cache.find('there', 'one')]).toEqual([4n, undefined]);
    cache.remember('there', 'one', 0n);
    expect([cache.find('here', 'one'), cache.find('there', 'one')]).toEqual([undefined, 0n]);
  });

  it('forgets the oldest ids when its bytes are used up', () => {
    const cache = createWeakCache(100);
    for (const id of ['one', 'two', 'three']) cache.remember('s', id, 0n);
    expect(['one', 'two', 'three'].map((id) => cache.find('s', id))).toEqual([0n, 0n, 0n]);
    cache.remember('s', 'four', 0n);
    expect(['one', 'two', 'three', 'four'].map((id) => cache.find('s', id))).toEqual([undefined, 0n, 0n, 0n]);
  });

  it('forgets all when it is cleared, and has its room back', () => {
    const cache = createWeakCache(30);
    cache.remember('s', 'one', 0n);
    cache.clear();
    expect(cache.find('s', 'one')).toBeUndefined();
    cache.remember('s', 'two', 0n);
    expect(cache.find('s', 'two')).toBe(0n);
  });
});
