import type { Source } from './catch-up.ts';
import type { GroupMessage } from './persistent-message.ts';
import type { GroupSettings } from './persistent-settings.ts';
import type { GroupStorage } from './persistent-storage.ts';

/** When a group writes down how far it is. Server `PersistentSubscription.TryMarkCheckpoint`. */
export type Checkpointing = {
  /** The message with its number, if it has none yet; the number counts once it is `pushed`. */
  readonly numbered: (message: GroupMessage) => GroupMessage;
  readonly pushed: (message: GroupMessage) => void;
  /** So many events that the filter leaves out count as done. Server `HandleSkippedEvents`. */
  readonly skipped: (cursor: bigint, count: number) => void;
  /** Everything before the lowest unfinished message is done; written at most as often as the bounds say. */
  readonly mark: (
    unfinished: () => ReadonlyArray<GroupMessage>,
    waiting: GroupMessage | undefined,
    isTimeCheck: boolean,
  ) => void;
};

type Parts = {
  readonly settings: GroupSettings;
  readonly storage: GroupStorage;
  readonly source: Source;
  readonly now: () => number;
  /** Plays a server whose checkpoint may pass what waits in its buffer; see ADR 0030. */
  readonly isLeaky: boolean;
};

const lowestOf = (unfinished: ReadonlyArray<GroupMessage>): GroupMessage['pushed'] =>
  unfinished
    .flatMap(({ pushed }) => (pushed === undefined ? [] : [pushed]))
    .reduce<GroupMessage['pushed']>(
      (low, pushed) => (low === undefined || pushed.sequence < low.sequence ? pushed : low),
      undefined,
    );

const smallest = (cursors: ReadonlyArray<bigint>): bigint | undefined =>
  cursors.reduce<bigint | undefined>((low, cursor) => (low === undefined || cursor < low ? cursor : low), undefined);

export const createCheckpointing = ({ settings, storage, source, now, isLeaky }: Parts): Checkpointing => {
  const loaded = storage.checkpoint();
  let lastKnown = loaded;
  let nextSequence = loaded === undefined ? 0 : 1;
  let checkpointed = nextSequence - 1;
  let lastSequence = checkpointed;
  let checkpointedAt = Number.NEGATIVE_INFINITY;
  // 0 ms stands for "never by time". Server `PersistentSubscriptionService.ToCheckPointAfterTimeout`.
  const after = settings.checkpointAfterMs === 0 ? Number.POSITIVE_INFINITY : settings.checkpointAfterMs;

  /** A repaired server does not pass what has not been given out. */
  const held = (cursor: bigint, messages: ReadonlyArray<GroupMessage>): bigint | undefined => {
    const lowest = smallest(messages.filter(({ replayed }) => !replayed).map((message) => message.cursor));
    return isLeaky || lowest === undefined || cursor < lowest ? cursor : source.before(lowest);
  };

  return {
    numbered: (message) =>
      message.replayed || message.pushed !== undefined
        ? message
        : { ...message, pushed: { sequence: nextSequence, previous: lastKnown } },
    pushed: ({ pushed, cursor }) => {
      if (pushed === undefined || pushed.sequence <= lastSequence) return;
      lastSequence = pushed.sequence;
      nextSequence = pushed.sequence + 1;
      lastKnown = cursor;
    },
    skipped: (cursor, count) => {
      nextSequence += count;
      lastSequence = nextSequence - 1;
      lastKnown = cursor;
    },
    mark: (listed, waiting, isTimeCheck) => {
      // Most acks cannot make it due: hundreds in flight need not be looked through for them.
      if (!isTimeCheck && lastSequence - checkpointed < settings.maxCheckpointCount) return;
      const unfinished = listed();
      const lowest = lowestOf(unfinished);
      const sequence = lowest === undefined ? lastSequence : lowest.sequence - 1;
      const cursor = lowest === undefined ? lastKnown : lowest.previous;
      if (cursor === undefined || sequence < 0) return;
      const done = sequence - checkpointed;
      const isDue = isTimeCheck && now() - checkpointedAt >= after && done >= settings.minCheckpointCount;
      if (done <= 0 || !(isDue || done >= settings.maxCheckpointCount)) return;
      const safe = held(cursor, waiting === undefined ? unfinished : [...unfinished, waiting]);
      if (safe === undefined || safe <= (storage.checkpoint() ?? -1n)) return;
      checkpointed = sequence;
      checkpointedAt = now();
      storage.saveCheckpoint(safe);
    },
  };
};
