import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/memory-event-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { mustMakeStore } from '../../support/event-store.ts';
import { type Fault, faulty, repeating, seeded } from '../../support/faulty-event-store.ts';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import { concurrencyAndLimits } from './concurrency-and-limits.ts';
import { type Engine, event, left, right } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { subscribing } from './subscribing.ts';

const FAULTS: ReadonlyArray<Fault> = ['none', 'answer-lost', 'request-lost', 'sent-twice'];
let stores = 0;

/** A quarter of the calls each; another sequence for each test, the same in every run. */
const plan = (): (() => Fault) => {
  stores += 1;
  const random = seeded(stores);
  return () => FAULTS[Math.floor(random() * FAULTS.length)] ?? 'none';
};

const engine: Engine = {
  name: 'SQLite over a bad connection, callers repeat what is unknown',
  allOrNone: true,
  open: async () => {
    const { file, remove } = await temporaryDataFile();
    return { store: repeating(faulty(mustMakeStore(file), plan())), release: remove };
  },
};

/** Without closing: a call whose request was lost cannot be repeated to a store that closed in the meantime. */
describe(`event store contract: ${engine.name}`, () => {
  appending(engine);
  idempotency(engine);
  appendingInOrder(engine);
  subscribing(engine);
  concurrencyAndLimits(engine);
});

it('answers an unknown outcome when the answer is lost after the commit, and the original when repeated', async () => {
  const store = makeMemoryEventStore();
  const append = { stream: 'booking-1', expected: 'no-stream', events: [event()] } as const;
  expect(await left(faulty(store, () => 'answer-lost').append(append))).toMatchObject({ type: 'OutcomeUnknown' });
  expect(await right(store.append(append))).toEqual({ revision: 0, position: 1 });
});
