import { type Persistent, persistent } from './generated.ts';
import type { Known } from './persistent-groups.ts';
import type { Consumer } from './persistent-message.ts';

/** How the server writes a place: a number for streams, `C:…/P:…` for `$all`, -1 for the end. */
const place = (stream: string, cursor: bigint | 'end' | undefined): string => {
  if (cursor === undefined) return '';
  const number = cursor === 'end' ? '-1' : String(cursor);
  return stream === '$all' ? `C:${number}/P:${number}` : number;
};

const connectionOf = ({ id, size, user, unconfirmed, room }: Consumer): Persistent.SubscriptionInfo.ConnectionInfo =>
  new persistent.SubscriptionInfo.ConnectionInfo()
    .setFrom('stand-in')
    .setUsername(user)
    .setConnectionName(id)
    .setTotalItems('0')
    .setCountSinceLastMeasurement('0')
    .setAvailableSlots(Math.min(size, room()))
    .setInFlightMessages(unconfirmed.size);

/** Rates are not kept: they are 0. */
export const groupInfo = ({ stream, name, settings, storage, group }: Known): Persistent.SubscriptionInfo => {
  const { buffered, retrying, outstanding } = group.counts();
  return new persistent.SubscriptionInfo()
    .setEventSource(stream)
    .setGroupName(name)
    .setStatus('Live')
    .setConnectionsList(group.consumers().map(connectionOf))
    .setTotalItems('0')
    .setCountSinceLastMeasurement('0')
    .setLastCheckpointedEventPosition(place(stream, storage.checkpoint()))
    .setLastKnownEventPosition(place(stream, group.lastKnown()))
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
    .setLiveBufferCount('0')
    .setRetryBufferCount(retrying)
    .setTotalInFlightMessages(outstanding)
    .setOutstandingMessagesCount(outstanding)
    .setNamedConsumerStrategy(settings.strategy)
    .setMaxSubscriberCount(settings.maxSubscriberCount)
    .setParkedMessageCount(String(storage.parked().length));
};
