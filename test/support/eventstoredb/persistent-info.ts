import { type Persistent, persistent } from './generated.ts';
import type { Known } from './persistent-groups.ts';
import type { Consumer } from './persistent-message.ts';

/** How the server writes a place: a number for streams, `C:…/P:…` for `$all`, -1 for the end. */
const place = (stream: string, cursor: bigint | 'end' | undefined): string => {
  if (cursor === undefined) return '';
  const number = cursor === 'end' ? '-1' : String(cursor);
  return stream === '$all' ? `C:${number}/P:${number}` : number;
};

const connectionOf = (consumer: Consumer): Persistent.SubscriptionInfo.ConnectionInfo =>
  new persistent.SubscriptionInfo.ConnectionInfo()
    .setFrom(consumer.from)
    .setUsername(consumer.user)
    .setConnectionName(consumer.connectionName)
    .setTotalItems(String(consumer.total()))
    .setCountSinceLastMeasurement('0')
    .setAvailableSlots(consumer.room())
    .setInFlightMessages(consumer.unconfirmed.size);

/** Rates are not kept: they are 0. The filter is not told: the message has no field for it. Server `PersistentSubscriptionStats.cs`. */
export const groupInfo = ({ stream, name, settings, storage, group }: Known): Persistent.SubscriptionInfo => {
  const { buffered, arrived, retrying, outstanding, total } = group.counts();
  const inFlight = group.consumers().reduce((sum, { unconfirmed }) => sum + unconfirmed.size, 0);
  return new persistent.SubscriptionInfo()
    .setEventSource(stream)
    .setGroupName(name)
    .setStatus(group.isLive() ? 'Live' : 'Behind')
    .setConnectionsList(group.consumers().map(connectionOf))
    .setTotalItems(String(total))
    .setCountSinceLastMeasurement('0')
    .setLastCheckpointedEventPosition(place(stream, storage.checkpoint()))
    .setLastKnownEventPosition(place(stream, group.lastSeen()))
    .setResolveLinkTos(settings.resolveLinks)
    .setStartFrom(place(stream, settings.startFrom))
    .setMessageTimeoutMilliseconds(settings.messageTimeoutMs)
    .setExtraStatistics(settings.extraStatistics)
    .setMaxRetryCount(settings.maxRetryCount)
    .setLiveBufferSize(settings.liveBufferSize)
    .setBufferSize(settings.historyBufferSize)
    .setReadBatchSize(settings.readBatchSize)
    .setCheckPointAfterMilliseconds(settings.checkpointAfterMs)
    .setMinCheckPointCount(settings.minCheckpointCount)
    .setMaxCheckPointCount(settings.maxCheckpointCount)
    .setReadBufferCount(buffered)
    .setLiveBufferCount(String(arrived))
    .setRetryBufferCount(retrying)
    .setTotalInFlightMessages(inFlight)
    .setOutstandingMessagesCount(outstanding)
    .setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxSubscriberCount)
    .setParkedMessageCount(String(storage.parkedCount()));
};
