import type { GroupMessage } from './persistent-message.ts';
import type { GroupSettings } from './persistent-settings.ts';
import type { GroupStorage } from './persistent-storage.ts';

/** When a group writes down how far it is. Server `PersistentSubscription.TryMarkCheckpoint`. */
export type Checkpointing = {
  /** Numbers a message that is pushed for the first time. */
  readonly pushed: (message: GroupMessage) => GroupMessage;
  /** An event that the group's filter leaves out counts as done. */
  readonly skipped: (cursor: bigint) => void;
  /** Everything before the lowest unfinished message is done; written at most as often as the bounds say. */
  readonly mark: (unfinished: ReadonlyArray<GroupMessage>, isTimeCheck: boolean) => void;
  readonly lastKnown: () => bigint | undefined;
};

export const createCheckpointing = (
  settings: GroupSettings,
  storage: GroupStorage,
  now: () => number,
): Checkpointing => {
  const loaded = storage.checkpoint();
  let lastKnown = loaded;
  let lastSequence = loaded === undefined ? -1 : 0;
  let checkpointed = lastSequence;
  let checkpointedAt = Number.NEGATIVE_INFINITY;

  return {
    pushed: (message) => {
      if (message.replayed || message.pushed !== undefined) return message;
      lastSequence += 1;
      const numbered = { ...message, pushed: { sequence: lastSequence, previous: lastKnown } };
      lastKnown = message.cursor;
      return numbered;
    },
    skipped: (cursor) => {
      lastSequence += 1;
      lastKnown = cursor;
    },
    mark: (unfinished, isTimeCheck) => {
      const lowest = unfinished
        .flatMap(({ pushed }) => (pushed === undefined ? [] : [pushed]))
        .reduce<GroupMessage['pushed']>(
          (low, pushed) => (low === undefined || pushed.sequence < low.sequence ? pushed : low),
          undefined,
        );
      const sequence = lowest === undefined ? lastSequence : lowest.sequence - 1;
      const cursor = lowest === undefined ? lastKnown : lowest.previous;
      if (cursor === undefined || sequence < 0) return;
      const done = sequence - checkpointed;
      const inTime = now() - checkpointedAt >= settings.checkpointAfterMs;
      const isDue =
        (isTimeCheck && inTime && done >= settings.minCheckpointCount) || done >= settings.maxCheckpointCount;
      if (!isDue || done <= 0) return;
      checkpointed = sequence;
      checkpointedAt = now();
      storage.saveCheckpoint(cursor);
    },
    lastKnown: () => lastKnown,
  };
};
