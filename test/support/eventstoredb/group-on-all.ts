import {
  type EventStoreDBClient,
  type PersistentSubscriptionToAllSettings,
  persistentSubscriptionToAllSettingsFromDefaults,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { type Consuming, consume } from './consuming.ts';
import { newStream } from './server-under-test.ts';

/** A new group on `$all` for streams of two new categories, and ways to name such streams and to join it. */
export const groupOnAll = async (
  client: EventStoreDBClient,
  changes: Partial<PersistentSubscriptionToAllSettings> = {},
) => {
  const group = newStream('group').slice(0, -2);
  const prefixes = [`${group}a-`, `${group}b-`];
  const settings = persistentSubscriptionToAllSettingsFromDefaults({ startFrom: START, ...changes });
  await client.createPersistentSubscriptionToAll(group, settings, { filter: streamNameFilter({ prefixes }) });
  const join = (bufferSize = 10): Consuming =>
    consume(client.subscribeToPersistentSubscriptionToAll(group, { bufferSize }));
  return {
    group,
    settings,
    join,
    /** A stream that the filter lets in. */
    stream: (number = 1, category: 'a' | 'b' = 'a') => `${group}${category}-${number}`,
    info: () => client.getPersistentSubscriptionToAllInfo(group),
    parked: `$persistentsubscription-$all::${group}-parked`,
  };
};

/** `stream@revision` of each delivery, with `#n` behind it from the n-th retry on. */
export const places = (consumer: Consuming): ReadonlyArray<string> =>
  consumer
    .deliveries()
    .map(({ event, retryCount }) => `${event?.streamId}@${event?.revision}${retryCount > 0 ? `#${retryCount}` : ''}`);
