import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { serverName } from '../../support/eventstoredb/server-under-test.ts';
import { type EventStoreDbStandIn, startEventStoreDbStandIn } from '../../support/eventstoredb/stand-in.ts';
import { scopedEventStore } from '../../support/scoped-event-store.ts';
import { eventStoreContract } from './event-store-contract.ts';

const realServer = process.env.HOLDFAST_TEST_EVENTSTOREDB;
let standIn: EventStoreDbStandIn | undefined;

beforeAll(async () => {
  standIn = realServer === undefined ? await startEventStoreDbStandIn() : undefined;
});
afterAll(() => standIn?.close());

/** Against a real server when `HOLDFAST_TEST_EVENTSTOREDB` holds its connection string; nobody else may write to it. */
eventStoreContract({
  name: `${serverName}, one log for all cases`,
  allOrNone: false,
  open: async () => {
    const { store } = await openStore(realServer ?? standIn?.connectionString ?? '');
    return { store: await scopedEventStore(store, randomUUID()), release: async () => undefined };
  },
});
