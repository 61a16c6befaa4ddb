import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../adapters/event-store/eventstoredb/opened-store.ts';
import { type PlaceOfLog, placeOfLog } from '../../support/eventstoredb/place-of-log.ts';
import { serverName } from '../../support/eventstoredb/server-under-test.ts';
import { scopedEventStore } from '../../support/scoped-event-store.ts';
import { eventStoreContract } from './event-store-contract.ts';

let place: PlaceOfLog;

beforeAll(async () => {
  place = await placeOfLog();
});
afterAll(() => place.release());

/** Against a real server when `HOLDFAST_TEST_EVENTSTOREDB` holds its connection string. */
eventStoreContract({
  name: `${serverName}, one log for all cases`,
  allOrNone: false,
  open: async () => {
    const { store } = await openStore(place.connectionString, { streamPrefix: place.streamPrefix });
    return { store: await scopedEventStore(store, randomUUID()), release: async () => undefined };
  },
});
