import { afterAll, describe, expect } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import type { Fault } from '../../support/eventstoredb/fault-plan.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { repeating, seeded } from '../../support/faulty-event-store.ts';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import { concurrencyAndLimits } from './concurrency-and-limits.ts';
import type { Engine } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { keeping } from './keeping.ts';
import { reading } from './reading.ts';
import { subscribing } from './subscribing.ts';
import { subscribingAtTheEdges } from './subscribing-at-the-edges.ts';

/** Milliseconds; an answer that never comes is waited for no longer in these tests. */
const APPEND_TIME_LIMIT = 250;

/** What is done to the server before a call; `random` gives numbers from 0 to 1. */
export type Disturbance = (standIn: EventStoreDbStandIn, random: () => number) => void;

export const calm: Disturbance = () => undefined;
export const mostly = (disturbances: ReadonlyArray<Disturbance>): ReadonlyArray<Disturbance> => [
  ...Array.from({ length: 8 * disturbances.length }, () => calm),
  ...disturbances,
];

/** One at a time: what ends the shared call of all appends ends many, and would go on doing so when dozens begin at once. */
export const onAppend =
  (fault: Fault | ((standIn: EventStoreDbStandIn, random: () => number) => Fault)): Disturbance =>
  (standIn, random) => {
    if (standIn.faults.waiting('append') > 0) return;
    standIn.faults.next('append', typeof fault === 'function' ? fault(standIn, random) : fault);
  };

/** The disturbances of each kind of call, of which one is drawn for each call. */
export type Plans = Partial<Record<'write' | 'read' | 'subscribe', ReadonlyArray<Disturbance>>>;

/** Disturbs the server before a call of each kind, as the seeded numbers say. */
const disturbed = (store: EventStore, disturb: (kind: keyof Plans) => void): EventStore => ({
  ...store,
  append: (append) => () => {
    disturb('write');
    return store.append(append)();
  },
  appendInOrder: (appends) => () => {
    disturb('write');
    return store.appendInOrder(appends)();
  },
  readStream:
    (...part) =>
    () => {
      disturb('read');
      return store.readStream(...part)();
    },
  subscribe: (options) => {
    disturb('subscribe');
    return store.subscribe(options);
  },
});

let stores = 0;

const engine = (name: string, nodes: 1 | 3, plans: Plans, onDisturbed: () => void): Engine => ({
  name: `EventStoreDB stand-in: ${name}`,
  allOrNone: false,
  open: async () => {
    stores += 1;
    const random = seeded(stores);
    const standIn = await startEventStoreDbStandIn({ nodes });
    const { store } = await openStore(standIn.connectionString, { appendTimeLimitMs: APPEND_TIME_LIMIT });
    const disturb = (kind: keyof Plans): void => {
      const plan = plans[kind] ?? [calm];
      const chosen = plan[Math.floor(random() * plan.length)] ?? calm;
      if (chosen !== calm) onDisturbed();
      chosen(standIn, random);
    };
    return { store: repeating(disturbed(store, disturb)), release: standIn.close };
  },
});

/** The whole contract over a server that fails in one way. Without closing: a store that closes takes no repeats. */
export const contractUnder = (name: string, nodes: 1 | 3, plans: Plans) => {
  let disturbances = 0;
  const under = engine(name, nodes, plans, () => {
    disturbances += 1;
  });
  return describe(`event store contract: ${under.name}`, () => {
    afterAll(() => expect(disturbances).toBeGreaterThan(20));
    appending(under);
    idempotency(under);
    appendingInOrder(under);
    reading(under);
    keeping(under);
    subscribing(under);
    subscribingAtTheEdges(under);
    concurrencyAndLimits(under);
  });
};
