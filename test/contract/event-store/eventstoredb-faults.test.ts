import { describe } from 'vitest';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { openStore } from '../../adapters/eventstoredb/opened-store.ts';
import type { Fault } from '../../support/eventstoredb/fault-plan.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { repeating, seeded } from '../../support/faulty-event-store.ts';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import { concurrencyAndLimits } from './concurrency-and-limits.ts';
import type { Engine } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { reading } from './reading.ts';
import { subscribing } from './subscribing.ts';

/** Milliseconds; an answer that never comes is waited for no longer in these tests. */
const APPEND_TIME_LIMIT = 250;

type Disturbance = (standIn: EventStoreDbStandIn) => void;

const onAppend =
  (fault: Fault): Disturbance =>
  (standIn) =>
    standIn.faults.next('append', fault);
const calm: Disturbance = () => undefined;

const WRITES: ReadonlyArray<Disturbance> = [
  ...Array.from({ length: 8 }, () => calm),
  onAppend({ kind: 'commit-and-forget' }),
  onAppend({ kind: 'commit-and-cut' }),
  onAppend({ kind: 'answer-never' }),
  onAppend({ kind: 'cut' }),
  onAppend({ kind: 'refuse', as: 'timeout' }),
  onAppend({ kind: 'delay', ms: 20 }),
];
const READS: ReadonlyArray<Disturbance> = [
  calm,
  (standIn) => standIn.faults.next('read', { kind: 'close-after', events: 1, as: 'unavailable' }),
  (standIn) => standIn.faults.next('read', { kind: 'close-after', events: 0, as: 'cancelled' }),
];
const SUBSCRIPTIONS: ReadonlyArray<Disturbance> = [
  calm,
  (standIn) => standIn.faults.next('subscribe', { kind: 'close-after', events: 3, as: 'unavailable' }),
  (standIn) => standIn.faults.next('subscribe', { kind: 'close-after', events: 0, as: 'cancelled' }),
];
const LEADERS: ReadonlyArray<Disturbance> = [calm, calm, calm, (standIn) => standIn.changeLeader()];

/** Disturbs the server before a call of each kind, as the seeded numbers say. */
const disturbed = (store: EventStore, disturb: (kind: 'write' | 'read' | 'subscribe') => void): EventStore => ({
  ...store,
  append: (append) => () => {
    disturb('write');
    return store.append(append)();
  },
  appendInOrder: (appends) => () => {
    disturb('write');
    return store.appendInOrder(appends)();
  },
  readStream: (stream, from) => () => {
    disturb('read');
    return store.readStream(stream, from)();
  },
  subscribe: (options) => {
    disturb('subscribe');
    return store.subscribe(options);
  },
});

let stores = 0;

const engine = (name: string, nodes: 1 | 3, plans: Record<string, ReadonlyArray<Disturbance>>): Engine => ({
  name: `EventStoreDB stand-in, ${name}`,
  allOrNone: false,
  open: async () => {
    stores += 1;
    const random = seeded(stores);
    const standIn = await startEventStoreDbStandIn({ nodes });
    const { store } = await openStore(standIn.connectionString, { appendTimeLimitMs: APPEND_TIME_LIMIT });
    const disturb = (kind: string): void => {
      const plan = plans[kind] ?? [calm];
      plan[Math.floor(random() * plan.length)]?.(standIn);
    };
    return { store: repeating(disturbed(store, disturb)), release: standIn.close };
  },
});

/** Without closing: a store that closes takes no repeats. */
const cases = (under: Engine) =>
  describe(`event store contract: ${under.name}`, () => {
    appending(under);
    idempotency(under);
    appendingInOrder(under);
    reading(under);
    subscribing(under);
    concurrencyAndLimits(under);
  });

cases(engine('answers and requests of appends lost', 1, { write: WRITES }));
cases(engine('reads and subscriptions cut', 1, { read: READS, subscribe: SUBSCRIPTIONS }));
cases(engine('leaders changing', 3, { write: LEADERS, subscribe: LEADERS }));
