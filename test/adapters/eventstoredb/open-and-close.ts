import { randomUUID } from 'node:crypto';
import { openStore } from './opened-store.ts';

/** A process of its own that opens the store named in its environment, appends once, closes it, and must then end. */
const { store } = await openStore(process.env.EVENTSTOREDB ?? '', { caFile: process.env.EVENTSTOREDB_CA ?? '' });
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
