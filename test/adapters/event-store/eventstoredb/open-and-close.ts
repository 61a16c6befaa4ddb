import { randomUUID } from 'node:crypto';
import { openStore } from './opened-store.ts';

/** A process of its own that opens the store named in its environment, appends once, closes it, and must then end. */
const { EVENTSTOREDB = '', EVENTSTOREDB_CA: caFile } = process.env;
const { store } = await openStore(EVENTSTOREDB, {
  startTimeLimitMs: 1500,
  ...(caFile === undefined ? {} : { caFile }),
});
const event = {
  id: randomUUID(),
  type: 'SomethingHappened',
  version: 1,
  data: {},
  occurredAt: '2050-09-05T09:00:00Z',
  actor: { kind: 'system' },
  correlationId: 'correlation',
  causationId: null,
  hash: '',
} as const;
const appended = await store.append({ stream: 'booking-1', expected: 'no-stream', events: [event] })();
await store.close();
console.log(appended._tag === 'Right' ? 'appended and closed' : appended.left.type);
