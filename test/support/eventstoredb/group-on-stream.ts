import {
  type EventStoreDBClient,
  type PersistentSubscriptionToStreamSettings,
  persistentSubscriptionToStreamSettingsFromDefaults,
  START,
} from '@eventstore/db-client';
import { type Consuming, consume } from './consuming.ts';
import { newEvents, newStream } from './server-under-test.ts';

/** A new group on a new stream, from its start, and a way to join it. */
export const groupOn = async (
  client: EventStoreDBClient,
  changes: Partial<PersistentSubscriptionToStreamSettings>,
  events = 0,
) => {
  const stream = newStream();
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: START, ...changes });
  await client.createPersistentSubscriptionToStream(stream, 'workers', settings);
  if (events > 0) await client.appendToStream(stream, newEvents(events));
  const join = (bufferSize = 10): Consuming =>
    consume(client.subscribeToPersistentSubscriptionToStream(stream, 'workers', { bufferSize }));
  return { stream, join, parked: `$persistentsubscription-${stream}::workers-parked` };
};
