import type { PersistentSubscriptionToAllInfo } from '@eventstore/db-client';

/** What the server says of a group, in messages and positions. */
export type ServerView = {
  /** Handed out to consumers of all nodes and not answered for. */
  readonly outstanding: number;
  /** Read from the log, or to be handed out again, and in nobody's hands. */
  readonly buffered: number;
  readonly consumers: number;
  /** Everything up to here is settled; what came later may be too. */
  readonly checkpoint: number;
  /** The last event that the group has got to; 0 where the server does not say. */
  readonly known: number;
  readonly parked: number;
};

const positionOf = (place: { readonly commit: bigint } | undefined): number => Number(place?.commit ?? 0n);

export const serverView = ({ settings, stats, connections }: PersistentSubscriptionToAllInfo): ServerView => {
  const { startFrom } = settings;
  const checkpoint = Math.max(
    positionOf(stats.lastCheckpointedEventPosition),
    typeof startFrom === 'string' ? 0 : positionOf(startFrom),
  );
  return {
    outstanding: Math.max(stats.outstandingMessagesCount, stats.totalInFlightMessages),
    // Not the live buffer: what was handed out stays in it. Server `StreamBuffer`.
    buffered: stats.readBufferCount + stats.retryBufferCount,
    consumers: connections.length,
    checkpoint,
    known: Math.max(checkpoint, positionOf(stats.lastKnownEventPosition)),
    parked: Number(stats.parkedMessageCount),
  };
};

/**
 * How far the group is for certain. With nothing in anybody's hands but what waits here for another attempt (`held`
 * messages), it is all that the group has got to, though the server writes its checkpoint later.
 */
export const settledUpTo = ({ outstanding, buffered, checkpoint, known }: ServerView, held: number): number =>
  outstanding === held && buffered === 0 ? known : checkpoint;
