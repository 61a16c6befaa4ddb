import { type EventFilter, eventFilter } from './filters.ts';
import { type Persistent, persistent } from './generated.ts';
import { END_OF_UINT64 } from './messages.ts';

export type Strategy = 'RoundRobin' | 'DispatchToSingle' | 'Pinned';

/** `startFrom` is a revision or a position; the first event delivered is the one there, or the first behind it. */
export type GroupSettings = {
  readonly startFrom: bigint | 'end';
  readonly resolveLinks: boolean;
  readonly extraStatistics: boolean;
  readonly messageTimeoutMs: number;
  readonly maxRetryCount: number;
  readonly checkpointAfterMs: number;
  readonly minCheckpointCount: number;
  readonly maxCheckpointCount: number;
  readonly maxSubscriberCount: number;
  readonly liveBufferSize: number;
  readonly readBatchSize: number;
  readonly historyBufferSize: number;
  readonly strategy: Strategy;
};

type Message = Persistent.CreateReq.Settings | Persistent.UpdateReq.Settings;

const strategyOf = (message: Message): Strategy => {
  const { ConsumerStrategy } = persistent.CreateReq;
  switch (message.getNamedConsumerStrategy()) {
    case ConsumerStrategy.DISPATCHTOSINGLE:
      return 'DispatchToSingle';
    case ConsumerStrategy.PINNED:
      return 'Pinned';
    default:
      return 'RoundRobin';
  }
};

const settingsOf = (message: Message, startFrom: bigint | 'end'): GroupSettings => ({
  startFrom,
  resolveLinks: message.getResolveLinks(),
  extraStatistics: message.getExtraStatistics(),
  messageTimeoutMs: message.getMessageTimeoutMs(),
  maxRetryCount: message.getMaxRetryCount(),
  checkpointAfterMs: message.getCheckpointAfterMs(),
  minCheckpointCount: message.getMinCheckpointCount(),
  maxCheckpointCount: message.getMaxCheckpointCount(),
  maxSubscriberCount: message.getMaxSubscriberCount(),
  liveBufferSize: message.getLiveBufferSize(),
  readBatchSize: message.getReadBatchSize(),
  historyBufferSize: message.getHistoryBufferSize(),
  strategy: strategyOf(message),
});

type Options = Persistent.CreateReq.Options | Persistent.UpdateReq.Options;

/** For streams the client still uses the field from before 21.10, in which the largest uint64 means "the end". */
const startOf = (options: Options, settings: Message): bigint | 'end' => {
  const all = options.getAll();
  if (all === undefined) {
    const revision = settings.getRevision();
    return revision === END_OF_UINT64 ? 'end' : BigInt(revision);
  }
  return all.hasEnd() ? 'end' : BigInt(all.getPosition()?.getCommitPosition() ?? 0);
};

export const groupSettings = (options: Options): GroupSettings | undefined => {
  const settings = options.getSettings();
  return settings && settingsOf(settings, startOf(options, settings));
};

/** Why the server would not take these. Server `PersistentSubscriptionService.ValidateStartFrom`, constructor of `PersistentSubscription`. */
export const settingsProblem = (options: Options, lastPosition: bigint): string | undefined => {
  const position = options.getAll()?.getPosition();
  const [commit, prepare] = [BigInt(position?.getCommitPosition() ?? 0), BigInt(position?.getPreparePosition() ?? 0)];
  if (prepare > commit) return 'Invalid Start From position: prepare position must not be beyond the commit position.';
  if (commit > lastPosition) return 'Invalid Start From position: commit position must not be beyond the last one.';
  const settings = options.getSettings();
  const isReadable = settings === undefined || settings.getReadBatchSize() < settings.getHistoryBufferSize();
  return isReadable ? undefined : 'ReadBatchSize may not be greater than or equal to BufferSize';
};

/** Fixed at creation; an update cannot change it. */
export const groupFilter = (options: Persistent.CreateReq.Options): EventFilter | undefined => {
  const filter = options.getAll()?.getFilter();
  return filter && eventFilter(filter);
};
