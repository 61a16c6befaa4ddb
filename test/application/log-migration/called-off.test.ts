import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { COPY_PAGE_EVENTS, STREAMS_IN_FLIGHT } from '../../../src/application/log-migration/copying.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { faulty, seeded } from '../../support/faulty-event-store.ts';
import { must, mustRun } from '../../support/must.ts';
import { chained, contentOf, copying, notes, write } from './logs.ts';

const STREAMS = 40;
const EVENTS = COPY_PAGE_EVENTS * 2.6;

/** Three pages, so that a copy can be called off between them too. */
const bigLog = async (): Promise<EventStore> => {
  const log = makeMemoryEventStore();
  const streams = Array.from({ length: STREAMS }, (_, number) => `booking-${number}`);
  await Promise.all(streams.map((stream) => write(log, stream, chained(stream, notes(EVENTS / STREAMS)))));
  return log;
};

/** Tells before each append how many there were, and how many are under way with it. */
const watched = (store: EventStore, beforeAppend: (count: number, underWay: number) => void): EventStore => {
  let [count, underWay] = [0, 0];
  return {
    ...store,
    append: (append) => async () => {
      count += 1;
      underWay += 1;
      beforeAppend(count, underWay);
      const appended = await store.append(append)();
      underWay -= 1;
      return appended;
    },
  };
};

describe('a copy that ends early', () => {
  it.for([1, 25, 41, 90])('given it is called off at append %i, when copied again, then it goes on', async (at) => {
    const [from, to, abort] = [await bigLog(), makeMemoryEventStore(), new AbortController()];
    const callingOff = watched(to, (count) => (count === at ? abort.abort() : undefined));
    const first = await copying(from, callingOff, { signal: abort.signal })();
    expect(first).toEqual(E.left({ type: 'Aborted' }));
    const there = await mustRun(to.head());
    expect(there).toBeGreaterThan(0);
    expect(there).toBeLessThan(EVENTS);

    const report = await mustRun(copying(from, to));
    expect(report).toEqual({ events: EVENTS, streams: STREAMS, alreadyThere: there });
    expect(await contentOf(to)).toEqual(await contentOf(from));
  });

  it.for(['comparing', 'verifying'] as const)('given it is called off while %s, then it says so', async (when) => {
    const [from, to, abort] = [await bigLog(), makeMemoryEventStore(), new AbortController()];
    await mustRun(copying(from, to));
    const onProgress = ({ phase }: { readonly phase: string }) => (phase === when ? abort.abort() : undefined);
    expect(await copying(from, to, { onProgress, signal: abort.signal })()).toEqual(E.left({ type: 'Aborted' }));
  });

  it('given answers and requests that are lost, when copied until it is done, then nothing is there twice', async () => {
    const [from, to, random] = [await bigLog(), makeMemoryEventStore(), seeded(7)];
    const losing = faulty(to, () => {
      const number = random();
      return number < 0.02 ? 'timeout-after-commit' : number < 0.04 ? 'connection-lost' : 'none';
    });
    let failures = 0;
    let copied = await copying(from, losing)();
    for (; E.isLeft(copied); failures += 1) {
      expect(copied.left).toMatchObject({ type: 'TargetFailed', error: { type: 'OutcomeUnknown' } });
      copied = await copying(from, losing)();
    }
    expect(failures).toBeGreaterThan(0);
    expect(must(copied).events).toBe(EVENTS);
    expect(await contentOf(to)).toEqual(await contentOf(from));
  });

  it('given many streams, when copied, then a limited number of appends is under way at once', async () => {
    let most = 0;
    const to = watched(makeMemoryEventStore(), (_count, underWay) => {
      most = Math.max(most, underWay);
    });
    await mustRun(copying(await bigLog(), to));
    expect(most).toBe(STREAMS_IN_FLIGHT);
  });
});
