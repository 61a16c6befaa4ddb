import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { ConsumerStatus } from '../../src/application/ports/consumer-groups.ts';
import { makeReadiness, FRESH_MS, MAX_BEHIND_MS } from '../../src/composition/readiness.ts';
import { makeTestClock } from '../support/clock.ts';

const MAIL = 'mail';

/** A server whose consumer `mail` stands at `checkpoint` of a log that ends at `head`. */
const watched = () => {
  const clock = makeTestClock();
  const at: { checkpoint: number; head: number; name: string; trouble: string | null } = {
    checkpoint: 0,
    head: 0,
    name: MAIL,
    trouble: null,
  };
  const status = (): ConsumerStatus => {
    const { trouble: _trouble, ...known } = at;
    return { ...known, isRunning: true, retrying: 0, parked: 0 };
  };
  let writes = 0;
  const written = TE.fromIO(() => {
    writes += 1;
    return { revision: -1, position: at.head };
  });
  const look = makeReadiness({
    store: { append: () => written },
    groups: { status: () => TE.fromIO(() => [status()]) },
    consumers: [{ name: MAIL, trouble: () => at.trouble }],
    clock,
    troubles: async () => [],
  });
  /** A second after the last look, so that it is a look of its own. */
  const ready = () => {
    clock.advance(FRESH_MS);
    return look();
  };
  return { clock, at, ready, look, writes: () => writes };
};

describe('many who ask whether the server is ready', () => {
  it('given they ask at once or within a second, then one look at the log answers all of them', async () => {
    const { clock, look, writes } = watched();
    await Promise.all(Array.from({ length: 100 }, look));
    expect(writes()).toBe(1);
    clock.advance(FRESH_MS - 1);
    await Promise.all(Array.from({ length: 100 }, look));
    expect(writes()).toBe(1);
    clock.advance(1);
    await look();
    expect(writes()).toBe(2);
  });

  it('given a look that ended in a fault of ours, then the next one who asks looks again', async () => {
    let faults = 1;
    const ready = makeReadiness({
      store: { append: () => TE.right({ revision: -1, position: 0 }) },
      groups: { status: () => TE.right([]) },
      consumers: [],
      clock: makeTestClock(),
      troubles: async () => {
        faults -= 1;
        if (faults === 0) throw new Error('a fault');
        return [];
      },
    });
    await expect(ready()).rejects.toThrow('a fault');
    expect(await ready()).toEqual([]);
  });
});

describe('a consumer behind the log', () => {
  it('given one that does not move, when the time allowed is over, then the server is not ready', async () => {
    const { clock, at, ready } = watched();
    at.head = 900;
    expect(await ready()).toEqual([]);
    clock.advance(MAX_BEHIND_MS - FRESH_MS);
    expect(await ready()).toEqual([]);
    expect(await ready()).toEqual(['consumer mail has been behind for 181 s']);
    at.checkpoint = 900;
    expect(await ready()).toEqual([]);
  });

  it('given one that follows, when the log runs far ahead in positions, then the server is ready', async () => {
    const { clock, at, ready } = watched();
    for (const head of [1e6, 2e6, 3e6]) {
      at.checkpoint = at.head;
      at.head = head;
      expect(await ready()).toEqual([]);
      clock.advance(MAX_BEHIND_MS + 1);
    }
  });

  it('given one that cannot follow the log, then the server is not ready, and says why', async () => {
    const { at, ready } = watched();
    at.trouble = 'the subscription broke: no such table';
    expect(await ready()).toEqual(['consumer mail does not follow the log: the subscription broke: no such table']);
    at.trouble = null;
    expect(await ready()).toEqual([]);
  });

  it('given a group that runs no more, when the log goes on without it, then the server is ready', async () => {
    const { clock, at, ready } = watched();
    at.name = 'webhook-of-old';
    at.head = 900;
    expect(await ready()).toEqual([]);
    clock.advance(MAX_BEHIND_MS * 2);
    expect(await ready()).toEqual([]);
  });
});
