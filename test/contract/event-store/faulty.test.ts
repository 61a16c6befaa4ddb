import { describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { temporaryDataFile } from '../../support/data-file.ts';
import { mustMakeStore } from '../../support/event-store.ts';
import { type Fault, faulty, repeating, seeded } from '../../support/faulty-event-store.ts';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import { concurrencyAndLimits } from './concurrency-and-limits.ts';
import { type Engine, event, left, right } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { keeping } from './keeping.ts';
import { subscribing } from './subscribing.ts';
import { subscribingAtTheEdges } from './subscribing-at-the-edges.ts';

type Plan = { readonly name: string; readonly faults: ReadonlyArray<Fault> };

/** Each fault hits half of the calls. */
const PLANS: ReadonlyArray<Plan> = [
  { name: 'timeout after commit', faults: ['none', 'timeout-after-commit'] },
  { name: 'connection lost', faults: ['none', 'connection-lost'] },
  { name: 'duplicate', faults: ['none', 'duplicate'] },
  { name: 'reorder', faults: ['none', 'reorder'] },
];
let stores = 0;

/** Another sequence for each test, the same in every run. */
const sequence = (faults: ReadonlyArray<Fault>): (() => Fault) => {
  stores += 1;
  const random = seeded(stores);
  return () => faults[Math.floor(random() * faults.length)] ?? 'none';
};

const bad = 'over a bad connection, callers repeat what is unknown';

const memory = ({ name, faults }: Plan): Engine => ({
  name: `memory ${bad}: ${name}`,
  allOrNone: true,
  open: async () => ({
    store: repeating(faulty(makeMemoryEventStore(), sequence(faults))),
    release: async () => undefined,
  }),
});

const sqlite: Engine = {
  name: `SQLite ${bad}: all of it`,
  allOrNone: true,
  open: async () => {
    const { file, remove } = await temporaryDataFile();
    const store = faulty(mustMakeStore(file), sequence(PLANS.flatMap(({ faults }) => faults)));
    return { store: repeating(store), release: remove };
  },
};

/** Without closing: a call whose request was lost cannot be repeated to a store that closed in the meantime. */
for (const under of [...PLANS.map(memory), sqlite]) {
  describe(`event store contract: ${under.name}`, () => {
    appending(under);
    idempotency(under);
    appendingInOrder(under);
    keeping(under);
    subscribing(under);
    subscribingAtTheEdges(under);
    concurrencyAndLimits(under);
  });
}

it('lets the answer of a later append come first', async () => {
  const faults: Array<Fault> = ['reorder', 'none'];
  const store = faulty(makeMemoryEventStore(), () => faults.shift() ?? 'none');
  const order: Array<string> = [];
  const append = (stream: string) =>
    right(store.append({ stream, expected: 'no-stream', events: [event()] })).then(({ position }) =>
      order.push(`${stream} at ${position}`),
    );
  await Promise.all([append('booking-1'), append('booking-2')]);
  expect(order).toEqual(['booking-2 at 2', 'booking-1 at 1']);
});

it('answers an unknown outcome when the answer is lost after the commit, and the original when repeated', async () => {
  const store = makeMemoryEventStore();
  const append = { stream: 'booking-1', expected: 'no-stream', events: [event()] } as const;
  expect(await left(faulty(store, () => 'timeout-after-commit').append(append))).toMatchObject({
    type: 'OutcomeUnknown',
  });
  expect(await right(store.append(append))).toEqual({ revision: 0, position: 1 });
});
