import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { ConsumerStatus } from '../../src/application/ports/consumer-groups.ts';
import { createReadiness, MAX_BEHIND_MS } from '../../src/composition/readiness.ts';
import { makeTestClock } from '../support/clock.ts';

const MAIL = 'mail';

/** A server whose consumer `mail` stands at `checkpoint` of a log that ends at `head`. */
const watched = () => {
  const clock = makeTestClock();
  const at = { checkpoint: 0, head: 0, name: MAIL };
  const status = (): ConsumerStatus => ({ ...at, retrying: 0, parked: 0 });
  const ready = createReadiness({
    store: { append: () => TE.right({ revision: -1, position: at.head }) },
    groups: { status: () => TE.fromIO(() => [status()]) },
    consumers: [{ name: MAIL }],
    clock,
    troubles: async () => [],
  });
  return { clock, at, ready };
};

describe('a consumer behind the log', () => {
  it('given one that does not move, when the time allowed is over, then the server is not ready', async () => {
    const { clock, at, ready } = watched();
    at.head = 900;
    expect(await ready()).toEqual([]);
    clock.advance(MAX_BEHIND_MS);
    expect(await ready()).toEqual([]);
    clock.advance(1_000);
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

  it('given a group that runs no more, when the log goes on without it, then the server is ready', async () => {
    const { clock, at, ready } = watched();
    at.name = 'webhook-of-old';
    at.head = 900;
    expect(await ready()).toEqual([]);
    clock.advance(MAX_BEHIND_MS * 2);
    expect(await ready()).toEqual([]);
  });
});
