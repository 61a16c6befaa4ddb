import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { getFeed } from '../../../src/http/audit/feed.ts';
import type { HttpRequest } from '../../../src/http/transport/endpoint.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { makeTestClock } from '../../support/clock.ts';
import { mustRun } from '../../support/must.ts';

/** Long polls that wait at once, as the documents say. */
const MOST_WAITING = 32;

const longPoll = (signal: AbortSignal): HttpRequest => ({
  path: '/v2/holdfast/events',
  params: {},
  query: { wait: '30' },
  body: {},
  header: () => undefined,
  caller: null,
  subject: '',
  whenGone: () => signal,
});

describe('the feed', () => {
  it('given a position beyond the end, as after an older copy was restored, then it is refused at once', async () => {
    const store = makeMemoryEventStore();
    await mustRun(
      store.append({ stream: 'booking-runa', expected: 'no-stream', events: sealed('booking-runa', pendingHistory) }),
    );
    const { run } = getFeed({ audit: { log: store }, clock: makeTestClock() });
    const ask = (after: number) =>
      run({ ...longPoll(new AbortController().signal), query: { after: `${after}`, wait: '0' } });
    const end = pendingHistory.length;
    expect(await ask(end)).toMatchObject(E.right({ json: { data: { events: [], next: end } } }));
    expect(await ask(end + 1)).toMatchObject(E.left({ code: 'position_beyond_end', fields: [{ field: 'after' }] }));
    await store.close();
  });

  it('given 32 long polls, then one more is answered at once, and a place is free when one has gone', async () => {
    const store = makeMemoryEventStore();
    let subscriptions = 0;
    const subscribe: EventStore['subscribe'] = (options) => {
      subscriptions += 1;
      return store.subscribe(options);
    };
    const { run } = getFeed({ audit: { log: { ...store, subscribe } }, clock: makeTestClock() });
    const first = new AbortController();
    const never = new AbortController().signal;
    const waiting = [first.signal, ...Array.from({ length: MOST_WAITING - 1 }, () => never)].map((signal) =>
      run(longPoll(signal)),
    );
    const one = await run(longPoll(never));
    expect(one).toMatchObject(E.right({ json: { data: { events: [], next: 0 } } }));
    expect(subscriptions).toBe(MOST_WAITING);

    first.abort();
    await waiting[0];
    const again = run(longPoll(never));
    await mustRun(
      store.append({ stream: 'booking-runa', expected: 'no-stream', events: sealed('booking-runa', pendingHistory) }),
    );
    expect(await again).toMatchObject(E.right({ json: { data: { events: { length: pendingHistory.length } } } }));
    expect(subscriptions).toBe(MOST_WAITING + 1);
    for (const answer of await Promise.all(waiting.slice(1)))
      expect(answer).toMatchObject(E.right({ json: { data: { next: pendingHistory.length } } }));
    await store.close();
  });
});
